"""Features of an environment, and what each of them says on one platform.

Inside a feature the base tables come first and matching targets after them, in the order of the
file: later ones replace what earlier ones say of the same name. Between features nothing is
replaced, see the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.model import Environment, Feature, Manifest, Target
from wisp.platforms import Platform, selects
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement
from wisp.specs.similarity import among


def environment_named(manifest: Manifest, name: str) -> Environment:
    """Return an environment. Raises `ManifestError` if there is none of that name."""
    found = manifest.environments.get(name)
    if found is None:
        hints = among("environments", name, manifest.environments)
        raise ManifestError(f"unknown environment '{name}'", hints=hints)
    return found


def features_of(manifest: Manifest, environment: Environment) -> tuple[Feature, ...]:
    """Return the features of an environment: inline content, those listed, the default one.

    Where the default feature is also listed by name it comes twice, as listings show it.
    """
    names = list(environment.features)
    if not environment.no_default_feature:
        names.append(DEFAULT_FEATURE)
    inline = () if environment.inline is None else (environment.inline,)
    return (*inline, *(manifest.features[name] for name in names))


def targets_of(feature: Feature, platform: Platform | None) -> tuple[Target, ...]:
    """Return the base tables and those of matching targets; without a platform the base alone."""
    if platform is None:
        return (feature.base,)
    matching = (target for selector, target in feature.targets if selects(selector, platform))
    return (feature.base, *matching)


def _last_of_each_name(
    feature: Feature,
    platform: Platform | None,
    table: Callable[[Target], Iterable[CondaRequirement]],
) -> tuple[CondaRequirement, ...]:
    found: dict[str, CondaRequirement] = {}
    for target in targets_of(feature, platform):
        found.update((requirement.name, requirement) for requirement in table(target))
    return tuple(found.values())


def dependencies(feature: Feature, platform: Platform | None) -> tuple[CondaRequirement, ...]:
    """Return the conda requirements; old host and build requirements win over the others."""
    return _last_of_each_name(
        feature,
        platform,
        lambda target: (
            *target.dependencies,
            *target.host_dependencies,
            *target.build_dependencies,
        ),
    )


def constraints(feature: Feature, platform: Platform | None) -> tuple[CondaRequirement, ...]:
    """Return what limits packages without asking for them."""
    return _last_of_each_name(feature, platform, lambda target: target.constraints)


def dev_packages(feature: Feature, platform: Platform | None) -> tuple[CondaRequirement, ...]:
    """Return the source packages of which only the dependencies are wanted."""
    return _last_of_each_name(feature, platform, lambda target: target.dev)


def pypi_dependencies(feature: Feature, platform: Platform | None) -> tuple[PypiRequirement, ...]:
    """Return the PyPI requirements; one table may hold several of a name, all of them count."""
    found: dict[str, list[PypiRequirement]] = {}
    for target in targets_of(feature, platform):
        mine: dict[str, list[PypiRequirement]] = {}
        for requirement in target.pypi_dependencies:
            mine.setdefault(requirement.normalized, []).append(requirement)
        found.update(mine)
    return tuple(requirement for group in found.values() for requirement in group)


def merge_conda(parts: Iterable[Iterable[CondaRequirement]]) -> tuple[CondaRequirement, ...]:
    """Unite requirements of features: grouped by name, equal ones once, in order of appearance."""
    found: dict[str, dict[CondaRequirement, None]] = {}
    for part in parts:
        for requirement in part:
            found.setdefault(requirement.name, {}).setdefault(requirement)
    return tuple(requirement for group in found.values() for requirement in group)


def merge_pypi(parts: Iterable[Iterable[PypiRequirement]]) -> tuple[PypiRequirement, ...]:
    """Unite PyPI requirements of features as `merge_conda` does."""
    found: dict[str, dict[PypiRequirement, None]] = {}
    for part in parts:
        for requirement in part:
            found.setdefault(requirement.normalized, {}).setdefault(requirement)
    return tuple(requirement for group in found.values() for requirement in group)


def asks_for_nothing(
    manifest: Manifest, environment: Environment, platforms: Iterable[Platform]
) -> bool:
    """Whether an environment has no package to install on any of its platforms."""
    return not any(
        table(feature, platform)
        for feature in features_of(manifest, environment)
        for platform in platforms
        for table in (dependencies, pypi_dependencies, dev_packages)
    )
