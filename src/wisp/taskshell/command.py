"""One command: redirect, expansion, assignments, then a subshell, a built-in or a process."""

from __future__ import annotations

import errno
import os

from wisp.taskshell import builtins
from wisp.taskshell.builtins.call import BuiltinCall, CommandError
from wisp.taskshell.control import KILLED, Leave
from wisp.taskshell.errors import ExpansionError
from wisp.taskshell.expand import Expander
from wisp.taskshell.jobs import Job, Scope
from wisp.taskshell.lookup import find_executable, has_separator, interpreter, missing_interpreter
from wisp.taskshell.redirect import RedirectError, duplicated, reason, redirected
from wisp.taskshell.streams import Reader, Stream, Streams, say
from wisp.taskshell.tree import Quoted, SimpleCommand, Substitution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.control import Control
    from wisp.taskshell.frame import Frame
    from wisp.taskshell.spawn import Process
    from wisp.taskshell.state import State
    from wisp.taskshell.tree import Command, ListItem, Part, Subshell, Word

FAILED, NOT_FOUND = 1, 127
BROKEN_PIPE = KILLED + 13
"""Status of a built-in whose reader has gone, as of a process that SIGPIPE ends."""
MAX_INTERPRETERS = 4
"""How many `#!` lines may lead to each other."""


def run_command(command: Command, frame: Frame) -> int:
    """Run a command to its end and give its status.

    Raises `Leave`: it was `exit`, or the list was stopped.
    """
    if not command.redirect:
        return _run(command, frame)
    try:
        streams, opened = redirected(
            command.redirect,
            frame.streams,
            frame.state,
            expander(frame).word,
            frame.scope.launch,
        )
    except (RedirectError, ExpansionError) as error:
        return _complain(frame, str(error))
    try:
        return _run(command, frame.with_streams(streams))
    finally:
        for stream in opened:
            stream.close()


def begin(command: Command, frame: Frame) -> Process | Callable[[], int]:
    """Start a part of a pipeline if it is a real process, else give the work to be done.

    What may wait for other parts before the command runs (substitutions, opening files) is
    left to the work.
    """
    if isinstance(command, SimpleCommand) and _is_plain(command):
        try:
            return _begin_plain(command, frame)
        except Leave as way_out:
            status = way_out.status
            return lambda: status
    return lambda: run_command(command, frame)


def finish(process: Process, control: Control) -> int:
    """Wait for a process and give its status."""
    process.wait_unreaped()
    control.leave(process)
    return process.wait()


def expander(frame: Frame) -> Expander:
    """Give an expander whose command substitutions run in these surroundings."""
    return Expander(frame.state, lambda items: _substitute(items, frame))


def run_arguments(arguments: list[str], frame: Frame, states: tuple[State, ...]) -> int:
    """Run a command whose words are known; built-ins change all of `states`."""
    if not arguments or not arguments[0]:
        return _complain(frame, "command name was empty")
    if arguments[0] in builtins.NAMES:
        return _run_builtin(arguments, frame, states)
    process = _launch(arguments, frame)
    if isinstance(process, int):
        return process
    frame.scope.launch()
    return finish(process, frame.scope.control)


def _run(command: Command, frame: Frame) -> int:
    if not isinstance(command, SimpleCommand):
        return _run_subshell(command, frame)
    prepared = _prepare(command, frame)
    return prepared if isinstance(prepared, int) else run_arguments(*prepared)


def _run_subshell(subshell: Subshell, frame: Frame) -> int:
    try:
        return frame.runtime.run_list(subshell.items, frame.forked())
    except Leave as way_out:
        return way_out.status


def _begin_plain(command: SimpleCommand, frame: Frame) -> Process | Callable[[], int]:
    if command.redirect and isinstance(command.redirect.target, int):
        try:
            streams = duplicated(command.redirect, command.redirect.target, frame.streams)
        except RedirectError as error:
            text = str(error)
            return lambda: _complain(frame, text)
        frame = frame.with_streams(streams)
    prepared = _prepare(command, frame)
    if isinstance(prepared, int):
        return lambda: prepared
    arguments, surroundings, states = prepared
    if not arguments or not arguments[0] or arguments[0] in builtins.NAMES:
        return lambda: run_arguments(arguments, surroundings, states)
    process = _launch(arguments, surroundings)
    return (lambda: process) if isinstance(process, int) else process


