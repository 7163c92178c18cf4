"""The one way in which wisp writes below a folder of strangers: no link is followed there.

A workspace may come from anywhere, and so may every link in it. The folder itself is the user's
choice and may be reached as the user likes; from there each part of a path is opened in the one
before it. Apart from links that the user has accepted, one on the way ends the command.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wisp.engine.file_locks import hold
from wisp.engine.files import as_bytes, refusal, replace_in, sweep_in
from wisp.engine.safe.folder import Folder, opened
from wisp.errors import HostError
from wisp.values import dataclass

_DETACH = (
    "remove the link; `pixi config set --global detached-environments FOLDER` keeps environments "
    "elsewhere"
)
#: What the system says where nobody may write.
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
#: How many folders inside one another are held open.
_OPEN_AT_ONCE = 100
_WAYS_OUT = {
    ".pixi": ("accept the link as it is by `wisp trust`", f"or {_DETACH}"),
    "envs": (_DETACH,),
    "pixi.lock": (
        "put the file itself in its place: a copy, or by `git annex unlock` or `dvc unprotect`",
    ),
}


class ForeignLinkError(HostError):
    """A symbolic link stands where wisp would write, lock or remove something."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder below which no link is followed, but for the `accepted` ones.

    All paths given to it lie below it. What the operating system refuses is a `HostError`, a link
    a `ForeignLinkError`; then nothing was changed.
    """

    path: Path
    accepted: frozenset[Path] = frozenset()

    def require(self, path: Path) -> None:
        """See to it that neither a path nor a folder above it is a link."""
        current = self.path
        for part in path.relative_to(self.path).parts:
            current = current / part
            if current.is_symlink() and current not in self.accepted:
                raise _foreign(current)

    def write(
        self,
        file: Path,
        content: str | bytes,
        *,
        mode: int | None = None,
        lasting: bool = True,
    ) -> None:
        """Replace a file as `wisp.engine.files.write_atomically` does, making its folders."""
        with self._doing("write", file), self.folder(file.parent, make=True) as folder:
            _refuse_link(folder, file)
            replace_in(folder, file.name, as_bytes(content, file), mode=mode, lasting=lasting)

    @contextlib.contextmanager
    def held(self, file: Path) -> Iterator[int]:
        """Hold a file, made if missing, as `wisp.engine.file_locks.held_file` does.

        One that may only be read is held all the same: who has nothing to write needs no more.
        It may be written to in place; so one with a second name, which is anybody's, is left to
        that, and an empty one is made instead, while whoever works at the old one is waited for.
        """
        while True:
            with self._doing("lock", file), self.folder(file.parent, make=True) as folder:
                _refuse_link(folder, file)
                descriptor = _open_to_lock(folder, file.name)
            with hold(descriptor, file):
                if self._is_alone(descriptor, file):
                    yield descriptor
                    return

    def _is_alone(self, descriptor: int, file: Path) -> bool:
        """Whether a held file is the one at its path, and at no other; an empty one comes there."""
        if sys.platform == "win32":  # where no open file is replaced
            return True
        with self._doing("lock", file), self.folder(file.parent, make=True) as folder:
            held, there = os.fstat(descriptor), folder.status(file.name)
            if there is None or not os.path.samestat(held, there):
                return False  # whoever held it before has removed it, or left it to its other name
            if held.st_nlink < 2:
                return True
            try:
                replace_in(folder, file.name, b"", lasting=False)
            except OSError as error:
                if error.errno not in _REFUSED:
                    raise
                return True  # it was opened to be read alone
            return False

    def make(self, path: Path) -> None:
        """Make a folder and those above it, where they are missing."""
        with self._doing("create", path), self.folder(path, make=True):
            pass

    def sweep(self, path: Path) -> None:
        """Remove what killed writers left in a folder, if it is there."""
        with contextlib.suppress(FileNotFoundError), self.folder(path) as folder:
            sweep_in(folder)

    def remove(self, path: Path) -> None:
        """Remove a file, a link itself, or a folder with all below it."""
        gone = contextlib.suppress(FileNotFoundError)
        with self._doing("remove", path), gone, self.folder(path.parent) as folder:
            folder.remove(path.name)

    def prune(self, path: Path, top: Path) -> None:
        """Remove a folder, and then those above it and below `top`, while nothing is in them.

        A link on the way, and what the system refuses, ends that.
        """
        parts = path.relative_to(top).parts
        while parts:
            rest, some = parts[:-_OPEN_AT_ONCE], parts[-_OPEN_AT_ONCE:]
            try:
                with self.folder(top.joinpath(*rest)) as folder:
                    _remove_empty(folder, some)
            except (OSError, ForeignLinkError):
                return
            parts = rest

    def take_link(self, link: Path) -> str:
        """Remove a link, and return what it says."""
        with self._doing("remove", link), self.folder(link.parent) as folder:
            target = folder.target(link.name)
            folder.unlink(link.name)
            return target

    def make_link(self, link: Path, target: str) -> bool:
        """Make a link, unless something is there; tell whether it was made."""
        with self._doing("create", link), self.folder(link.parent, make=True) as folder:
            if folder.status(link.name) is not None:
                return False
            folder.link(target, link.name)
            return True

    @contextlib.contextmanager
    def folder(self, path: Path, *, make: bool = False) -> Iterator[Folder]:
        """Open a folder, made if missing where asked for. May raise `OSError`."""
        parts = path.relative_to(self.path).parts
        if make:
            self.path.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            current, at = stack.enter_context(opened(self.path)), self.path
            for part in parts:
                at = at / part
                with stack.pop_all():  # of a thousand folders one alone is open
                    current = stack.enter_context(self._step(current, at, make=make))
            yield current

    @contextlib.contextmanager
    def _step(self, folder: Folder, path: Path, *, make: bool) -> Iterator[Folder]:
        if path not in self.accepted:
            _refuse_link(folder, path)
        if make:
            folder.make(path.name)
        with folder.within(path.name, follow=path in self.accepted) as inner:
            yield inner

    @contextlib.contextmanager
    def _doing(self, action: str, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno == errno.ELOOP:  # a link that was made in this moment
                raise _foreign(path) from error
            raise refusal(action, path, error) from error


def _remove_empty(folder: Folder, parts: Sequence[str]) -> None:
    """Remove folders inside one another, the innermost first. May raise `OSError`."""
    with contextlib.ExitStack() as stack:
        chain = [folder]
        for part in parts[:-1]:
            chain.append(stack.enter_context(chain[-1].within(part)))
        for holder, part in zip(reversed(chain), reversed(parts), strict=True):
            holder.remove_empty(part)


def _open_to_lock(folder: Folder, name: str) -> int:
    """Open a file, made if missing; to read alone where no more is allowed. May raise `OSError`."""
    flags = os.O_RDWR | os.O_CREAT
    if _has_second_name(folder, name):
        if sys.platform == "win32":
            replace_in(folder, name, b"", lasting=False)
        else:
            flags = os.O_RDONLY
    try:
        return folder.open(name, flags)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        with contextlib.suppress(OSError):
            return folder.open(name, os.O_RDONLY)
        raise


def _has_second_name(folder: Folder, name: str) -> bool:
    found = folder.status(name)
    return found is not None and stat.S_ISREG(found.st_mode) and found.st_nlink > 1


def _refuse_link(folder: Folder, path: Path) -> None:
    found = folder.status(path.name)
    if found is not None and stat.S_ISLNK(found.st_mode):
        raise _foreign(path)


def _foreign(path: Path) -> ForeignLinkError:
    return ForeignLinkError(
        f"`{path}` is a symbolic link, and is not followed",
        causes=("what wisp writes or removes there would be somewhere else",),
        hints=_WAYS_OUT.get(path.name, ("put a file or folder of its own in its place",)),
    )
