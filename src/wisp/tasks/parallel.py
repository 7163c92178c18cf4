"""Runs independent tasks of a graph at the same time.

Each task runs in a process and process group of its own, so that a failure or Ctrl-C ends whole
trees of processes. Output is passed on line by line under the task's name, or in one piece when
the task has ended. Tasks read nothing from the terminal.
"""

from __future__ import annotations

import marshal
import os
import signal
import time
from queue import Empty, Queue

from wisp.errors import TaskError
from wisp.tasks.job import (
    DONE,
    FAILED,
    NOT_RUN,
    ROOM,
    RUNNING,
    SKIPPED,
    WAITING,
    TaskJob,
    labels,
)
from wisp.tasks.run import Runner, RunSettings, read
from wisp.tasks.script import script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.tasks.graph import Graph
    from wisp.tasks.job import Inbox
    from wisp.tasks.run import EnvironmentSource

#: How long processes may take to end after a signal before they are killed, in seconds.
GRACE = 5.0
#: How often the ends of processes are looked for, in seconds: in between, and right before one.
TICK, SHORT_TICK = 0.1, 0.005

BROKEN_PIPE = 128 + 13

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
_WORDS = {DONE: "ok", SKIPPED: "cached", FAILED: "failed", NOT_RUN: "not run"}


def run_parallel(
    graph: Graph,
    environments: EnvironmentSource,
    settings: RunSettings,
    *,
    jobs: int,
    grouped: bool = False,
    keep_going: bool = False,
) -> int:
    """Run a graph with up to `jobs` tasks at once; return 0 or the code of the first failure.

    After a failure nothing more is started and what runs is ended, unless `keep_going`: then only
    tasks that need the failed one are left out. Raises `TaskError` for what cannot be started.
    """
    board = _Board(graph, Runner(environments, settings), grouped=grouped, keep_going=keep_going)
    with _Signals() as signals:
        try:
            while board.unfinished():
                board.start_ready(jobs)
                board.read_output()
                if board.code and not keep_going:
                    break
        except _Interrupted:
            pass
        finally:
            board.stop(signals)
    settings.say(board.summary())
    return 128 + signals.first if signals.first else board.code


class _Interrupted(BaseException):
    """A signal asks this process to end."""


class _Signals:
    """Notices signals that ask this process to end: the first interrupts, others are counted."""

    def __init__(self) -> None:
        self.first = 0
        self.again = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        for name in _ENDING:
            number = getattr(signal, name, None)
            # None is a handler that was not set by Python, which could not put it back.
            if number is not None and signal.getsignal(number) is not None:
                try:
                    self._before[number] = signal.signal(number, self._notice)
                except ValueError:  # not in the main thread, where signals arrive
                    break
        return self

    def _notice(self, number: int, _frame: object) -> None:
        self.again = bool(self.first)
        self.first = self.first or number
        if not self.again:
            raise _Interrupted

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


