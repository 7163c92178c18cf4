"""Descriptors as the shell sees them, and reading and writing that a stop interrupts."""

from __future__ import annotations

import os
import stat

from wisp.printable import printable
from wisp.taskshell.control import Leave
from wisp.taskshell.state import WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.control import Control

CHUNK = 1 << 16
MOVED = 1 << 20
ATOMIC = 4096
"""What a pipe that is ready for writing takes without blocking (PIPE_BUF on Linux)."""


class Stream:
    """A descriptor; `own` says that it is one the shell was started with.

    Executables never get the shell's own streams under another number: `tool >&2` changes
    nothing for a real process unless stderr goes to a pipe or file.
    """

    __slots__ = ("descriptor", "own")

    def __init__(self, descriptor: int, *, own: bool = False) -> None:
        self.descriptor = descriptor
        self.own = own

    def duplicate(self) -> Stream:
        """Give a stream that stays open when this one is closed."""
        return self if self.own else Stream(os.dup(self.descriptor))

    def close(self) -> None:
        """Close the descriptor unless it is the shell's own."""
        if not self.own:
            os.close(self.descriptor)


class Streams:
    """Where a command reads and writes."""

    __slots__ = ("errors", "input", "output")

    def __init__(self, input: Stream, output: Stream, errors: Stream) -> None:  # noqa: A002
        self.input = input
        self.output = output
        self.errors = errors

    def duplicate(self) -> Streams:
        """Give streams that stay open when these are closed."""
        return Streams(self.input.duplicate(), self.output.duplicate(), self.errors.duplicate())

    def close(self) -> None:
        """Close what is not the shell's own."""
        for stream in {self.input, self.output, self.errors}:
            stream.close()


class Reader:
    """Reads a stream until its end, or until the list is stopped."""

    __slots__ = ("descriptor", "gate")

    def __init__(self, stream: Stream, control: Control) -> None:
        self.descriptor = stream.descriptor
        self.gate = _Gate(stream.descriptor, control, reading=True)

    def read(self, size: int = CHUNK) -> bytes:
        """Read up to `size` bytes, b"" at the end.

        Raises `Leave`: the list was stopped while nothing came.
        """
        self.gate.wait()
        return os.read(self.descriptor, size)

    def rest(self) -> bytes:
        """Read all that is left."""
        chunks = []
        while chunk := self.read():
            chunks.append(chunk)
        return b"".join(chunks)


class Writer:
    """Writes to a stream until the list is stopped."""

    __slots__ = ("descriptor", "gate")

    def __init__(self, stream: Stream, control: Control) -> None:
        self.descriptor = stream.descriptor
        self.gate = _Gate(stream.descriptor, control, reading=False)

    def write(self, data: bytes) -> None:
        """Write all of `data`.

        Raises `Leave`: the list was stopped while the other side took nothing; `OSError`:
        the other side is gone, the disk is full.
        """
        view = memoryview(data)
        step = ATOMIC if self.gate.may_block else len(view)
        while view:
            self.gate.wait()
            view = view[os.write(self.descriptor, view[:step]) :]


class _Gate:
    """Holds a reader or writer back until it can go on without blocking."""

    __slots__ = ("_alarm", "_control", "_poll", "is_pipe", "may_block")

    def __init__(self, descriptor: int, control: Control, *, reading: bool) -> None:
        mode = os.fstat(descriptor).st_mode
        self.is_pipe = stat.S_ISFIFO(mode)
        self.may_block = not WINDOWS and (
            self.is_pipe or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and os.isatty(descriptor))
        )
        self._control = control
        if self.may_block:
            import select

            self._alarm = control.alarm()
            self._poll = select.poll()
            self._poll.register(self._alarm, select.POLLIN)
            self._poll.register(descriptor, select.POLLIN if reading else select.POLLOUT)

    def check(self) -> None:
        self._control.check()

    def wait(self) -> None:
        self.check()
        if self.may_block and any(ready == self._alarm for ready, _ in self._poll.poll()):
            self.check()


def pump(reader: Reader, writer: Writer) -> None:
    """Copy everything from one to the other; raises what `read` and `write` raise."""
    if not _pump_in_kernel(reader, writer):
        while chunk := reader.read():
            writer.write(chunk)


def _pump_in_kernel(reader: Reader, writer: Writer) -> bool:
    """Move pages without copying them (Linux, into pipes); False if these cannot be moved."""
    if not hasattr(os, "splice") or not (reader.gate.is_pipe and writer.gate.is_pipe):
        return False
    while True:
        reader.gate.check()
        try:
            if not os.splice(
                reader.descriptor, writer.descriptor, MOVED, flags=os.SPLICE_F_NONBLOCK
            ):
                return True
        except BlockingIOError:
            reader.gate.wait()
            writer.gate.wait()


def say(stream: Stream, text: str, control: Control) -> None:
    """Write a line of the shell itself, which may quote what is expanded from anywhere.

    A reader that has gone is no news to anybody.
    """
    try:
        Writer(stream, control).write(os.fsencode(printable(text) + "\n"))
    except (OSError, Leave):
        return


def open_standard_streams() -> None:
    """Fill descriptors 0 to 2 where they are closed, so that no pipe or file lands there."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
