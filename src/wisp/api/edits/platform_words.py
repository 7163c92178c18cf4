"""Platforms as words and options of a command line, checked before a manifest is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.engine import host
from wisp.errors import ManifestError
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.platforms import add_platforms
from wisp.manifest.faults import did_you_mean
from wisp.manifest.model import Manifest
from wisp.platforms import (
    FRIENDLY_KEYS,
    SUBDIRS,
    Platform,
    VirtualPackage,
    amd_packages,
    bare,
    customised,
    derived_name,
)
from wisp.specs.similarity import among
from wisp.values import replace

#: Which subdirs heed a virtual package, by the option that declares it.
_FAMILIES = {
    "__glibc": ("--glibc", "linux"),
    "__linux": ("--linux", "linux"),
    "__osx": ("--macos", "osx"),
    "__win": ("--windows", "win"),
}


def wanted_platforms(
    words: Sequence[str],
    packages: Sequence[VirtualPackage],
    *,
    detected: Sequence[VirtualPackage] | None = None,
    known: Sequence[Platform] = (),
) -> tuple[Platform, ...]:
    """Read `SUBDIR`, `NAME=SUBDIR` and `__package=version` words, or a name out of `known`.

    `packages` were given as options, which hold for their family of subdirs only. With `detected`
    the one platform is this machine, which provides those, under the name that a word gives it.

    Raises `ManifestError` for a subdir that is none, for a name or a package that comes twice, for
    packages on more than one platform or on a plain subdir, and for the architecture of a GPU
    without the GPU (`__cuda_arch`, `__amdgpu_arch`).
    """
    raw = raw_packages([word for word in words if word.startswith("__")])
    named = [word for word in words if not word.startswith("__")]
    declared = (*packages, *raw)
    if detected is not None:
        found: tuple[Platform, ...] = (_this_machine(named, detected, declared),)
    else:
        _check_number(named, declared)
        there = {} if declared else {one.name: one for one in known}
        found = tuple(there.get(word) or _platform(word, declared) for word in named)
    check_once("platform", (platform.name for platform in found))
    check_once("virtual package", (package.name for package in declared))
    for platform in found:
        check_families(packages, platform.subdir)
        check_packages(platform.declared)
    return found


def _check_number(named: Sequence[str], declared: Sequence[VirtualPackage]) -> None:
    if not named:
        raise ManifestError("no platform is given")
    if declared and len(named) > 1:
        raise ManifestError(
            "options and words for virtual packages require exactly one platform argument; "
            f"got {len(named)}"
        )


def check_once(what: str, names: Iterable[str]) -> None:
    """Raise `ManifestError` for a name that a command line gives twice."""
    known: set[str] = set()
    for name in names:
        if name in known:
            raise ManifestError(f"{what} '{name}' was specified more than once on the command line")
        known.add(name)


def check_families(packages: Iterable[VirtualPackage], subdir: str) -> None:
    """Raise `ManifestError` for an option that a family of subdirs does not heed."""
    for package in packages:
        option, family = _FAMILIES.get(package.name, ("", ""))
        if option and subdir.partition("-")[0] != family:
            raise ManifestError(
                f"{option} only applies to {family} subdirs, but the platform's subdir is "
                f"'{subdir}'"
            )


def check_packages(packages: Iterable[VirtualPackage]) -> None:
    """Raise `ManifestError` for the architecture of a GPU without the GPU."""
    names = {package.name for package in packages}
    for gpu in ("__cuda", "__amdgpu"):
        if f"{gpu}_arch" in names and gpu not in names:
            raise ManifestError(f"`{gpu}_arch` requires `{gpu}` to be declared as well")


def _this_machine(
    named: Sequence[str],
    detected: Sequence[VirtualPackage],
    declared: Sequence[VirtualPackage],
) -> Platform:
    for word in named:
        if "=" in word:
            raise ManifestError(
                f"this machine decides about the subdir: pass a bare `<name>`, not `{word}`"
                " (`<name>=<subdir>`)"
            )
        if word in SUBDIRS:
            raise ManifestError(f"'{word}' is a subdir, which is no name for this machine")
    if len(named) > 1:
        raise ManifestError(f"`--auto-detect` accepts at most one platform name; got {len(named)}")
    # The manifest writes the architecture alone, without the version that is detected with it.
    plain = [replace(one, version="0") if one.name == "__archspec" else one for one in detected]
    return _own((*plain, *declared), *named)


def friendly_packages(versions: Mapping[str, str]) -> tuple[VirtualPackage, ...]:
    """Turn `cuda`, `cuda_arch`, `archspec`, `glibc` … with their versions into packages.

    Raises `ManifestError` for an `amdgpu` that is neither `true` nor an architecture.
    """
    return tuple(one for key, text in versions.items() for one in _friendly(key, text))


def _friendly(key: str, text: str) -> tuple[VirtualPackage, ...]:
    if key == "archspec":
        return (VirtualPackage("__archspec", "0", text),)
    if key != "amdgpu":
        return (VirtualPackage(FRIENDLY_KEYS.get(key, f"__{key}"), text),)
    found = amd_packages(None if text == "true" else text)
    if found is None:
        raise ManifestError(
            f"'{text}' is not an architecture of AMD GPUs",
            hints=("write `true` for any AMD GPU, or an architecture as in `gfx90a`",),
        )
    return found


def raw_packages(words: Sequence[str]) -> tuple[VirtualPackage, ...]:
    """Read `__name=version=build` words. Raises `ManifestError` for anything else."""
    for word in words:
        if not word.startswith("__"):
            raise ManifestError(f"'{word}' is not a virtual package: its name must start with __")
    return tuple(map(VirtualPackage.parse, words))


def _platform(word: str, declared: tuple[VirtualPackage, ...]) -> Platform:
    name, equals, subdir = word.rpartition("=")
    if equals and not name:
        raise ManifestError(f"a name is missing in front of '{word}'")
    if subdir not in SUBDIRS:
        known = ", ".join(f"'{one}'" for one in SUBDIRS)
        raise ManifestError(
            f"'{subdir}' is not a valid conda subdir: '{subdir}' is not a known platform. "
            f"Valid platforms are {known}",
            hints=did_you_mean(subdir, SUBDIRS),
        )
    platform = Platform(name or subdir, subdir, declared)
    if not name and declared:
        raise ManifestError(
            f"virtual packages need a platform with a name of its own, '{subdir}' is a subdir",
            hints=(f"name it, for example `{derived_name(subdir, declared)}={subdir}`",),
        )
    return platform


def _own(packages: tuple[VirtualPackage, ...], name: str = "") -> Platform:
    """Describe this machine; of two packages of one name the later one counts."""
    subdir = host.detected_subdir()
    provided = {package.name: package for package in packages}
    own = customised(Platform("", subdir, tuple(provided.values())))
    own = tuple(package for package in own if package.name != "__unix")
    if not (name or own):
        return bare(subdir)
    return Platform(name or derived_name(subdir, own), subdir, own)


def require_platform(manifest: Manifest, name: str) -> None:
    """Make sure that the workspace has a platform, or that it is the name of a subdir.

    Raises `ManifestError`.
    """
    known = [platform.name for platform in manifest.workspace.platforms]
    if name not in known and name not in SUBDIRS:
        raise unknown_platform(name, known)


def unknown_platform(name: str, known: Iterable[str]) -> ManifestError:
    """Return the failure for a platform that the workspace, or a part of it, does not list."""
    message = f"workspace does not define a platform named '{name}'"
    return ManifestError(message, hints=among("platforms", name, known))


def declare_platforms(manifest: Manifest, document: Document, names: Sequence[str]) -> Document:
    """Add subdirs to the workspace that it does not have yet, so that something may be for them.

    Raises `ManifestError` for what is neither a platform of the workspace nor a subdir.
    """
    for name in names:
        require_platform(manifest, name)
    known = {platform.name for platform in manifest.workspace.platforms}
    missing = [name for name in dict.fromkeys(names) if name not in known]
    return add_platforms(document, ManifestPart(), missing)
