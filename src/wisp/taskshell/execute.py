"""Running lists: items one after the other, `&&` and `||`, background items."""

from __future__ import annotations

from wisp.taskshell.command import expander
from wisp.taskshell.control import Leave
from wisp.taskshell.errors import ExpansionError
from wisp.taskshell.frame import Frame
from wisp.taskshell.pipeline import run_pipeline
from wisp.taskshell.streams import say
from wisp.taskshell.tree import Assignment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.jobs import Scope
    from wisp.taskshell.tree import Element, ListItem


def run_list(items: list[ListItem], frame: Frame) -> int:
    """Run items in order; the status is that of the last one in the foreground.

    Raises `Leave`: `exit`, a failing item under `set -e`, or a stop from outside.
    """
    status = 0
    for item in items:
        if item.background:
            _start(item, frame)
            continue
        status = _run_chain(item, frame)
        if status != 0 and "errexit" in frame.state.options:
            raise Leave(status)
    return status


def _start(item: ListItem, frame: Frame) -> None:
    frame.scope.control.check()
    streams = frame.streams.duplicate()
    apart = frame.forked().with_streams(streams)

    def work(scope: Scope) -> int:
        try:
            return _run_chain(item, Frame(apart.runtime, scope, apart.state, streams))
        finally:
            streams.close()

    frame.scope.add(work)


def _run_chain(item: ListItem, frame: Frame) -> int:
    status = _run_element(item.elements[0], frame)
    for operator, element in zip(item.operators, item.elements[1:], strict=True):
        if (status == 0) == (operator == "&&"):
            status = _run_element(element, frame)
    return status


def _run_element(element: Element, frame: Frame) -> int:
    frame.scope.control.check()
    if isinstance(element, Assignment):
        status = _assign(element, frame)
    else:
        status = run_pipeline(element, frame)
    frame.state.status = status
    return status


def _assign(assignment: Assignment, frame: Frame) -> int:
    try:
        value = expander(frame).value(assignment.value)
    except ExpansionError as error:
        say(frame.streams.errors, str(error), frame.scope.control)
        return 1
    frame.state.assign(assignment.name, value)
    return 0
