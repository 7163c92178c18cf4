"""Platforms of a workspace: added, changed, moved, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from wisp.api.edits.transaction import Sync, edit
from wisp.engine import host
from wisp.errors import ManifestError
from wisp.manifest.edit import platforms as entries
from wisp.manifest.edit.document import Document, Place
from wisp.manifest.edit.literals import Data
from wisp.manifest.faults import did_you_mean
from wisp.manifest.model import Manifest
from wisp.platforms import (
    FRIENDLY_KEYS,
    SUBDIRS,
    Platform,
    VirtualPackage,
    bare,
    customised,
    derived_name,
)
from wisp.values import dataclass, replace

Anchor = Literal["before", "after", "top", "bottom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformChange:
    """What `platform edit` changes: another subdir, packages dropped, packages set."""

    subdir: str | None = None
    clear: bool = False
    drop: Sequence[str] = ()
    packages: Sequence[VirtualPackage] = ()


def wanted_platforms(
    words: Sequence[str],
    packages: Sequence[VirtualPackage],
    *,
    detected: Sequence[VirtualPackage] | None = None,
) -> tuple[Platform, ...]:
    """Read `SUBDIR`, `NAME=SUBDIR` and `__package=version` words.

    Packages belong to all platforms named; `detected` adds this machine, which provides those,
    under the name that a word of another kind gives it.

    Raises `ManifestError` for a subdir that is none, for packages on a plain subdir, and for a
    `__cuda_arch` without `__cuda`.
    """
    declared = (*packages, *raw_packages([word for word in words if word.startswith("__")]))
    named = [word for word in words if not word.startswith("__")]
    own: list[Platform] = []
    if detected is not None:
        names = [word for word in named if "=" not in word and word not in SUBDIRS]
        if len(names) > 1:
            raise ManifestError(f"this machine cannot have several names: {', '.join(names)}")
        own = [_own((*detected, *declared), *names)]
        named = [word for word in named if word not in names]
    found = (*own, *(_platform(word, declared) for word in named))
    if not found:
        raise ManifestError("no platform is given")
    for platform in found:
        _check_packages(platform.declared)
    return found


def _check_packages(packages: Sequence[VirtualPackage]) -> None:
    names = {package.name for package in packages}
    if "__cuda_arch" in names and "__cuda" not in names:
        raise ManifestError("'__cuda_arch' needs '__cuda'")


def friendly_packages(versions: Mapping[str, str]) -> tuple[VirtualPackage, ...]:
    """Turn `cuda`, `cuda_arch`, `archspec`, `glibc` … with their versions into packages."""
    return tuple(
        VirtualPackage("__archspec", "0", version)
        if key == "archspec"
        else VirtualPackage(FRIENDLY_KEYS.get(key, f"__{key}"), version)
        for key, version in versions.items()
    )


def raw_packages(words: Sequence[str]) -> tuple[VirtualPackage, ...]:
    """Read `__name=version=build` words. Raises `ManifestError` for anything else."""
    for word in words:
        if not word.startswith("__"):
            raise ManifestError(f"'{word}' is not a virtual package: its name must start with __")
    return tuple(map(VirtualPackage.parse, words))


def _platform(word: str, declared: tuple[VirtualPackage, ...]) -> Platform:
    name, _, subdir = word.rpartition("=")
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


def add_platforms(
    manifest: Manifest,
    platforms: Sequence[Platform],
    place: Place,
    *,
    first: bool = False,
    sync: Sync | None = None,
) -> Manifest:
    """Add platforms to the workspace, or their names to a feature or environment.

    What the workspace has already is left as it is; `first` brings the one platform that may be
    this machine to the top, also where an entry of another name declares the same.

    Raises `ManifestError` where that entry has another name than the one asked for.
    """

    def change(current: Manifest, document: Document) -> Document:
        # A script without a list has the platform of this machine, which nothing declares.
        listed = document.get(entries.platform_list(document, Place())) is not None
        present = current.workspace.platforms if listed else ()
        wanted = tuple(platforms)
        same = _same_definition(present, wanted[0]) if first else None
        if same is not None:
            document = entries.move_platform(document, same, 0)
            wanted = (present[same], *wanted[1:])
        if place != Place():
            document = _name_platforms(document, place, wanted)
        rich = any(not p.is_bare for p in (*wanted, *current.workspace.platforms))
        if place == Place() or rich:
            known = {platform.name for platform in present}
            new = [entries.platform_data(p) for p in wanted if p.name not in known]
            document = entries.add_platforms(document, Place(), new, first=first)
        return document

    return edit(manifest, change, sync)


def _same_definition(present: Sequence[Platform], wanted: Platform) -> int | None:
    """Find the entry that declares what a platform declares."""
    unnamed = {wanted.subdir, derived_name(wanted.subdir, wanted.declared)}
    for index, one in enumerate(present):
        if _definition(one) == _definition(wanted):
            if wanted.name not in {one.name, *unnamed}:
                raise ManifestError(
                    f"the platform '{one.name}' declares the same as '{wanted.name}'"
                )
            return index
    return None


def _definition(platform: Platform) -> Data:
    return entries.platform_data(Platform("", platform.subdir, customised(platform)))


def _name_platforms(document: Document, place: Place, platforms: Sequence[Platform]) -> Document:
    present = document.get(entries.platform_list(document, place)) or []
    names = [platform.name for platform in platforms if platform.name not in present]
    return entries.add_platforms(document, place, names)


def remove_platforms(
    manifest: Manifest, names: Sequence[str], place: Place, *, sync: Sync | None = None
) -> Manifest:
    """Take platforms away. Raises `ManifestError` for one that is not there."""

    def change(current: Manifest, document: Document) -> Document:
        for name in names:
            present = _names(current, document, place)
            if name not in present:
                raise ManifestError(f"platform {name} does not exist")
            document = entries.remove_platform(document, place, present.index(name))
            if place == Place():
                current = _without(current, name)
        return document

    return edit(manifest, change, sync)


def _names(current: Manifest, document: Document, place: Place) -> list[str]:
    """Name the entries of a list in its order; names of tables may be derived ones."""
    if place == Place():
        return [platform.name for platform in current.workspace.platforms]
    return [str(name) for name in document.get(entries.platform_list(document, place)) or ()]


def _without(manifest: Manifest, name: str) -> Manifest:
    left = tuple(p for p in manifest.workspace.platforms if p.name != name)
    return replace(manifest, workspace=replace(manifest.workspace, platforms=left))


def edit_platform(
    manifest: Manifest, name: str, changed: PlatformChange, *, sync: Sync | None = None
) -> Manifest:
    """Change what a platform of the workspace declares."""

    def change(current: Manifest, document: Document) -> Document:
        index = _index(current, name)
        old = current.workspace.platforms[index]
        packages = {} if changed.clear else {p.name: p for p in old.declared}
        packages = {k: p for k, p in packages.items() if k not in changed.drop}
        packages |= {package.name: package for package in changed.packages}
        _check_packages(tuple(packages.values()))
        subdir = changed.subdir or old.subdir
        new = Platform(old.name, subdir, tuple(packages.values()))
        return entries.replace_platform(document, index, entries.platform_data(new))

    return edit(manifest, change, sync)


def move_platform(
    manifest: Manifest,
    name: str,
    anchor: Anchor,
    other: str | None = None,
    *,
    sync: Sync | None = None,
) -> Manifest:
    """Move a platform before or after another one, or to an end of the list."""

    def change(current: Manifest, document: Document) -> Document:
        index = _index(current, name)
        to = _destination(current, index, anchor, lambda: _index(current, other or ""))
        return entries.move_platform(document, index, to)

    return edit(manifest, change, sync)


def _destination(manifest: Manifest, index: int, anchor: Anchor, other: Callable[[], int]) -> int:
    """Return the position an entry gets once it is taken out of its own."""
    if anchor in {"top", "bottom"}:
        return 0 if anchor == "top" else len(manifest.workspace.platforms) - 1
    at = other()
    at -= index < at
    return at if anchor == "before" else at + 1


def _index(manifest: Manifest, name: str) -> int:
    for index, platform in enumerate(manifest.workspace.platforms):
        if platform.name == name:
            return index
    raise ManifestError(f"platform {name} does not exist")
