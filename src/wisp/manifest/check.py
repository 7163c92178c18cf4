"""Faults that only show when several tables are looked at together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.faults import Fault, ValuePath, did_you_mean
from wisp.manifest.model import Environment, Feature, SystemRequirements, WorkspaceTable
from wisp.platforms import FAMILIES, SUBDIRS, bare, selects


def check_environments(
    environments: Mapping[str, Environment], features: Iterable[str], prefix: ValuePath
) -> None:
    """Refuse environments that name unknown features, or one twice."""
    known = [DEFAULT_FEATURE, *features]
    for environment in environments.values():
        seen: set[str] = set()
        for index, feature in enumerate(environment.features):
            # The path is right for both forms of an entry: one of them leads nowhere.
            base = (*prefix, "environments", environment.name)
            paths = ((*base, index), (*base, "features", index))
            if feature not in known:
                raise Fault(
                    f"The feature '{feature}' is not defined in the manifest",
                    *paths,
                    hints=did_you_mean(feature, known) or ("Add the feature to the manifest",),
                )
            if feature in seen:
                raise Fault(f"The feature '{feature}' is included more than once.", *paths)
            seen.add(feature)


def check_platforms(workspace: WorkspaceTable, features: Iterable[Feature]) -> None:
    """Refuse features on platforms the workspace does not have.

    Plain subdirs may be named without being declared as long as the workspace only declares
    plain subdirs itself.
    """
    features = list(features)
    plain = all(platform.is_bare for platform in workspace.platforms)
    known = {name for platform in workspace.platforms for name in (platform.name, platform.subdir)}
    for feature in features:
        for name in feature.platforms or ():
            if name not in known and not (plain and name in SUBDIRS):
                raise Fault(
                    f"feature '{feature.name}' references platform '{name}' which is not declared "
                    "in the workspace",
                    mark="nothing",
                    hints=did_you_mean(name, known or SUBDIRS),
                )
        if not plain and feature.system_requirements != SystemRequirements():
            raise Fault(
                "`system-requirements` cannot be combined with platforms that declare virtual "
                "packages",
                mark="nothing",
                hints=("Move the requirements to the entries of `workspace.platforms`",),
            )


def unused_features(
    features: Mapping[str, Feature], environments: Iterable[Environment]
) -> Iterator[str]:
    """Word a warning for each feature that no environment includes."""
    used = {name for environment in environments for name in environment.features}
    for name in features:
        if name not in used:
            yield (
                f"The feature '{name}' is defined but not used in any environment. "
                "Dependencies of unused features are not resolved or checked"
            )


def unknown_homes(environments: Iterable[str], features: Iterable[Feature]) -> Iterator[str]:
    """Word a warning for each task whose `default-environment` there is not."""
    known = [*environments]
    for feature in features:
        targets = (feature.base, *(target for _, target in feature.targets))
        for name, task in (pair for target in targets for pair in target.tasks.items()):
            home = task.default_environment
            if home is not None and home not in known:
                told = f"The `default-environment` of task '{name}' is '{home}', which there is not"
                yield ". ".join((told, *did_you_mean(home, known)))


def unmatched_selectors(workspace: WorkspaceTable, features: Iterable[Feature]) -> Iterator[str]:
    """Word a warning for each target that no platform of the workspace matches."""
    features = list(features)
    implied = {name for feature in features for name in feature.platforms or ()}
    platforms = (*workspace.platforms, *map(bare, implied))
    for selector in dict.fromkeys(name for feature in features for name, _ in feature.targets):
        if not any(selects(selector, platform) for platform in platforms):
            told = f"The target selector '{selector}' does not match any of the platforms"
            yield f"{told}. {_how_to_match(selector, [one.name for one in platforms])}"


def _how_to_match(selector: str, names: Sequence[str]) -> str:
    """Tell which platform would make a selector mean something, or which selector does."""
    if "*" in selector:
        return f"Declare a platform whose name matches '{selector}', or take the target away"
    if selector not in FAMILIES and selector not in SUBDIRS:
        near = did_you_mean(selector, (*names, *FAMILIES, *SUBDIRS))
        return near[0] if near else "Declare a platform of that name, or take the target away"
    if selector not in FAMILIES:
        return (
            f"Add '{selector}' to the supported platforms, using "
            f"`pixi workspace platform add {selector}`"
        )
    members = [one for one in SUBDIRS if selects(selector, bare(one))]
    listed = ", ".join(f"'{one}'" for one in members)
    return f"Add one of {listed}, as with `pixi workspace platform add {members[0]}`"
