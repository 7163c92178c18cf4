"""Platforms of an environment: what all its features support, with what they require of them."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.errors import ManifestError
from wisp.manifest.model import Environment, Feature, Manifest, SystemRequirements
from wisp.platforms import Platform, VirtualPackage, bare, customised, derived_name
from wisp.platforms import select_platform as select_among
from wisp.specs.versions import version_order
from wisp.values import fields, replace
from wisp.workspace.features import features_of


def workspace_platforms(manifest: Manifest) -> tuple[Platform, ...]:
    """Return the declared platforms and, if all are plain, the plain ones features name."""
    found = {platform.name: platform for platform in manifest.workspace.platforms}
    for feature in _all_features(manifest):
        for name in feature.platforms or ():
            if not any(name in {known.name, known.subdir} for known in found.values()):
                found[name] = bare(name)
    return tuple(found.values())


def added_by(manifest: Manifest, platform: str) -> tuple[str, ...]:
    """Name the features that brought a platform which the workspace itself does not list."""
    declared = manifest.workspace.platforms
    if any(platform in {known.name, known.subdir} for known in declared):
        return ()
    return tuple(
        name for name, one in manifest.features.items() if platform in (one.platforms or ())
    )


def _all_features(manifest: Manifest) -> Iterable[Feature]:
    yield from manifest.features.values()
    for environment in manifest.environments.values():
        if environment.inline is not None:
            yield environment.inline


def platforms_of(manifest: Manifest, environment: Environment) -> tuple[Platform, ...]:
    """Return the platforms of an environment in order of preference; there may be none.

    Raises `ManifestError` if features require different families of the C library.
    """
    features = features_of(manifest, environment)
    platforms = workspace_platforms(manifest)
    for feature in features:
        if feature.platforms is not None:
            named = _named(feature.platforms, workspace_platforms(manifest))
            platforms = tuple(platform for platform in platforms if platform in named)
    required = merge_system_requirements(feature.system_requirements for feature in features)
    return tuple(with_system_requirements(platform, required) for platform in platforms)


def _named(names: tuple[str, ...], platforms: tuple[Platform, ...]) -> list[Platform]:
    """Return the platforms that a feature names.

    A subdir stands for all platforms of that subdir, unless one that has a name of its own is
    named beside it.
    """
    exact = [platform for platform in platforms if platform.name in names]
    picked = {platform.subdir for platform in exact if platform.name != platform.subdir}
    wide = [
        platform
        for platform in platforms
        if platform.subdir in names and platform.subdir not in picked
    ]
    return exact + wide


def merge_system_requirements(parts: Iterable[SystemRequirements]) -> SystemRequirements:
    """Take the highest version that any feature requires."""
    merged = SystemRequirements()
    for part in parts:
        families = {part.libc_family, merged.libc_family} - {None}
        if len(families) > 1:
            first, second = sorted(str(family) for family in families)
            raise ManifestError(
                f"the features of an environment require different C libraries: "
                f"'{first}' and '{second}'"
            )
        merged = replace(
            merged,
            **{
                item.name: _higher(getattr(merged, item.name), getattr(part, item.name))
                for item in fields(SystemRequirements)
            },
        )
    return merged


def _higher(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return left or right
    return max(left, right, key=version_order)


def with_system_requirements(platform: Platform, required: SystemRequirements) -> Platform:
    """Turn old `system-requirements` into virtual packages of a platform, and name it by them."""
    family = platform.subdir.partition("-")[0]
    packages: list[VirtualPackage] = []
    if family == "linux" and required.linux:
        packages.append(VirtualPackage("__linux", required.linux))
    if required.cuda and family != "osx":
        packages.append(VirtualPackage("__cuda", required.cuda))
    if family == "osx" and required.macos:
        packages.append(VirtualPackage("__osx", required.macos))
    if family == "linux" and required.libc_version:
        packages.append(VirtualPackage(f"__{required.libc_family}", required.libc_version))
    rich = Platform("", platform.subdir, tuple(packages))
    if not customised(rich):
        return platform
    return replace(rich, name=derived_name(platform.subdir, rich.declared))


def select_platform(
    manifest: Manifest, environment: Environment, host: str, provided: tuple[VirtualPackage, ...]
) -> Platform | None:
    """Return the platform of an environment that fits a machine best, None if none does.

    `host` is the machine's subdir, `provided` are its virtual packages.
    """
    return select_among(platforms_of(manifest, environment), host, provided)
