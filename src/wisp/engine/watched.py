"""Children that draw on a terminal of ours, so that what they show people can be read."""

from __future__ import annotations

import codecs
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from wisp.engine.process import LOOK_SECONDS, ProcessResult, cannot_start, given, listed

#: Nothing is wrapped there, and many lines are.
_LINES, _COLUMNS = 100, 200
_CHUNK = 65536


class Audience(Protocol):
    """Reads what a child draws."""

    def hear(self, text: str) -> None:
        """Take the next piece of what is drawn, with all its control sequences."""

    def said(self) -> str:
        """Return what was written to stay, as lines without control sequences."""


def can_watch() -> bool:
    """Whether this system has terminals that a program can make."""
    return os.name == "posix"


def watch(
    argv: Sequence[str],
    audience: Audience,
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    keep_open: Sequence[int] = (),
    look: Callable[[int], object] = lambda _: None,
) -> ProcessResult:
    """Run a program to its end with a terminal as its stderr, which the audience reads.

    What the audience makes of it is the `stderr` of the result. `keep_open` are descriptors that
    the child inherits. The terminal controls nothing: questions still go to the user's. `look` is
    called every second or so, with the child's number; what it raises ends the child.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    ours, theirs = _terminal()
    try:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=given(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            pass_fds=tuple(keep_open),
        )
    except OSError as error:
        os.close(ours)
        raise cannot_start(argv[0], error) from error
    finally:
        os.close(theirs)
    try:
        with child, listed(child):
            assert child.stdout is not None
            stdout = _read(child.stdout.fileno(), ours, audience, lambda: look(child.pid))
    finally:
        os.close(ours)
    return ProcessResult(child.returncode, stdout, audience.said())


def _terminal() -> tuple[int, int]:
    """Make a terminal; return our end of it and the child's."""
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    return ours, theirs


def _read(stdout: int, terminal: int, audience: Audience, look: Callable[[], object]) -> str:
    """Read both until both have ended; the audience hears the one, the other is returned."""
    drawn = codecs.getincrementaldecoder("utf-8")("replace")
    written: list[bytes] = []
    looked = time.monotonic()
    with selectors.DefaultSelector() as waiting:
        for descriptor in (stdout, terminal):
            waiting.register(descriptor, selectors.EVENT_READ)
        while waiting.get_map():
            if time.monotonic() - looked > LOOK_SECONDS:
                look()
                looked = time.monotonic()
            for key, _ in waiting.select(LOOK_SECONDS):
                data = _chunk(key.fd)
                if not data:
                    waiting.unregister(key.fd)
                elif key.fd == stdout:
                    written.append(data)
                else:
                    audience.hear(drawn.decode(data))
    return b"".join(written).decode("utf-8", "replace")


def _chunk(descriptor: int) -> bytes:
    """Read what is there; a terminal whose other end is closed fails where a file just ends."""
    try:
        return os.read(descriptor, _CHUNK)
    except OSError:
        return b""
