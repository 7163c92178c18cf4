"""Runs independent tasks of a graph at the same time.

Each task runs in a process and process group of its own, so that a failure or Ctrl-C ends whole
trees of processes. Output is read through pipes and passed on line by line under the task's name,
or in one piece when the task has ended. Tasks read nothing from the terminal.
"""

from __future__ import annotations

import marshal
import os
import selectors
import signal
import subprocess  # noqa: TID253 - this module is only loaded for `--jobs`
import sys
import time
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any  # noqa: TID253

from wisp.tasks.run import Runner, Settings, read
from wisp.tasks.script import script

if TYPE_CHECKING:
    from wisp.tasks.graph import Graph, Node
    from wisp.tasks.run import Provider

#: How long processes may take to end after a signal before they are killed, in seconds.
GRACE = 5.0
#: How often an ended process whose pipes are still open is looked for, in seconds.
TICK = 0.1

_WAITING, _RUNNING, _DONE, _SKIPPED, _FAILED, _NOT_RUN = range(6)
_WORDS = {_DONE: "ok", _SKIPPED: "cached", _FAILED: "failed", _NOT_RUN: "not run"}


class Job:
    """A node on its way: its state, its process, its output so far."""

    def __init__(self, node: Node, needs: Sequence[int]) -> None:
        self.node = node
        self.needs = set(needs)
        self.state = _WAITING
        self.code = 0
        self.seconds = 0.0
        self.started = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.buffers: dict[int, bytes] = {1: b"", 2: b""}
        self.open_pipes = 0

    @property
    def label(self) -> str:
        """What its lines are marked with."""
        return self.node.task.name or "command"


def run_parallel(
    graph: Graph,
    provider: Provider,
    settings: Settings,
    *,
    jobs: int,
    grouped: bool = False,
    keep_going: bool = False,
) -> int:
    """Run a graph with up to `jobs` tasks at once; return 0 or the code of the first failure.

    After a failure nothing more is started and what runs is ended, unless `keep_going`: then only
    tasks that need the failed one are left out. Raises `TaskError` for what cannot be started.
    """
    board = _Board(graph, Runner(provider, settings), settings, grouped=grouped)
    interrupted = 0
    before = _catch()
    try:
        while board.unfinished():
            board.start_ready(jobs)
            board.read_output()
            if board.failed and not keep_going:
                board.stop(signal.SIGTERM)
    except _Interrupted as interruption:
        interrupted = interruption.number
        board.stop(interrupted)
    finally:
        board.stop(signal.SIGTERM)
        _restore(before)
    settings.say(board.summary())
    return 128 + interrupted if interrupted else board.code


