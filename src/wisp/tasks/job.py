"""One task of a parallel run: a process of its own, its output, its end.

The process leads a group, so that signals reach all that it starts. Threads read its output into
an inbox, which works with the pipes of every system.
"""

from __future__ import annotations

import os
import signal
import subprocess  # noqa: TID253 - this module is only loaded for `--jobs`
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection
from queue import Queue

from wisp.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

    from wisp.tasks.graph import TaskNode

    #: Pieces of output: whose, of which stream (1 or 2), the bytes (none: it is closed).
    Inbox = Queue[tuple["TaskJob", int, bytes]]

WAITING, RUNNING, DONE, SKIPPED, FAILED, NOT_RUN = range(6)

#: How much is read at once, and how many such pieces may wait to be passed on.
CHUNK = 1 << 16
ROOM = 64
#: How long a pipe that outlives its process, in the hands of a child, is listened to, in seconds.
QUIET = 0.1

#: What a worker runs: isolated from the user's Python, it is told where wisp is.
_PLACE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_WORKER = f"import sys; sys.path.insert(0, {_PLACE!r}); from wisp.tasks.worker import work; work()"


class TaskJob:
    """A node on its way. `needs` are the numbers of the jobs before it, `label` marks its lines."""

    def __init__(self, node: TaskNode, needs: Collection[int], label: str) -> None:
        self.node = node
        self.needs = frozenset(needs)
        self.label = label
        self.state = WAITING
        self.code = 0
        self.seconds: float | None = None
        self.buffers = {1: b"", 2: b""}
        self._process: subprocess.Popen[bytes] | None = None
        self._open = 0
        self._started = self._heard = 0.0
        self._ended: float | None = None

    def start(self, payload: bytes, inbox: Inbox) -> None:
        """Start a worker with a payload (see `wisp.tasks.worker`); its output goes to the inbox."""
        self._started = self._heard = time.monotonic()
        self.state = RUNNING
        process = self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **_own_group(),
        )
        for number, pipe in ((1, process.stdout), (2, process.stderr)):
            arguments = (self, number, pipe, inbox)
            threading.Thread(target=_pump, args=arguments, daemon=True).start()
            self._open += 1
        if process.stdin is not None:
            _hand_over(process.stdin, payload)

    def hear(self, number: int, data: bytes) -> None:
        """Take a piece of output."""
        self._heard = time.monotonic()
        if data:
            self.buffers[number] += data
        else:
            self._open -= 1

    @property
    def is_closing(self) -> bool:
        """Whether all output is here and only the exit code is missing."""
        return self.state == RUNNING and self._open == 0

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended and what it wrote is here."""
        if self._process is None or self._process.poll() is None:
            return False
        now = time.monotonic()
        self._ended = self._ended or now
        return self._open == 0 or now - max(self._heard, self._ended) > QUIET

    def end(self) -> None:
        """Note how the process ended; what a failed one has left behind is ended too."""
        code = self._process.wait() if self._process else 1
        self.code = 128 - code if code < 0 else code
        self.seconds = time.monotonic() - self._started
        self.state = FAILED if self.code else DONE
        if self.code:
            self.send(signal.SIGTERM)

    def send(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self._process is None:
            return
        try:
            if sys.platform == "win32":
                subprocess.run(
                    ["taskkill", "/T", "/F", "/PID", str(self._process.pid)],
                    capture_output=True,
                    check=False,
                )
            else:
                os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _hand_over(pipe: IO[bytes], payload: bytes) -> None:
    """Write what a worker shall do; one that has ended already says so by its exit code."""
    try:
        with pipe:
            pipe.write(payload)
    except BrokenPipeError:
        return


def _pump(job: TaskJob, number: int, pipe: IO[bytes], inbox: Inbox) -> None:
    """Read a pipe to its end."""
    while data := os.read(pipe.fileno(), CHUNK):
        inbox.put((job, number, data))
    pipe.close()
    inbox.put((job, number, b""))


def labels(nodes: Collection[TaskNode]) -> list[str]:
    """Name nodes by their tasks; those of one name also by environment, or by their arguments."""
    found = [node.task.name or "command" for node in nodes]
    for further in (_environment, _arguments):
        known = Counter(found)
        found = [
            f"{label}{further(node)}" if known[label] > 1 else label
            for label, node in zip(found, nodes, strict=True)
        ]
    return found


def _environment(node: TaskNode) -> str:
    return f" in {node.environment.name}"


def _arguments(node: TaskNode) -> str:
    values = [value for _, value in node.arguments.named or ()]
    return printable("".join(f" {word}" for word in (*values, *node.arguments.extra)))
