"""Whether an unpacked conda package writes only into the prefix it is linked into.

Names, versions, builds and entry points are rattler's business (it refuses wrong ones); which
files there are it believes a package. So `info/paths.json`, or `info/files` of old packages, is
judged here between unpacking and linking: no path leads out of the prefix, and none goes through a
symbolic link of the package itself, behind which the file of a package may be anybody's.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from wisp import layout
from wisp.engine.files import refusal, replace_in
from wisp.engine.safe.folder import opened
from wisp.engine.safe.modes import restrain
from wisp.engine.safe.programs import Programs, programs_of
from wisp.foreign import json_data
from wisp.specs.inside import UnsafePathError, as_some_hold, inside, is_inside
from wisp.specs.settings import MOST_FILES
from wisp.trust import LARGEST_LOCK, found_bytes, user_name
from wisp.values import dataclass

#: Counted up when the rules become stricter: verdicts by older ones hold no more.
RULES = 9

#: What rattler and we read in `info`.
_READ = ("index.json", "paths.json", "link.json", "files", "has_prefix", "no_link", "no_softlink")
#: What a prefix says of itself.
_NOTES = frozenset(
    {
        layout.PREFIX_MARKER,
        layout.PREFIX_FINGERPRINT,
        layout.PREFIX_PATH_FILE,
        layout.PREFIX_HISTORY,
    }
)


def check_unpacked(package: str, owners: frozenset[int] | None = None) -> Programs:
    """Judge a package of the cache, by the path of its folder; nobody else may write there.

    All of it has to belong to one of `owners` (None: anybody). Returns which programs it brings.
    Raises `UnsafePathError` for one that is not to be linked.
    """
    whose = f"the package `{package.rpartition('/')[2]}`"
    seen: set[str] = {""}
    if not _is_in_folders(package, "info", seen):
        raise UnsafePathError(f"{whose} describes itself in a link")
    _check_name(package, whose)
    paths, links = _listed(package, whose)
    if len(paths) > MOST_FILES:
        raise UnsafePathError(f"{whose} has more than {MOST_FILES} files")
    _check_all(paths, whose)
    commands = _commands(package, whose)
    _check_all(commands, whose)
    folders = {path.rpartition("/")[0] for path in paths}
    if any(as_some_hold(folder) == layout.CONDA_META for folder in folders):
        _check_notes(paths, whose)
    for folder in folders:
        if not _is_in_folders(package, folder, seen):
            raise UnsafePathError(f"{whose} names paths below `{folder}`, which is a link")
    try:
        seen_there = restrain(package, owners)
    except OSError as error:
        raise UnsafePathError(f"{whose} cannot be looked through", causes=[str(error)]) from error
    if seen_there.foreign is not None:
        raise _foreign(seen_there.foreign, whose)
    if any(f"{package}/info/{name}" in seen_there.links for name in _READ):
        raise UnsafePathError(f"{whose} describes itself in a link")
    if seen_there.links:
        _check_files(package, [path for path in paths if path not in links], whose)
    return programs_of(commands, paths, frozenset(_below(package, seen_there.links)))


def _below(package: str, links: Iterable[str]) -> Iterable[str]:
    return (link[len(package) + 1 :] for link in links)


def spoil(package: Path) -> None:
    """See to it that nobody links a refused package: the cache holds it for damaged from now on.

    What it has in the place of its list may be a link. Raises `HostError`.
    """
    try:
        with opened(package) as folder:
            found = folder.status("info")
            if found is not None and not stat.S_ISDIR(found.st_mode):
                folder.unlink("info")
            folder.make("info")
            with folder.within("info") as info:
                info.remove("paths.json")
                replace_in(info, "paths.json", b"refused: it names paths that lead elsewhere")
    except OSError as error:
        raise refusal("write in", package, error) from error


@dataclass(frozen=True, slots=True)
class PutAside:
    """A package that is spoiled for a while, and its `paths.json` (None: old ones have none)."""

    package: Path
    paths: bytes | None

    @classmethod
    def of(cls, package: Path) -> PutAside:
        """Spoil a package, which nobody links until it is put back."""
        try:
            found = cls(package, _read(f"{package}/info/paths.json"))
        except OSError:
            found = cls(package, None)
        spoil(package)
        return found

    def put_back(self) -> None:
        """Give it its list again. May raise `OSError`."""
        with opened(self.package / "info") as info:
            if self.paths is None:
                info.remove("paths.json")
            else:
                replace_in(info, "paths.json", self.paths)


def check_prefix_record(record: object, whose: str) -> None:
    """Judge a record of `conda-meta`, whose files are removed with its package.

    Raises `UnsafePathError` for a path that leads out of the prefix, or a record without form.
    """
    try:
        assert isinstance(record, dict)
        rows = (record.get("paths_data") or {}).get("paths") or ()
        _check_all([row["_path"] for row in rows], whose)
        _check_all(record.get("files") or (), whose)
    except (AssertionError, AttributeError, KeyError, TypeError) as error:
        raise UnsafePathError(f"{whose} is no record of a package") from error


def _check_notes(paths: Sequence[str], whose: str) -> None:
    """Refuse a package that brings what is written in `conda-meta` about packages and prefix."""
    for path in paths:
        folder, _, name = as_some_hold(path).rpartition("/")
        if folder == layout.CONDA_META and (name.endswith(".json") or name in _NOTES):
            raise UnsafePathError(f"{whose} brings `{path}`, which is not a package's to write")


def _check_name(package: str, whose: str) -> None:
    """Refuse a package that calls itself by another name than its record, at which rattler ends."""
    try:
        name = json_data(_read(f"{package}/info/index.json"))["name"].lower()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return  # rattler words it
    stem = package.rpartition("/")[2].lower()
    # A cache that tells origins apart lengthens the names of its folders by one more part.
    if name not in (stem.rsplit("-", 2)[0], stem.rsplit("-", 3)[0]):
        raise UnsafePathError(f"{whose} calls itself `{name}`")


def _foreign(path: str, whose: str) -> UnsafePathError:
    return UnsafePathError(
        f"{whose} has in the cache a file or folder of somebody else",
        causes=[f"{user_name(os.lstat(path).st_uid)} owns `{path}`"],
    )


def _check_files(package: str, paths: Iterable[str], whose: str) -> None:
    """Refuse what a package calls a file if it is none, nor a link to one of its own.

    It would be read: into the prefix, where others may look at it, or for ever. The file system is
    asked for each, since it may hold two spellings for one name.
    """
    inside_of = os.path.realpath(package) + os.sep
    for path in paths:
        if _is_plain_file(f"{package}/{path}"):
            continue
        target = os.path.realpath(f"{package}/{path}")
        if not target.startswith(inside_of) or not os.path.isfile(target):  # noqa: PTH113
            raise UnsafePathError(f"{whose} calls `{path}` a file, which it is not")


def _is_plain_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:  # of which rattler tells
        return True


def _check_all(paths: Sequence[str], whose: str) -> None:
    """Raise `UnsafePathError` for the first path that leads elsewhere, `TypeError` for no text."""
    for path in paths:
        if not is_inside(path):
            inside(path, whose)


def _listed(package: str, whose: str) -> tuple[list[str], frozenset[str]]:
    """Return the paths of a package, and which of them it calls links, to be made as they are."""
    try:
        rows = json_data(_read(f"{package}/info/paths.json"))["paths"]
        paths = [row["_path"] for row in rows]
        links = frozenset(row["_path"] for row in rows if _is_plain_link(row))
    except FileNotFoundError:
        return _listed_of_old(package)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnsafePathError(f"{whose} has no readable list of files") from error
    if not all(isinstance(path, str) for path in paths):
        raise UnsafePathError(f"{whose} names a path that is no text")
    return paths, links


def _is_plain_link(row: Mapping[str, object]) -> bool:
    is_copied = row.get("prefix_placeholder") is not None or row.get("no_link")
    return row.get("path_type") == "softlink" and not is_copied


def _commands(package: str, whose: str) -> list[str]:
    """Return the names of the commands that rattler makes for a package of Python."""
    try:
        table = json_data(_read(f"{package}/info/link.json"))
        rows = ((table.get("noarch") or {}).get("entry_points")) or ()
        return [str(row).partition("=")[0].strip(" ") for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UnsafePathError(f"{whose} has no readable list of commands") from error


def _listed_of_old(package: str) -> tuple[list[str], frozenset[str]]:
    """Return the same of a package from before there were such lists: a link counts as one."""
    text = _text(f"{package}/info/files")  # without it there is nothing to link
    prefixed = _text(f"{package}/info/has_prefix")
    paths = [line for line in map(str.strip, text.splitlines()) if line]
    return paths, frozenset(path for path in paths if path not in prefixed)


def _text(path: str) -> str:
    try:
        return _read(path).decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _read(path: str) -> bytes:
    return found_bytes(path, LARGEST_LOCK)


def _is_in_folders(package: str, folder: str, seen: set[str]) -> bool:
    """Tell whether a folder of a package, and all above it, are folders and no links."""
    unseen = []
    while folder not in seen:
        unseen.append(folder)
        folder = folder.rpartition("/")[0]
    for one in reversed(unseen):
        try:
            if not stat.S_ISDIR(os.lstat(f"{package}/{one}").st_mode):
                return False
        except OSError:
            pass  # what is not there is not linked: rattler tells of it
        seen.add(one)
    return True
