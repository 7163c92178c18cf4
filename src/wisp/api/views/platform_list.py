"""The platforms of a workspace beside the machine at hand, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.engine import host
from wisp.layout import DEFAULT_ENVIRONMENT, DEFAULT_FEATURE
from wisp.manifest.model import Feature, Manifest
from wisp.platforms import Platform, VirtualPackage, friendly, select_platform
from wisp.values import dataclass
from wisp.workspace.platforms import platforms_of, workspace_platforms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Packages that listings show under their short names, in this order; all others follow as they
#: are spelled, the microarchitecture too.
_SHORT = ("__cuda", "__glibc", "__linux", "__osx", "__win")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlatform:
    """A platform and where the manifest uses it.

    `declared` is what the manifest declares, `packages` all that holds there, both as shown.
    """

    name: str
    subdir: str
    declared: tuple[str, ...]
    packages: tuple[str, ...]
    features: tuple[str, ...]
    inline: tuple[str, ...]
    environments: tuple[str, ...]
    supported: bool

    def as_data(self) -> dict[str, Any]:
        """Return the entry of the JSON listing."""
        return {
            "name": self.name,
            "subdir": self.subdir,
            "virtual_packages": list(self.declared),
            "detected_virtual_packages": list(self.packages),
            "features": list(self.features),
            "declared_inline_in_environments": list(self.inline),
            "environments": list(self.environments),
        }


@dataclass(frozen=True, slots=True)
class PlatformListing:
    """The machine's subdir and packages, and the platforms of a workspace."""

    subdir: str
    provided: tuple[str, ...]
    platforms: tuple[ListedPlatform, ...]
    has_parts: bool

    def as_data(self) -> dict[str, Any]:
        """Return what `--json` prints; the machine itself comes first."""
        machine = {
            "name": "current",
            "subdir": self.subdir,
            "virtual_packages": [],
            "detected_virtual_packages": list(self.provided),
            "features": [],
            "declared_inline_in_environments": [],
            "environments": [],
            "is_current": True,
            "is_autodetected": True,
        }
        entries = [machine, *(platform.as_data() for platform in self.platforms)]
        return {"current_subdir": self.subdir, "platforms": entries}


def list_platforms(manifest: Manifest, provided: tuple[VirtualPackage, ...]) -> PlatformListing:
    """Look at the platforms of a workspace and at this machine, which has what is `provided`."""
    subdir = host.detected_subdir()
    platforms = tuple(
        _listed(manifest, platform, subdir, provided) for platform in workspace_platforms(manifest)
    )
    has_parts = manifest.features.keys() != {DEFAULT_FEATURE} or (
        manifest.environments.keys() != {DEFAULT_ENVIRONMENT}
    )
    return PlatformListing(subdir, _shown(provided), platforms, has_parts)


def _listed(
    manifest: Manifest, platform: Platform, subdir: str, provided: tuple[VirtualPackage, ...]
) -> ListedPlatform:
    environments = manifest.environments.values()
    return ListedPlatform(
        name=platform.name,
        subdir=platform.subdir,
        declared=tuple(friendly(package) for package in platform.declared),
        packages=_shown(platform.virtual_packages()),
        features=tuple(f.name for f in manifest.features.values() if _names(f, platform)),
        inline=tuple(e.name for e in environments if e.inline and _names(e.inline, platform)),
        environments=tuple(
            e.name
            for e in environments
            if any(p.name == platform.name for p in platforms_of(manifest, e))
        ),
        supported=select_platform((platform,), subdir, provided) is not None,
    )


def _names(feature: Feature, platform: Platform) -> bool:
    return platform.name in (feature.platforms or ())


def _shown(packages: Iterable[VirtualPackage]) -> tuple[str, ...]:
    by_name = {package.name: package for package in packages}
    short = [friendly(by_name[name]) for name in _SHORT if name in by_name]
    rest = [_raw(by_name[name]) for name in sorted(by_name.keys() - set(_SHORT))]
    return (*short, *rest)


def _raw(package: VirtualPackage) -> str:
    if package.name == "__archspec":
        return f"__archspec=1={package.build}"
    return package.name if package.version == "0" else str(package)
