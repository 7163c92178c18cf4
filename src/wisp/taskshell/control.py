"""Who must stop: signals on their way to children, and the flag that ends a list.

A `Control` belongs to one list that waits for its background items. Background items and
command substitutions have a child control, so a signal reaches everything below.

Signal handlers run between any two instructions of the main thread, so nothing here takes a
lock that anybody holds meanwhile: sets and attributes change by single, atomic operations.
"""

from __future__ import annotations

import _thread
import os

from wisp.taskshell.state import WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.spawn import Process

# The module `signal` costs an import of `enum`; these numbers are the same on every POSIX host.
SIGINT, SIGQUIT, SIGABRT, SIGTERM = 2, 3, 6, 15
ENDING = frozenset((SIGINT, SIGQUIT, SIGABRT, SIGTERM))
"""After these the shell starts nothing more; after others (HUP, USR1) the list goes on."""
KILLED = 128
"""Status of a process ended by signal n is `KILLED + n`."""

_alarm_guard = _thread.allocate_lock()  # never taken by `stop` and `signal`


class Leave(Exception):  # noqa: N818 - a way out, not an error
    """The list is left with this status: `exit`, `set -e`, or a stop from outside."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Control:
    """The running processes of one list, and whether and with which status it was stopped."""

    __slots__ = ("_alarm", "_children", "_last", "_processes", "stopped")

    def __init__(self, parent: Control | None = None) -> None:
        self.stopped: int | None = parent.stopped if parent else None
        self._children: set[Control] = set()
        self._processes: set[Process] = set()
        self._last = SIGTERM
        self._alarm: tuple[int, int] | None = None
        if parent:
            parent._children.add(self)

    def check(self) -> None:
        """Raise `Leave` once the list was stopped: called before anything starts."""
        if self.stopped is not None:
            raise Leave(self.stopped)

    def stop(self, status: int, signum: int = SIGTERM) -> None:
        """End the list with a status: children get the signal, nothing more starts."""
        self._mark(status)
        self._last = signum
        for process in tuple(self._processes):
            process.send(signum)
        for child in tuple(self._children):
            child.stop(KILLED + signum, signum)

    def signal(self, signum: int, *, forward: bool = True) -> None:
        """Handle a signal the shell got; `forward` is off where children got it themselves."""
        if signum in ENDING and forward:
            self.stop(KILLED + signum, signum)
            return
        if signum in ENDING:
            self._mark(KILLED + signum)
        if forward:
            for process in tuple(self._processes):
                process.send(signum)
        for child in tuple(self._children):
            child.signal(signum, forward=forward)

    def enter(self, process: Process) -> None:
        """Take charge of a process; one that started while the list was stopped is ended."""
        self._processes.add(process)
        if self.stopped is not None:
            process.send(self._last)

    def leave(self, process: Process) -> None:
        """Forget a process that has ended and is about to be reaped."""
        self._processes.discard(process)

    def alarm(self) -> int:
        """Give a descriptor that becomes readable when the list is stopped; -1 on Windows."""
        if WINDOWS:
            return -1
        with _alarm_guard:
            if self._alarm is None:
                self._alarm = os.pipe()
                if self.stopped is not None:
                    self._ring()
            return self._alarm[0]

    def close(self) -> None:
        """Give the descriptors back; the control is not used afterwards."""
        alarm, self._alarm = self._alarm, None
        for descriptor in alarm or ():
            os.close(descriptor)

    def drop(self, child: Control) -> None:
        """Forget a child whose list has ended."""
        self._children.discard(child)

    def _mark(self, status: int) -> None:
        if self.stopped is None:
            self.stopped = status
            self._ring()

    def _ring(self) -> None:
        if self._alarm:
            os.write(self._alarm[1], b"!")
