"""What a run prints, kept instead of shown."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

#: The streams of a process are one for all threads.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Completed:
    """How a run ended and what it printed, with the names that `subprocess` gives them."""

    returncode: int
    stdout: str
    stderr: str


def captured(run: Callable[[], int]) -> Completed:
    """Call a function that returns an exit code, and keep what is printed meanwhile.

    The process's own streams are led into files, so that what other threads print is kept too.
    """
    with (
        _ONE_AT_A_TIME,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        with _led(1, out), _led(2, err):
            code = run()
        return Completed(code, _content(out), _content(err))


@contextmanager
def _led(number: int, file: IO[bytes]) -> Iterator[None]:
    """Let a descriptor of this process, and of its children, mean a file."""
    _flush()
    kept = os.dup(number)
    os.dup2(file.fileno(), number)
    try:
        yield
    finally:
        _flush()
        os.dup2(kept, number)
        os.close(kept)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
