"""Journals of files that are being written over: what a killed process leaves half done is undone.

A journal holds old and new text of one file, in the cache of the user, or, where that cannot be
written, in a folder of theirs among the temporary ones. Whoever writes over a file keeps one
meanwhile; commands call `repair` before they read, which costs nothing where no journal lies.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from wisp.config.caches import cache_root
from wisp.foreign import json_data
from wisp.trust import is_ours
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_FOLDER = "wisp-unfinished"


@dataclass(frozen=True, slots=True)
class Journal:
    """A change of a file under way."""

    target: Path
    old: bytes
    new: bytes

    def __bytes__(self) -> bytes:
        """One line of JSON with path and lengths, then both texts."""
        import json

        head = {"path": str(self.target), "old": len(self.old), "new": len(self.new)}
        return json.dumps(head).encode() + b"\n" + self.old + self.new


def pour(file: BinaryIO, data: bytes) -> None:
    """Write over the text of a file, then cut; until then it is `new[:n] + old[n:]` for some n."""
    file.seek(0)
    file.write(data)
    file.flush()
    file.truncate(len(data))
    os.fsync(file.fileno())


@contextlib.contextmanager
def kept(journal: Journal) -> Iterator[None]:
    """Keep a journal until the body is done, locked for as long as this process lives.

    Raises `OSError` when there is no room for it.
    """
    from wisp.engine.files import mark_alive

    folder, handle, name = _begun()
    with os.fdopen(handle, "wb") as file:
        mark_alive(file.fileno())
        file.write(bytes(journal))
        file.flush()
        os.fsync(file.fileno())
        yield
    Path(name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _begun() -> tuple[Path, int, str]:
    """Make an empty journal in the first folder that takes one; return folder, descriptor, path."""
    import tempfile

    first, *others = _folders()
    try:
        first.mkdir(mode=0o700, parents=True, exist_ok=True)
        return first, *tempfile.mkstemp(dir=first)
    except OSError:
        for folder in others:
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, exist_ok=True)
                if is_ours(folder.lstat()):
                    return folder, *tempfile.mkstemp(dir=folder)
        raise


def repair() -> None:
    """Undo what killed processes of this user left half written; never fails."""
    for folder in _folders():
        _repair(folder)


def _repair(folder: Path) -> None:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - usually it is not there
        if not is_ours(folder.lstat()):
            return
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            _undo(folder / name)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _undo(path: Path) -> None:
    from wisp.engine.files import mark_alive

    with path.open("rb") as file:
        mark_alive(file.fileno())
        if not _is_ours(file):
            return
        journal = _read(file)
    if journal is not None:
        with contextlib.suppress(FileNotFoundError):
            _restore(journal)
    path.unlink(missing_ok=True)


def _is_ours(file: BinaryIO) -> bool:
    """Whether the journal is there still, and nobody else can have written what it says."""
    found = os.fstat(file.fileno())
    if sys.platform == "win32":
        return True
    return bool(found.st_nlink) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _read(file: BinaryIO) -> Journal | None:
    """Read a journal; None of one that was not finished, whose file was not yet touched then."""
    line, _, texts = file.read().partition(b"\n")
    try:
        head = json_data(line)
        target, old, new = Path(head["path"]), int(head["old"]), int(head["new"])
    except (ValueError, KeyError, TypeError):
        return None
    return Journal(target, texts[:old], texts[old:]) if len(texts) == old + new else None


def _restore(journal: Journal) -> None:
    """Put the old text back if the file is between old and new; else somebody has been there."""
    with journal.target.open("r+b") as file:
        present = file.read()
        if present in (journal.old, journal.new):
            return
        pairs = enumerate(zip(present, journal.new, strict=False))
        shorter = min(len(present), len(journal.new))
        written = next((at for at, (left, right) in pairs if left != right), shorter)
        if present[written:] == journal.old[written:]:
            pour(file, journal.old)


def _folders() -> list[Path]:
    usual = cache_root(os.environ) / _FOLDER
    if sys.platform == "win32":
        return [usual]
    return [usual, Path(os.environ.get("TMPDIR") or "/tmp", f"{_FOLDER}-{os.geteuid()}")]
