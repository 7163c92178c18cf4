"""A folder held open: what is done in it is done there, wherever its path leads meanwhile.

Where the system has no descriptors of folders (Windows) paths stand for them: then somebody who
renames between two calls is not noticed.
"""

from __future__ import annotations

import os
import stat

from wisp.values import dataclass

_HELD = os.open in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
#: A pipe in the place of a file does not hold us up.
_FILE = _NO_LINK | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder: its path, for messages, and its descriptor if the system has such."""

    path: str
    descriptor: int | None

    def at(self, name: str) -> str:
        """The path of an entry, for messages."""
        return f"{self.path}/{name}"

    @property
    def _here(self) -> str | int:
        return self.path if self.descriptor is None else self.descriptor

    def _name(self, name: str) -> str:
        return name if self.descriptor is not None else self.at(name)

    def status(self, name: str) -> os.stat_result | None:
        """What an entry is, a link itself; None if it is not there. May raise `OSError`."""
        try:
            return os.stat(self._name(name), dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """Open a file; through a link that is there it raises `OSError`."""
        return os.open(self._name(name), flags | _FILE, mode, dir_fd=self.descriptor)

    def replace(self, draft: str, name: str) -> None:
        """Rename one entry over another. May raise `OSError`."""
        held = self.descriptor
        os.replace(self._name(draft), self._name(name), src_dir_fd=held, dst_dir_fd=held)

    def unlink(self, name: str) -> None:
        """Remove a file, or a link itself. May raise `OSError`."""
        os.unlink(self._name(name), dir_fd=self.descriptor)

    def remove_empty(self, name: str) -> None:
        """Remove a folder with nothing in it. Raises `OSError`, also for a link."""
        os.rmdir(self._name(name), dir_fd=self.descriptor)

    def make(self, name: str) -> None:
        """Make a folder, if nothing is there. May raise `OSError`."""
        try:  # noqa: SIM105 - a task that was run waits for no `contextlib`
            os.mkdir(self._name(name), dir_fd=self.descriptor)
        except FileExistsError:
            pass

    def link(self, target: str, name: str) -> None:
        """Make a symbolic link. May raise `OSError`."""
        os.symlink(target, self._name(name), dir_fd=self.descriptor)

    def target(self, name: str) -> str:
        """Return what a link says. May raise `OSError`, also for what is no link."""
        return os.readlink(self._name(name), dir_fd=self.descriptor)

    def names(self) -> list[str]:
        """The names of all entries. May raise `OSError`."""
        return os.listdir(self._here)  # noqa: PTH208 - a descriptor

    def remove(self, name: str) -> None:
        """Remove an entry with all below it; of links only they themselves. May raise `OSError`."""
        found = self.status(name)
        if found is not None and stat.S_ISDIR(found.st_mode):
            from wisp.engine.trees import remove_tree

            remove_tree(self._name(name), dir_fd=self.descriptor)
        elif found is not None:
            self.unlink(name)

    def within(self, name: str, *, follow: bool = False) -> Held:
        """Open a folder in this one. Raises `OSError`, also for a link unless `follow`."""
        flags = _FOLDER if follow else _FOLDER | _NO_LINK
        return Held(self._name(name), flags, self.at(name), self.descriptor)

    def flush(self) -> None:
        """Make renames last; Windows has no such call and needs none."""
        if self.descriptor is not None:
            os.fsync(self.descriptor)


class Held:
    """A folder that is open from here to the end of a `with`."""

    def __init__(self, name: str, flags: int, path: str, within: int | None) -> None:
        self._name, self._flags, self._path, self._within = name, flags, path, within
        self._descriptor: int | None = None

    def __enter__(self) -> Folder:
        """Open it. Raises `OSError`."""
        if _HELD:
            self._descriptor = os.open(self._name, self._flags, dir_fd=self._within)
        elif not os.path.isdir(self._path):  # noqa: PTH112 - as above, for `pathlib`
            raise NotADirectoryError(f"`{self._path}` is no folder")
        return Folder(self._path, self._descriptor)

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._descriptor is not None:
            os.close(self._descriptor)


def opened(path: str | os.PathLike[str]) -> Held:
    """Open a folder, through links if there are any. Raises `OSError`."""
    return Held(os.fspath(path), _FOLDER, os.fspath(path), None)
