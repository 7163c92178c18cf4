"""Things that run beside others: threads for built-ins and subshells, background items.

`_thread` is used directly: `threading` would be imported for nothing else, and a thread that
cannot be ended must not keep the interpreter from leaving.
"""

from __future__ import annotations

import _thread

from wisp.taskshell.control import Control, Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Job:
    """A function that runs on its own thread and gives a status."""

    __slots__ = ("_done", "_error", "_status")

    def __init__(self, work: Callable[[], int]) -> None:
        self._done = _thread.allocate_lock()
        self._done.acquire()
        self._status = 1
        self._error: BaseException | None = None
        _thread.start_new_thread(self._run, (work,))

    def _run(self, work: Callable[[], int]) -> None:
        try:
            self._status = work()
        except Leave as way_out:
            self._status = way_out.status
        except BaseException as error:
            self._error = error
        finally:
            self._done.release()

    def wait(self) -> int:
        """Give the status once the thread has ended; its unforeseen error is raised here."""
        with self._done:
            if self._error:
                raise self._error
            return self._status


class Scope:
    """A list that waits at its end for the background items started in it.

    Items start when the foreground first has to wait for something, so `a & b` shows what a
    quick `b` prints first, whatever the threads do.
    """

    __slots__ = ("_jobs", "_pending", "control")

    def __init__(self, parent: Scope | None = None) -> None:
        self.control: Control = Control(parent.control if parent else None)
        self._pending: list[Callable[[], int]] = []
        self._jobs: list[Job] = []

    def add(self, work: Callable[[Scope], int]) -> None:
        """Take a background item: `work` gets a scope of its own and gives its status."""
        child = Scope(self)
        self._pending.append(lambda: self._run(work, child))

    def launch(self) -> None:
        """Start the items that were added: the foreground is about to wait."""
        while True:
            # One step, because parts of a pipeline may come here at the same time.
            try:
                work = self._pending.pop(0)
            except IndexError:
                return
            self._jobs.append(Job(work))

    def run(self, work: Callable[[Scope], int]) -> int:
        """Do the work of this list, wait for its items, and give the status of it all.

        A list that fails ends its items; an item that fails has ended the list.
        """
        try:
            status = work(self)
        except Leave as way_out:
            status = way_out.status
        self.launch()
        if status != 0 and self._jobs and self.control.stopped is None:
            self.control.stop(status)
        while self._jobs:
            self._jobs.pop(0).wait()
        stopped = self.control.stopped
        return status if stopped is None else stopped

    def close(self, parent: Scope | None = None) -> None:
        """Give back what the list held."""
        if parent:
            parent.control.drop(self.control)
        self.control.close()

    def _run(self, work: Callable[[Scope], int], child: Scope) -> int:
        status = 1
        try:
            status = child.run(work)
        finally:
            if status != 0 and self.control.stopped is None:
                self.control.stop(status)
            child.close(self)
        return status
