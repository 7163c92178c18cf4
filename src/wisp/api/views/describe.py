"""What a workspace consists of, as data for listings and for programs that ask.

Nothing here solves or installs: manifest, machine and the folder of prefixes are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from wisp.api.places import Places
from wisp.install.marker import read_marker
from wisp.manifest.model import Environment, Feature, Manifest
from wisp.platforms import Platform, VirtualPackage, bare, customised, shown
from wisp.specs.conda import Channel
from wisp.values import dataclass
from wisp.workspace.channels import channels_of
from wisp.workspace.compose import environments
from wisp.workspace.features import dependencies, features_of, pypi_dependencies
from wisp.workspace.platforms import platforms_of, select_platform
from wisp.workspace.tasks import tasks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that listings are made for: its subdir and what it provides."""

    subdir: str
    provided: tuple[VirtualPackage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDescription:
    """An environment as `info` shows it.

    Names are those of the platform that fits this machine best, in the order of the manifest;
    where none does, tasks are those that are declared for all.
    `resolved_platform` and `minimum_supported_platform` are what an installed prefix says of
    itself (None: not installed). `size` is in bytes and only counted when asked for.
    """

    name: str
    features: tuple[str, ...]
    inline: Feature | None
    solve_group: str | None
    dependencies: tuple[str, ...]
    pypi_dependencies: tuple[str, ...]
    platforms: tuple[Platform, ...]
    tasks: tuple[str, ...]
    channels: tuple[str, ...]
    prefix: Path
    resolved_platform: Any = None
    minimum_supported_platform: Any = None
    size: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape of an entry of `info --json`."""
        return {
            "name": self.name,
            "features": list(self.features),
            "solve_group": self.solve_group,
            "environment_size": None if self.size is None else mebibytes(self.size),
            "dependencies": list(self.dependencies),
            "pypi_dependencies": list(self.pypi_dependencies),
            "platforms": [platform_json(platform) for platform in self.platforms],
            "resolved_platform": self.resolved_platform,
            "minimum_supported_platform": self.minimum_supported_platform,
            "tasks": list(self.tasks),
            "channels": list(self.channels),
            "prefix": str(self.prefix),
        }


def platform_json(platform: Platform) -> dict[str, Any]:
    """Return a platform with the packages that make it differ from its subdir."""
    return {
        "name": platform.name,
        "subdir": platform.subdir,
        "virtual_packages": shown(customised(platform)),
    }


def mebibytes(size: int) -> str:
    """Spell a size as `info` does, in whole mebibytes."""
    return f"{size // 2**20} MiB"


def describe_environments(
    manifest: Manifest, machine: Machine, places: Places, *, sizes: bool = False
) -> tuple[EnvironmentDescription, ...]:
    """Describe all environments; `places` tells where their prefixes are.

    Raises `ManifestError` if features of an environment contradict each other.
    """
    return tuple(
        _describe(manifest, environment, machine, places.prefix(environment.name), sizes=sizes)
        for environment in environments(manifest)
    )


def _describe(
    manifest: Manifest, environment: Environment, machine: Machine, prefix: Path, *, sizes: bool
) -> EnvironmentDescription:
    best = select_platform(manifest, environment, machine.subdir, machine.provided)
    here = best or bare(machine.subdir)
    features = features_of(manifest, environment)
    conda = (r for feature in features for r in dependencies(feature, here))
    pypi = (r for feature in features for r in pypi_dependencies(feature, here))
    marker = read_marker(prefix)
    return EnvironmentDescription(
        name=environment.name,
        features=tuple(f.name for f in features if f is not environment.inline),
        inline=environment.inline,
        solve_group=environment.solve_group,
        dependencies=_first_spellings((r.name, r.source_name) for r in conda),
        pypi_dependencies=_first_spellings((r.normalized, r.name) for r in pypi),
        platforms=platforms_of(manifest, environment),
        tasks=tuple(tasks_of(manifest, environment, best)),
        channels=tuple(channel.text for channel in channels_of(manifest, environment)),
        prefix=prefix,
        resolved_platform=_installed_for(marker.get("resolved_platform")),
        minimum_supported_platform=_installed_for(marker.get("minimum_supported_platform")),
        size=_size_of(prefix) if sizes else None,
    )


def _size_of(prefix: Path) -> int:
    from wisp.engine.files import folder_size  # which few looks ask

    return folder_size(prefix)


def _installed_for(platform: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Show what the marker of a prefix says of a platform, in the form of the listings."""
    if platform is None:
        return None
    subdir = platform.get("subdir", "")
    packages = [VirtualPackage.parse(text) for text in platform.get("virtual_packages", ())]
    requirements = list(platform.get("requirements", ()))
    return {
        "name": subdir,
        "subdir": subdir,
        "virtual_packages": sorted(shown(packages)) + requirements,
    }


def _first_spellings(names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name, written in names:
        found.setdefault(name, written)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentOutline:
    """An environment as it is declared: the features it lists, what is its own, its solve group."""

    name: str
    features: tuple[str, ...]
    solve_group: str | None = None
    inline: FeatureDescription | None = None


def outline_environments(manifest: Manifest) -> tuple[EnvironmentOutline, ...]:
    """Return all environments as `workspace environment list` shows them."""
    return tuple(map(partial(_outline, manifest), environments(manifest)))


def _outline(manifest: Manifest, one: Environment) -> EnvironmentOutline:
    return EnvironmentOutline(
        name=one.name,
        features=tuple(f.name for f in features_of(manifest, one) if f is not one.inline),
        solve_group=one.solve_group,
        inline=None if one.inline is None else describe_feature(one.inline),
    )


def environment_channels(manifest: Manifest) -> tuple[tuple[str, tuple[Channel, ...]], ...]:
    """Return the channels of each environment."""
    return tuple((one.name, channels_of(manifest, one)) for one in environments(manifest))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDescription:
    """The names a feature declares, on any platform, as `workspace feature list` shows them."""

    name: str
    dependencies: tuple[str, ...]
    pypi_dependencies: tuple[str, ...]
    tasks: tuple[str, ...]


def describe_features(manifest: Manifest) -> tuple[FeatureDescription, ...]:
    """Describe all features, the default one included."""
    return tuple(map(describe_feature, manifest.features.values()))


def describe_feature(feature: Feature) -> FeatureDescription:
    """Describe what a feature says independently of platforms."""
    return FeatureDescription(
        name=feature.name,
        dependencies=tuple(r.source_name for r in dependencies(feature, None)),
        pypi_dependencies=_first_spellings(
            (r.normalized, r.name) for r in pypi_dependencies(feature, None)
        ),
        tasks=tuple(feature.base.tasks),
    )
