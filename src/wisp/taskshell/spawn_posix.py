"""Processes by `posix_spawn`: no fork of a process with threads, no `subprocess` to import."""

from __future__ import annotations

import _thread
import errno
import os

from wisp.taskshell.control import KILLED

# What Python ignores for itself but a process must be able to die of.
SIGPIPE, SIGXFSZ = 13, 25

_folder_guard = _thread.allocate_lock()


class PosixProcess:
    """A child known by its number."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def send(self, signum: int) -> None:
        """Deliver a signal."""
        try:
            os.kill(self._number, signum)
        except (ProcessLookupError, PermissionError):
            return

    def wait(self) -> int:
        """Reap the child and give its status."""
        _, status = os.waitpid(self._number, 0)
        code = os.waitstatus_to_exitcode(status)
        return KILLED - code if code < 0 else code

    def wait_unreaped(self) -> None:
        """Wait for the end; until `wait` the number cannot go to another process."""
        if hasattr(os, "waitid"):  # macOS has it from Python 3.13 on
            os.waitid(os.P_PID, self._number, os.WEXITED | os.WNOWAIT)


def spawn(
    path: str,
    arguments: list[str],
    environment: dict[str, str],
    cwd: str,
    descriptors: tuple[int, int, int],
) -> PosixProcess:
    """Start a process in a folder."""
    lent = _lend(descriptors)
    actions = [
        (os.POSIX_SPAWN_DUP2, source, target)
        for target, source in enumerate(lent)
        if source != target
    ]
    try:
        with _folder_guard:
            return _spawn_in(cwd, path, arguments, environment, actions)
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error)) from error
    finally:
        for mine, source in zip(descriptors, lent, strict=True):
            if mine != source:
                os.close(source)


def _lend(descriptors: tuple[int, int, int]) -> list[int]:
    """Move sources out of the way of the targets 0 to 2, which are filled one by one."""
    return [
        os.dup(source) if source < 3 and source != target else source
        for target, source in enumerate(descriptors)
    ]


def _spawn_in(
    cwd: str,
    path: str,
    arguments: list[str],
    environment: dict[str, str],
    actions: list[tuple[int, int, int]],
) -> PosixProcess:
    # `posix_spawn` has no folder argument here, so ours changes for a moment, under a lock:
    # the shell itself uses absolute paths only.
    back = _enter(cwd)
    try:
        number = os.posix_spawn(
            path, arguments, environment, file_actions=actions, setsigdef=(SIGPIPE, SIGXFSZ)
        )
    finally:
        if back >= 0:
            os.fchdir(back)
            os.close(back)
    return PosixProcess(number)


def _enter(cwd: str) -> int:
    """Change the folder; give a descriptor of the old one, -1 if it was the same."""
    here, there = os.stat("."), os.stat(cwd)
    if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
        return -1
    back = os.open(".", os.O_RDONLY)
    try:
        os.chdir(cwd)
    except OSError:
        os.close(back)
        raise
    return back
