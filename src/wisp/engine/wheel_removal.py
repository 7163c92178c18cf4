"""Wheels leave a prefix by their RECORD, through folders that are held open.

No uv and no interpreter is needed, so it also works for a Python that is about to leave.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from wisp.engine.files import place_of, refusal
from wisp.engine.safe.root import ForeignLinkError, Root
from wisp.engine.wheels import InstalledWheel, is_record, recorded_files

_CACHE = "__pycache__"
#: What the system says where a folder is not, or not any more.
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def remove_wheel(root: Root, wheel: InstalledWheel, prefix: Path, keep: Collection[str]) -> None:
    """Delete what a wheel brought, its compiled modules, and the folders this leaves empty.

    `keep` are paths relative to the prefix that belong to somebody else. Files that its RECORD
    places outside the prefix are left alone.

    Raises:
        HostError: A file cannot be deleted.

    """
    home, found = prefix.resolve(), wheel.folder.parent.resolve()
    if not found.is_relative_to(home):
        return
    site = prefix / found.relative_to(home)
    info = site / wheel.folder.name
    folders = {info}
    try:
        for folder, files in groupby(_own(wheel, prefix, keep), lambda file: file.parent):
            _take_out(root, folder, [file.name for file in files])
            folders.add(folder)
    except OSError as error:
        raise refusal("remove", place_of(error, wheel.folder), error) from error
    inside = f"{info.relative_to(prefix).as_posix()}/"
    if not any(path.startswith(inside) for path in keep):
        root.remove(info)  # with folders so deep that no path leads to what is in them
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        top = site if folder.is_relative_to(site) else prefix
        root.prune(folder / _CACHE, top)
        root.prune(folder, top)


def _own(wheel: InstalledWheel, prefix: Path, keep: Collection[str]) -> Iterator[Path]:
    """Yield the files of a wheel that are nobody else's, none of conda's records among them."""
    home = prefix.resolve()
    for file in recorded_files(wheel):
        if file.is_relative_to(home) and not is_record(file, home):
            path = file.relative_to(home)
            if path.as_posix() not in keep:
                yield prefix / path


def _take_out(root: Root, place: Path, names: Sequence[str]) -> None:
    """Remove files of a folder, with what Python has compiled; a link on the way leads nowhere."""
    with contextlib.suppress(ForeignLinkError), _unless_gone(), root.folder(place) as folder:
        for name in names:
            with _unless_gone():
                folder.unlink(name)
        modules = {name.removesuffix(".py") for name in names if name.endswith(".py")}
        if modules:
            with _unless_gone(), folder.within(_CACHE) as cache:
                for name in cache.names():
                    if _module_of(name) in modules:
                        cache.unlink(name)


@contextlib.contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except IsADirectoryError:
        return  # a folder is no file of a wheel, whatever its RECORD says
    except OSError as error:
        if error.errno not in _NO_FOLDER:
            raise


def _module_of(name: str) -> str:
    """Return which module was compiled into a file (PEP 3147): `a.cpython-312.opt-1.pyc` is `a`."""
    return name.partition(".")[0] if name.endswith(".pyc") else ""