class _Interrupted(BaseException):
    """A signal asks this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _catch() -> dict[int, Any]:
    def handle(number: int, _frame: object) -> None:
        raise _Interrupted(number)

    return {n: signal.signal(n, handle) for n in (signal.SIGINT, signal.SIGTERM)}


def _restore(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)


class _Board:
    """All jobs of a run and what goes on between them."""

    def __init__(self, graph: Graph, runner: Runner, settings: Settings, *, grouped: bool) -> None:
        self._runner = runner
        self._settings = settings
        self._grouped = grouped
        self._selector = selectors.DefaultSelector()
        self._announced = False
        # What comes later in the order of execution is needed by a cycle only.
        position = {id(node): place for place, node in enumerate(graph.order())}
        places = [position.get(id(node), -1) for node in graph.nodes]
        self._jobs = {
            index: Job(node, [need for need in node.needs if places[need] < places[index]])
            for index, node in enumerate(graph.nodes)
            if places[index] >= 0
        }
        self.code = 0

    @property
    def failed(self) -> bool:
        """Whether a job has failed."""
        return any(job.state == _FAILED for job in self._jobs.values())

    def unfinished(self) -> bool:
        """Whether something runs or may still run."""
        return any(job.state in (_WAITING, _RUNNING) for job in self._jobs.values())

    def start_ready(self, limit: int) -> None:
        """Start what waits for nothing any more, as far as there is room."""
        running = sum(job.state == _RUNNING for job in self._jobs.values())
        for job in self._jobs.values():
            if job.state != _WAITING:
                continue
            states = {self._jobs[need].state for need in job.needs}
            if states & {_FAILED, _NOT_RUN}:
                job.state = _NOT_RUN
            elif states <= {_DONE, _SKIPPED} and running < limit:
                self._start(job)
                running += job.state == _RUNNING

    def _start(self, job: Job) -> None:
        node = job.node
        if node.task.cmd is None:
            job.state = _DONE
            return
        prepared = self._runner.made_ready(node, first=not self._announced)
        self._announced = True
        if prepared is None:
            job.state = _SKIPPED
            return
        read(node)
        cwd, variables = prepared
        job.started = time.monotonic()
        job.state = _RUNNING
        job.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "wisp.tasks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **_own_group(),
        )
        for number, pipe in ((1, job.process.stdout), (2, job.process.stderr)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe, selectors.EVENT_READ, (job, number))
                job.open_pipes += 1
        if job.process.stdin is not None:
            payload = marshal.dumps((script(node).strip(), cwd, variables))
            job.process.stdin.write(payload)
            job.process.stdin.close()

    def read_output(self) -> None:
        """Wait for output or the end of a job, and deal with it."""
        if self._selector.get_map():
            for key, _ in self._selector.select(TICK):
                job, number = key.data
                self._read(job, number, key.fileobj)
        for job in self._jobs.values():
            if job.state == _RUNNING and job.process and job.process.poll() is not None:
                self._finish(job)

    def _read(self, job: Job, number: int, pipe: Any) -> bool:
        try:
            data = os.read(pipe.fileno(), 1 << 16)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(pipe)
            job.open_pipes -= 1
            return False
        job.buffers[number] += data
        if not self._grouped:
            whole, _, rest = job.buffers[number].rpartition(b"\n")
            job.buffers[number] = rest
            self._pass_on(job, number, whole + b"\n" if whole else b"")
        return True

    def _finish(self, job: Job) -> None:
        """Take what is left in the pipes, and note how the job ended."""
        if job.process is None:
            return
        for number, pipe in ((1, job.process.stdout), (2, job.process.stderr)):
            self._drain(job, number, pipe)
            self._pass_on(job, number, job.buffers[number])
        code = job.process.returncode
        job.code = 128 - code if code < 0 else code
        job.seconds = time.monotonic() - job.started
        job.state = _FAILED if job.code else _DONE
        if job.code:
            self.code = self.code or job.code
        else:
            self._runner.remember(job.node)

    def _drain(self, job: Job, number: int, pipe: IO[bytes] | None) -> None:
        if pipe is None:
            return
        while pipe in self._selector.get_map() and self._read(job, number, pipe):
            pass
        if pipe in self._selector.get_map():
            self._selector.unregister(pipe)
        pipe.close()

    def _pass_on(self, job: Job, number: int, data: bytes) -> None:
        """Write output of a job, each line under its name unless it comes in one piece."""
        if not data:
            return
        if not data.endswith(b"\n"):
            data += b"\n"
        if not self._grouped:
            mark = f"{job.label} | ".encode()
            data = b"".join(mark + line for line in data.splitlines(keepends=True))
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]

    def stop(self, number: int) -> None:
        """End all that runs, gently first, and let nothing more start."""
        running = [job for job in self._jobs.values() if job.state == _RUNNING]
        for job in running:
            _send(job, number)
        deadline = time.monotonic() + GRACE
        try:
            while any(j.state == _RUNNING for j in running) and time.monotonic() < deadline:
                self.read_output()
        except _Interrupted:
            pass
        for job in running:
            _send(job, getattr(signal, "SIGKILL", signal.SIGTERM))
            if job.process is not None:
                job.process.wait()
            if job.state == _RUNNING:
                self._finish(job)
        for job in self._jobs.values():
            if job.state == _WAITING:
                job.state = _NOT_RUN

    def summary(self) -> str:
        """Say what ran how long."""
        rows = []
        for job in self._jobs.values():
            if job.node.task.cmd is None:
                continue
            word = _WORDS.get(job.state, "not run")
            word = f"{word} ({job.code})" if job.state == _FAILED else word
            took = f"{job.seconds:.1f} s" if job.process else ""
            rows.append(f"  {word:<12} {took:>8}  {job.label}")
        return "\n" + "\n".join(rows)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _send(job: Job, number: int) -> None:
    """Send a signal to a job and all processes that it started."""
    if job.process is None:
        return
    try:
        if sys.platform == "win32":
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(job.process.pid)],
                capture_output=True,
                check=False,
            )
        else:
            os.killpg(job.process.pid, number)
    except (ProcessLookupError, PermissionError):
        return
