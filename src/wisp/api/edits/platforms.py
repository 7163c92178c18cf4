"""Platforms of a workspace: added, changed, moved, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wisp.api.edits.platform_words import (
    check_families,
    check_once,
    check_packages,
    unknown_platform,
)
from wisp.api.edits.transaction import Sync, edit
from wisp.compat import subdir_key
from wisp.errors import ManifestError
from wisp.manifest.edit import platforms as entries
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.literals import Data
from wisp.manifest.model import Manifest
from wisp.platforms import Platform, VirtualPackage, bare, customised, derived_name
from wisp.specs.similarity import one_of
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Anchor = Literal["before", "after", "top", "bottom"]
    #: What adding a platform comes to; `matching` is this machine, declared under whatever name.
    PlatformState = Literal["added", "present", "matching"]


ANCHORS: tuple[Anchor, ...] = ("before", "after", "top", "bottom")


@dataclass(frozen=True, slots=True)
class AddedPlatform:
    """A platform that was to be added, and what came of it."""

    platform: Platform
    state: PlatformState

    @property
    def name(self) -> str:
        """The name of the platform."""
        return self.platform.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformChange:
    """What `platform edit` changes: another subdir, packages dropped, packages set.

    `packages` hold for their family of subdirs only, `raw` ones for any.
    """

    subdir: str | None = None
    clear: bool = False
    drop: Sequence[str] = ()
    packages: Sequence[VirtualPackage] = ()
    raw: Sequence[VirtualPackage] = ()

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.subdir or self.clear or self.drop or self.packages or self.raw)


def add_platforms(
    manifest: Manifest,
    platforms: Sequence[Platform],
    part: ManifestPart,
    *,
    first: bool = False,
    sync: Sync | None = None,
) -> Manifest:
    """Add platforms to the workspace, or their names to a feature or environment.

    What the workspace has already is left as it is; `first` brings the one platform that is this
    machine to the top, also where an entry of another name declares the same.

    Raises `ManifestError` where that entry has another name than the one asked for.
    """

    def change(current: Manifest, document: Document) -> Document:
        present = declared_platforms(current, document)
        wanted = tuple(platforms)
        same = same_platform(present, wanted[0]) if first else None
        if same is not None:
            document = entries.move_platform(document, same, 0)
            wanted = (present[same],)
        if part != ManifestPart():
            document = _name_platforms(document, part, wanted)
        rich = any(not p.is_bare for p in (*wanted, *current.workspace.platforms))
        if part == ManifestPart() or rich:
            known = {platform.name for platform in present}
            key = subdir_key(current.level)
            new = [_entry(one, derived=first, key=key) for one in wanted if one.name not in known]
            document = entries.add_platforms(document, ManifestPart(), new, first=first)
        return document

    return edit(manifest, change, sync)


def declared_platforms(manifest: Manifest, document: Document) -> tuple[Platform, ...]:
    """Return what the workspace declares; a script without a list has just this machine's."""
    listed = document.get(entries.platform_list(document, ManifestPart())) is not None
    return manifest.workspace.platforms if listed else ()


def _entry(platform: Platform, *, derived: bool, key: str) -> Data:
    """Spell a new entry; a name that is `derived` anyway is not written."""
    own = platform.name != derived_name(platform.subdir, platform.declared)
    return entries.platform_data(platform, named=own or not derived, key=key)


def expected(
    manifest: Manifest, part: ManifestPart, platform: Platform, *, first: bool
) -> AddedPlatform:
    """Tell what adding a platform will come to."""
    document = Document.open(manifest.text, manifest.kind)
    if part != ManifestPart():
        listed = document.get(entries.platform_list(document, part)) or ()
        return AddedPlatform(platform, "present" if platform.name in listed else "added")
    present = declared_platforms(manifest, document)
    for one in present if first else ():
        if _definition(one) == _definition(platform):
            return AddedPlatform(one, "matching")
    known = any(one.name == platform.name for one in present)
    return AddedPlatform(platform, "present" if known else "added")


def same_platform(present: Sequence[Platform], wanted: Platform) -> int | None:
    """Find the entry that declares what a platform declares, or has its name."""
    unnamed = {wanted.subdir, derived_name(wanted.subdir, wanted.declared)}
    for index, one in enumerate(present):
        if _definition(one) == _definition(wanted):
            if wanted.name not in {one.name, *unnamed}:
                raise ManifestError(
                    f"the platform '{one.name}' declares the same as '{wanted.name}'"
                )
            return index
    names = [one.name for one in present]
    return names.index(wanted.name) if wanted.name in names else None


def _definition(platform: Platform) -> Data:
    return entries.platform_data(Platform("", platform.subdir, customised(platform)))


def _name_platforms(
    document: Document, part: ManifestPart, platforms: Sequence[Platform]
) -> Document:
    present = document.get(entries.platform_list(document, part)) or []
    names = [platform.name for platform in platforms if platform.name not in present]
    return entries.add_platforms(document, part, names)