class _Board:
    """All jobs of a run and what goes on between them."""

    def __init__(self, graph: Graph, runner: Runner, *, grouped: bool, keep_going: bool) -> None:
        self._runner = runner
        self._grouped = grouped
        self._keep_going = keep_going
        self._inbox: Inbox = Queue(ROOM)
        self._announced = False
        # What comes later in the order of execution is needed by a cycle only.
        position = {id(node): place for place, node in enumerate(graph.order())}
        places = [position.get(id(node), -1) for node in graph.nodes]
        self._jobs = {
            index: TaskJob(
                node, [need for need in node.needs if places[need] < places[index]], label
            )
            for index, (node, label) in enumerate(
                zip(graph.nodes, labels(graph.nodes), strict=True)
            )
            if places[index] >= 0
        }
        self.code = 0

    def unfinished(self) -> bool:
        """Whether something runs or may still run."""
        return any(job.state in (WAITING, RUNNING) for job in self._jobs.values())

    def start_ready(self, limit: int) -> None:
        """Start what waits for nothing any more, as far as there is room."""
        running = sum(job.state == RUNNING for job in self._jobs.values())
        for job in self._jobs.values():
            if job.state != WAITING:
                continue
            states = {self._jobs[need].state for need in job.needs}
            if states & {FAILED, NOT_RUN}:
                job.state = NOT_RUN
            elif states <= {DONE, SKIPPED} and running < limit:
                self._start(job)
                running += job.state == RUNNING

    def _start(self, job: TaskJob) -> None:
        try:
            with self._runner.masking:
                payload = self._payload(job)
        except TaskError as error:
            if not self._keep_going:
                raise
            job.state, job.code = FAILED, 1
            self.code = self.code or 1
            self._runner.warn(f"cannot run '{job.label}': {error.message}")
            return
        if payload is None:
            job.state = DONE if job.node.task.cmd is None else SKIPPED
        else:
            job.start(payload, self._inbox)

    def _payload(self, job: TaskJob) -> bytes | None:
        """Announce a job and make it ready; None where there is nothing to run."""
        if job.node.task.cmd is None:
            return None
        prepared = self._runner.made_ready(job.node, first=not self._announced)
        self._announced = True
        if prepared is None:
            return None
        read(job.node)
        return marshal.dumps((script(job.node).strip(), *prepared))

    def read_output(self) -> None:
        """Wait a little for output, and deal with it and with jobs that have ended."""
        running = [job for job in self._jobs.values() if job.state == RUNNING]
        if not running:
            return
        tick = SHORT_TICK if any(job.is_closing for job in running) else TICK
        try:
            self._hear(*self._inbox.get(timeout=tick))
            for _ in range(ROOM):  # who never stops talking must not keep us from all else
                self._hear(*self._inbox.get_nowait())
        except Empty:
            pass
        for job in running:
            if job.has_ended:
                self._finish(job)

    def _hear(self, job: TaskJob, number: int, data: bytes) -> None:
        """Take a piece of output, and pass on the lines that are complete."""
        job.hear(number, data)
        if not self._grouped or job.state != RUNNING:
            whole, newline, rest = job.buffers[number].rpartition(b"\n")
            job.buffers[number] = rest
            self._pass_on(job, number, whole + newline)

    def _finish(self, job: TaskJob) -> None:
        """Pass on what is left of a job's output, and note how it ended."""
        for number in job.buffers:
            self._pass_on(job, number, job.buffers[number])
            job.buffers[number] = b""
        job.end()
        if job.code:
            self.code = self.code or job.code
        else:
            with self._runner.masking:
                self._runner.remember(job.node)

    def _pass_on(self, job: TaskJob, number: int, data: bytes) -> None:
        """Write output of a job, each line under its name unless it comes in one piece."""
        if not data:
            return
        if not data.endswith(b"\n"):
            data += b"\n"
        if not self._grouped:
            mark = f"{job.label} | ".encode()
            data = b"".join(mark + line for line in data.splitlines(keepends=True))
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(number, view) :]
        except BrokenPipeError:  # nobody listens any more: as if SIGPIPE had ended us
            self.code = self.code or BROKEN_PIPE

    def stop(self, signals: _Signals) -> None:
        """End all that runs, gently first, and let nothing more start.

        A second signal, or too long a wait, ends it at once.
        """
        running = [job for job in self._jobs.values() if job.state == RUNNING]
        for job in running:
            job.send(signals.first or signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while any(job.state == RUNNING for job in running):
            if signals.again or time.monotonic() > deadline:
                break
            self.read_output()
        for job in running:
            job.send(getattr(signal, "SIGKILL", signal.SIGTERM))
            if job.state == RUNNING:
                self._finish(job)
        for job in self._jobs.values():
            if job.state == WAITING:
                job.state = NOT_RUN

    def summary(self) -> str:
        """Say what ran how long."""
        rows = []
        for job in self._jobs.values():
            if job.node.task.cmd is None:
                continue
            word = _WORDS.get(job.state, "not run")
            word = f"{word} ({job.code})" if job.state == FAILED else word
            took = "" if job.seconds is None else f"{job.seconds:.1f} s"
            rows.append(f"  {word:<12} {took:>8}  {job.label}")
        return "\n" + "\n".join(rows)
