"""Locks between processes, held on files."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from wisp.engine.files import refusal
from wisp.engine.waiting import taken
from wisp.errors import HostError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


@contextlib.contextmanager
def held_file(
    path: Path, *, kind: Literal["exclusive", "shared"] = "exclusive", wait: bool = True
) -> Iterator[int]:
    """Hold an advisory lock on a file, which is made if missing, and yield its descriptor.

    The descriptor is inheritable: a child started with it (`pass_fds`) keeps the lock for as
    long as it lives, even when this process is killed.

    Raises:
        HostError: The file cannot be opened, or `wait` is False and somebody else holds it.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise refusal("lock", path, error) from error
    with hold(descriptor, path, kind=kind, wait=wait):
        yield descriptor


@contextlib.contextmanager
def hold(
    descriptor: int,
    path: Path,
    *,
    kind: Literal["exclusive", "shared"] = "exclusive",
    wait: bool = True,
    inherited: bool = True,
) -> Iterator[None]:
    """Hold the lock of an open file, as `held_file` does, and close it afterwards."""
    try:
        _acquire(descriptor, path, shared=kind == "shared", wait=wait)
        os.set_inheritable(descriptor, inherited)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _acquire(descriptor: int, path: Path, *, shared: bool, wait: bool) -> None:
        """Lock one byte far behind the end, so that the content stays readable for others.

        Windows knows only exclusive locks through `msvcrt`; readers queue up there.
        """
        import msvcrt

        del shared

        def attempt() -> bool:
            os.lseek(descriptor, 1 << 30, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError as error:
                if not wait:
                    raise _busy(path) from error
                return False
            os.lseek(descriptor, 0, os.SEEK_SET)
            return True

        taken(attempt, descriptor, path)

else:

    def _acquire(descriptor: int, path: Path, *, shared: bool, wait: bool) -> None:
        """Lock with `flock`, which belongs to the open file and so survives in children."""
        import fcntl

        operation = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB

        def attempt() -> bool:
            try:
                fcntl.flock(descriptor, operation)
            except BlockingIOError as error:
                if not wait:
                    raise _busy(path) from error
                return False
            except OSError as error:
                raise refusal("lock", path, error) from error
            return True

        taken(attempt, descriptor, path)


def _busy(path: Path) -> HostError:
    return HostError(f"`{path}` is locked by another process", hints=["wait until it has finished"])