def _prepare(
    command: SimpleCommand, frame: Frame
) -> tuple[list[str], Frame, tuple[State, ...]] | int:
    """Expand a command: its arguments, surroundings with its assignments, states to change."""
    if command.words[0].source.startswith("!"):
        return _complain(frame, _no_history(command.words))
    try:
        arguments = expander(frame).words(command.words)
        if not command.assignments:
            return arguments, frame, (frame.state,)
        inner = frame.forked()
        for assignment in command.assignments:
            inner.state.export(assignment.name, expander(inner).value(assignment.value))
    except ExpansionError as error:
        return _complain(frame, str(error))
    return arguments, inner, (inner.state, frame.state)


def _no_history(words: list[Word]) -> str:
    text = " ".join(word.source for word in words)
    return (
        f"History expansion is not supported:\n  {text}\n  ~\n\nPerhaps you meant to add a space "
        f"after the exclamation point to negate the command?\n  ! {text[1:].lstrip()}"
    )


def _run_builtin(arguments: list[str], frame: Frame, states: tuple[State, ...]) -> int:
    name = arguments[0]
    if name not in builtins.QUICK:
        frame.scope.launch()
    call = BuiltinCall(arguments, frame, states, _run_apart)
    try:
        return builtins.find(name)(call)
    except CommandError as error:
        call.complain(str(error))
        return error.status
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        call.complain(reason(error))
        return FAILED


def _run_apart(arguments: list[str], frame: Frame) -> int:
    apart = frame.forked()
    return run_arguments(arguments, apart, (apart.state,))


def _launch(arguments: list[str], frame: Frame) -> Process | int:
    """Start a real process, or say why not and give the status."""
    name = arguments[0]
    path = find_executable(name, frame.state)
    for _ in range(MAX_INTERPRETERS):
        command = interpreter(path) if path and has_separator(name) else []
        if not path or not command:
            break
        name, arguments = command[0], [*command, path, *arguments[1:]]
        path = find_executable(name, frame.state)
    if path is None:
        frame.runtime.unknown = (name, frame.state)
        return _complain(frame, f"{name}: command not found", NOT_FOUND)
    return _spawn(path, arguments, frame)


def _spawn(path: str, arguments: list[str], frame: Frame) -> Process | int:
    control = frame.scope.control
    control.check()
    try:
        process = frame.runtime.spawner(
            path,
            [path, *arguments[1:]],
            frame.state.environment(),
            frame.state.cwd,
            frame.descriptors(),
        )
    except OSError as error:
        said = f"Error launching '{arguments[0]}': {reason(error)}"
        wanted = missing_interpreter(path) if error.errno == errno.ENOENT else None
        because = f": {wanted!r}, which its first line names, is not there" if wanted else ""
        return _complain(frame, said + because)
    control.enter(process)
    return process


def _substitute(items: list[ListItem], frame: Frame) -> str:
    """Run the list of a `$(…)`; give its output trimmed, each run of blanks as one."""
    output: list[bytes] = []
    reading, writing = (Stream(descriptor) for descriptor in os.pipe())

    def collect() -> int:
        output.append(Reader(reading, frame.scope.control).rest())
        return 0

    reader = Job(collect)
    scope = Scope(frame.scope)
    inner = frame.forked(scope).with_streams(
        Streams(frame.streams.input, writing, frame.streams.errors)
    )
    try:
        scope.run(lambda _: frame.runtime.run_list(items, inner))
    finally:
        writing.close()
        reader.wait()
        reading.close()
        scope.close(frame.scope)
    return " ".join(os.fsdecode(b"".join(output)).split())


def _is_plain(command: SimpleCommand) -> bool:
    if command.redirect and not isinstance(command.redirect.target, int):
        return False
    words = [*command.words, *(assignment.value for assignment in command.assignments)]
    return not any(_substitutes(part) for word in words for part in word.parts)


def _substitutes(part: Part) -> bool:
    if isinstance(part, Quoted):
        return any(_substitutes(inner) for inner in part.parts)
    if isinstance(part, Substitution):
        return True
    choices = getattr(part, "alternatives", ())
    return any(_substitutes(inner) for choice in choices for inner in choice)


def _complain(frame: Frame, text: str, status: int = FAILED) -> int:
    say(frame.streams.errors, text, frame.scope.control)
    return status
