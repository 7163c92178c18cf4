"""Pipelines: all parts at once, joined by pipes of the operating system.

Real processes get the pipes' ends and run without us. Built-ins and subshells run on threads,
the first of them on the thread of the list.
"""

from __future__ import annotations

import os

from wisp.taskshell.command import begin, finish, run_command
from wisp.taskshell.control import Leave
from wisp.taskshell.jobs import Job
from wisp.taskshell.streams import Stream, Streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.frame import Frame
    from wisp.taskshell.spawn import Process
    from wisp.taskshell.tree import Pipeline


def run_pipeline(pipeline: Pipeline, frame: Frame) -> int:
    """Run a pipeline and give its status, negated if it says so."""
    if len(pipeline.commands) == 1:
        status = run_command(pipeline.commands[0], frame)
    else:
        statuses = _run_parts(pipeline, frame)
        status = statuses[-1]
        if "pipefail" in frame.state.options:
            status = next((code for code in reversed(statuses) if code != 0), 0)
    return (0 if status else 1) if pipeline.negated else status


def _run_parts(pipeline: Pipeline, frame: Frame) -> list[int]:
    parts = [
        _Part(frame, ends, begin(command, frame.forked().with_streams(ends)))
        for command, ends in zip(pipeline.commands, _joined(pipeline, frame.streams), strict=True)
    ]
    frame.scope.launch()
    here = [part for part in parts if part.work]
    for part in here[1:]:
        part.start()
    if here:
        here[0].run()
    return [part.wait() for part in parts]


def _joined(pipeline: Pipeline, streams: Streams) -> list[Streams]:
    """Give each command its streams, with a pipe between neighbours."""
    joined = []
    source = streams.input
    for with_errors in pipeline.with_errors:
        reading, writing = (Stream(descriptor) for descriptor in os.pipe())
        joined.append(Streams(source, writing, writing if with_errors else streams.errors))
        source = reading
    return [*joined, Streams(source, streams.output, streams.errors)]


class _Part:
    """One command of a pipeline, which owns its ends of the pipes."""

    __slots__ = ("_frame", "_job", "_pipes", "_process", "_status", "work")

    def __init__(self, frame: Frame, streams: Streams, begun: Process | Callable[[], int]) -> None:
        self._frame = frame
        self._pipes = {streams.input, streams.output} - {
            frame.streams.input,
            frame.streams.output,
        }
        self._job: Job | None = None
        self._status = 1
        self.work = begun if callable(begun) else None
        self._process = None if callable(begun) else begun
        if self._process:
            self._release()

    def start(self) -> None:
        self._job = Job(self.run)

    def run(self) -> int:
        assert self.work
        try:
            self._status = self.work()
        except Leave as way_out:
            self._status = way_out.status
        finally:
            self._release()
            # Others wait for the end of a pipe that an item started here may hold.
            self._frame.scope.launch()
        return self._status

    def wait(self) -> int:
        if self._process:
            return finish(self._process, self._frame.scope.control)
        return self._job.wait() if self._job else self._status

    def _release(self) -> None:
        for stream in self._pipes:
            stream.close()