def remove_platforms(
    manifest: Manifest, names: Sequence[str], part: ManifestPart, *, sync: Sync | None = None
) -> Manifest:
    """Take platforms away. Raises `ManifestError` for one that is not there."""

    def change(current: Manifest, document: Document) -> Document:
        for name in names:
            present = _names(current, document, part)
            if name not in present:
                raise unknown_platform(name, present)
            document = entries.remove_platform(document, part, present.index(name))
            if part == ManifestPart():
                current = _without(current, name)
        return document

    return edit(manifest, change, sync)


def _names(current: Manifest, document: Document, part: ManifestPart) -> list[str]:
    """Name the entries of a list in its order; names of tables may be derived ones."""
    if part == ManifestPart():
        return [platform.name for platform in current.workspace.platforms]
    return [str(name) for name in document.get(entries.platform_list(document, part)) or ()]


def _without(manifest: Manifest, name: str) -> Manifest:
    left = tuple(p for p in manifest.workspace.platforms if p.name != name)
    return replace(manifest, workspace=replace(manifest.workspace, platforms=left))


def edit_platform(
    manifest: Manifest, name: str, changed: PlatformChange, *, sync: Sync | None = None
) -> Manifest:
    """Change what a platform of the workspace declares; whoever names it follows.

    An entry without a name has one derived from what it declares, so that it may get another one;
    one that is a plain subdir afterwards loses its own.

    Raises `ManifestError` when there is no such platform, when nothing is to be changed, and for a
    plain subdir that gets nothing of its own.
    """
    if not changed:
        raise ManifestError(
            "nothing to do: pass at least one of --subdir, a virtual-package flag (--cuda, "
            "--glibc, …), a word as `__cuda=12`, --remove-virtual-package, --clear-virtual-packages"
        )
    check_once("virtual package", (one.name for one in (*changed.packages, *changed.raw)))

    def change(current: Manifest, document: Document) -> Document:
        index = _index(current, name)
        written = document.get(entries.platform_list(document, ManifestPart()))[index]
        new = _changed(current.workspace.platforms[index], changed)
        named = isinstance(written, dict) and "name" in written
        if isinstance(written, str):
            _check_plain(new, changed)
        if (changed.clear and not new.declared) or not (named or customised(new)):
            new = _as_plain(current, new, index)
        elif not named:
            new = replace(new, name=derived_name(new.subdir, new.declared))
        data = entries.platform_data(new, named=named, key=_key(written, current))
        document = entries.replace_platform(document, index, data)
        return entries.rename_platform(document, name, new.name)

    return edit(manifest, change, sync)


def _key(written: Data, manifest: Manifest) -> str:
    """Return what an entry calls its subdir, or will: one that is a table already keeps its key."""
    if isinstance(written, dict):
        return "subdir" if "subdir" in written else "platform"
    return subdir_key(manifest.level)


def _changed(old: Platform, changed: PlatformChange) -> Platform:
    packages = {} if changed.clear else {one.name: one for one in old.declared}
    packages = {name: one for name, one in packages.items() if name not in changed.drop}
    packages |= {one.name: one for one in (*changed.packages, *changed.raw)}
    new = Platform(old.name, changed.subdir or old.subdir, tuple(packages.values()))
    check_families(changed.packages, new.subdir)
    check_packages(new.declared)
    return new


def _check_plain(new: Platform, changed: PlatformChange) -> None:
    if changed.subdir or changed.clear or changed.drop or not customised(new):
        raise ManifestError(
            "You tried to add a virtual package into a special subdir platform",
            hints=(f"'{new.name}' stands for the subdir as it is; declare a platform beside it",),
        )


def _as_plain(manifest: Manifest, platform: Platform, index: int) -> Platform:
    others = [p for at, p in enumerate(manifest.workspace.platforms) if at != index]
    if any(one.name == platform.subdir for one in others):
        raise ManifestError(
            f"nothing is left of platform '{platform.name}' beyond its subdir, and "
            f"'{platform.subdir}' is declared already",
            hints=(f"take it away with `pixi workspace platform remove {platform.name}`",),
        )
    return bare(platform.subdir)


def move_platform(
    manifest: Manifest,
    name: str,
    anchor: Anchor,
    other: str | None = None,
    *,
    sync: Sync | None = None,
) -> Manifest:
    """Move a platform before or after another one, or to an end of the list."""
    anchor = one_of(anchor, ANCHORS)

    def change(current: Manifest, document: Document) -> Document:
        index = _index(current, name)
        if name == other:
            raise ManifestError(f"cannot move platform '{name}' relative to itself")
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
    known = [platform.name for platform in manifest.workspace.platforms]
    if name not in known:
        raise unknown_platform(name, known)
    return known.index(name)
