"""Processes on Windows, by `subprocess.Popen`, which knows the rules of quoting there."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen


class WindowsProcess:
    """A child known by its handle."""

    __slots__ = ("_child",)

    def __init__(self, child: Popen[bytes]) -> None:
        self._child = child

    def send(self, signum: int) -> None:  # noqa: ARG002 - there is one way to end a process
        """End the process; Ctrl-C reaches it through the console without us."""
        try:
            self._child.terminate()
        except OSError:
            return

    def wait(self) -> int:
        """Give the exit code."""
        return self._child.wait()

    def wait_unreaped(self) -> None:
        """Wait for the end; the handle keeps the number reserved."""
        self._child.wait()


def spawn(
    path: str,
    arguments: list[str],
    environment: dict[str, str],
    cwd: str,
    descriptors: tuple[int, int, int],
) -> WindowsProcess:
    """Start a process in a folder."""
    from subprocess import Popen

    stdin, stdout, stderr = (os.dup(descriptor) for descriptor in descriptors)
    try:
        child = Popen(
            [path, *arguments[1:]],
            env=environment,
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
    finally:
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
    return WindowsProcess(child)
