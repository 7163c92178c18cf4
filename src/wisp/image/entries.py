"""What goes into a layer: folders, files and links, with everything about the host taken away.

Owner, time and odd modes of a file say something about the machine that made it, not about the
image, so an entry has none: files are 0644 or, if their owner may execute them, 0755; folders are
0755. What is no folder, file or link (a socket, a FIFO, a device) is refused, never opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from wisp.errors import WispError
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    EntryKind = Literal["file", "folder", "link", "hard"]


FILE_MODE, PROGRAM_MODE, FOLDER_MODE, LINK_MODE = 0o644, 0o755, 0o755, 0o777


class UnfitFileError(WispError):
    """A path cannot become part of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEntry:
    """One member of a layer.

    `path` has no leading slash. A file's bytes are `content`, else those of `source`, of which
    `head` replaces as many as it has; `size` in bytes. `target` is where a link leads (as written)
    or which earlier member a hard link shares. `owner` is the number of user and group.
    """

    path: str
    kind: EntryKind
    mode: int
    source: Path | None = None
    content: bytes | None = None
    head: bytes = b""
    size: int = 0
    target: str = ""
    owner: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The names on the way to it, by which members are sorted: folders before their content."""
        return PurePosixPath(self.path).parts


def text_file(path: str, text: str | bytes, *, program: bool = False) -> LayerEntry:
    """Make a file of a text."""
    content = text.encode() if isinstance(text, str) else text
    mode = PROGRAM_MODE if program else FILE_MODE
    return LayerEntry(path=path, kind="file", mode=mode, content=content, size=len(content))


def folder(path: str, mode: int = FOLDER_MODE, owner: int = 0) -> LayerEntry:
    """Make a folder."""
    return LayerEntry(path=path, kind="folder", mode=mode, owner=owner)


def link(path: str, target: str) -> LayerEntry:
    """Make a symbolic link."""
    return LayerEntry(path=path, kind="link", mode=LINK_MODE, target=target)


def file_entry(file: Path, path: str) -> LayerEntry:
    """Look at a file, folder or link once, and make a member of it.

    Raises:
        UnfitFileError: It is something else, or the operating system refuses.

    """
    try:
        found = file.lstat()
        if stat.S_ISLNK(found.st_mode):
            return link(path, os.readlink(file))  # noqa: PTH115
    except OSError as error:
        raise UnfitFileError(
            f"could not read `{file}`", causes=[error.strerror or str(error)]
        ) from error
    if stat.S_ISDIR(found.st_mode):
        return folder(path)
    if not stat.S_ISREG(found.st_mode):
        raise UnfitFileError(
            f"`{file}` is neither a file nor a folder nor a link",
            hints=["leave it out of the image, or remove it"],
        )
    mode = PROGRAM_MODE if found.st_mode & stat.S_IXUSR else FILE_MODE
    return LayerEntry(path=path, kind="file", mode=mode, source=file, size=found.st_size)


def walk(root: Path, keep: Callable[[str, bool], bool] = lambda _path, _folder: True) -> list[str]:
    """List what is below a folder, as sorted paths relative to it; links are not followed.

    `keep` is asked with a path and whether it is a folder; a folder that is not kept is not
    entered. Folders are listed only if nothing is in them.

    Raises:
        UnfitFileError: A folder cannot be read.

    """
    return sorted(_below(root, "", keep), key=lambda path: path.split("/"))


def _below(root: Path, at: str, keep: Callable[[str, bool], bool]) -> Iterator[str]:
    try:
        with os.scandir(root / at) as found:
            rows = [(row.name, row.is_dir(follow_symlinks=False)) for row in found]
    except OSError as error:
        raise UnfitFileError(
            f"could not read `{root / at}`", causes=[error.strerror or str(error)]
        ) from error
    for name, is_folder in rows:
        path = f"{at}/{name}" if at else name
        if not keep(path, is_folder):
            continue
        if not is_folder:
            yield path
            continue
        inner = list(_below(root, path, keep))
        yield from inner or [path]


def with_parents(entries: Iterable[LayerEntry]) -> tuple[LayerEntry, ...]:
    """Sort members, each path once (the last one counts), and put every parent folder before.

    A layer carries its own parent folders, since some runtimes fail without them.
    """
    found: dict[str, LayerEntry] = {}
    for entry in entries:
        for parent in PurePosixPath(entry.path).parents:
            if parent.name:
                found.setdefault(str(parent), folder(str(parent)))
        found[entry.path] = entry
    return tuple(sorted(found.values(), key=lambda entry: entry.parts))


def share_equal_files(
    entries: Iterable[LayerEntry], digest: Callable[[LayerEntry], bytes], least: int = 1 << 16
) -> tuple[LayerEntry, ...]:
    """Turn files of equal bytes and mode into hard links to the first of them.

    Content decides, not the inodes of the prefix: whether these are shared depends on the file
    system of this machine. Files below `least` bytes are not worth it.
    """
    rows = tuple(entries)
    candidates: dict[tuple[int, int], int] = {}
    for entry in rows:
        if entry.kind == "file" and entry.size >= least and not entry.head:
            key = (entry.size, entry.mode)
            candidates[key] = candidates.get(key, 0) + 1
    first: dict[tuple[int, int, bytes], str] = {}
    shared: list[LayerEntry] = []
    for entry in rows:
        if entry.kind != "file" or entry.head or candidates.get((entry.size, entry.mode), 0) < 2:
            shared.append(entry)
            continue
        path = first.setdefault((entry.size, entry.mode, digest(entry)), entry.path)
        shared.append(entry if path == entry.path else hard_link(entry, path))
    return tuple(shared)


def hard_link(entry: LayerEntry, target: str) -> LayerEntry:
    """Make a file share the bytes of an earlier member."""
    return replace(entry, kind="hard", source=None, content=None, size=0, target=target)
