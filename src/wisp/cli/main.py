"""What becomes of a command line: its exit code, and words for every kind of failure."""

from __future__ import annotations

import gc
import os
import sys

from wisp.cli import interrupts
from wisp.cli.dispatch import dispatch
from wisp.cli.launch import program_name
from wisp.console.output import Output
from wisp.errors import HostError, UsageError, WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

#: So many more objects than before make the interpreter look for cycles (700 by default).
_ALLOCATIONS = 50_000


def main(argv: Sequence[str]) -> NoReturn:
    """Run one command line and end the process with its exit code.

    Ends through `os._exit`: coroutines of rattler may race with the interpreter's finalisation.
    """
    # To read a lock makes objects by the hundred thousand and hardly a cycle: look for some seldom.
    gc.set_threshold(_ALLOCATIONS)
    _end(run(argv))


def fail(argv: Sequence[str], error: BaseException) -> NoReturn:
    """End the process as a command does that failed with this error."""
    program = program_name(argv[0])
    _end(_failed(error, Output.of_process(os.environ, program), program))


def _end(code: int) -> NoReturn:
    interrupts.ignore()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # `run` has told what cannot be written
            continue
    # `os._exit` runs nothing that is registered for the end; most commands have made no such cache.
    makeshift = sys.modules.get("wisp.engine.makeshift")
    if makeshift is not None:
        makeshift.remove()
    os._exit(code)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; failures are rendered on stderr."""
    program = program_name(argv[0])
    out = Output.of_process(os.environ, program)
    try:
        code = dispatch(program, list(argv[1:]), out)
        try:
            out.flush()
        except BrokenPipeError:
            pass
        return code
    except (Exception, KeyboardInterrupt) as error:
        return _failed(error, out, program)


def _failed(error: BaseException, out: Output, program: str) -> int:
    """Render why a command ended early, and return its exit code."""
    if isinstance(error, BrokenPipeError) and _is_unread(1):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - lives as long as the process
        return 0
    if isinstance(error, KeyboardInterrupt):
        return _ended(interrupts.behind(error) or interrupts.Ended(), out)
    if isinstance(error, UsageError):
        out.usage(error)
        return error.exit_code
    if isinstance(error, OSError):
        error = _refused(error)
    if isinstance(error, WispError):
        out.failure(error)
        return error.exit_code
    if ended := interrupts.behind(error):
        return _ended(ended, out)
    out.failure(_bug(error, program))  # a fault of ours, which a user can do nothing about
    if out.verbosity >= 1:
        from traceback import format_exception

        out.err("".join(format_exception(error)))
    return 1


def _is_unread(descriptor: int) -> bool:
    """Whether the other end of an output is closed, as `head` does once it has enough."""
    import select

    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _ended(ended: interrupts.Ended, out: Output) -> int:
    """Say in one line that a signal ended the command, to a terminal that may be closed."""
    interrupts.ignore()
    try:
        out.err(ended.word)
        out.flush()
    except OSError:
        pass
    return ended.code


def _refused(error: OSError) -> WispError:
    """Word what the operating system refused where nobody expected it, as a temporary file."""
    import errno

    where = "" if error.filename is None else f" with `{error.filename}`"
    hints: tuple[str, ...] = ()
    if error.errno in {errno.ENOSPC, errno.EFBIG}:
        hints = ("free some disk space, or raise the limit on file sizes",)
    elif isinstance(error, PermissionError):
        from wisp.rights import ways_on

        hints = ways_on(error)
    return HostError(
        f"the operating system refused something{where}",
        causes=[error.strerror or str(error)],
        hints=hints,
    )


def _bug(error: BaseException, program: str) -> WispError:
    return WispError(
        f"{program} met something it was not made for; this is a bug",
        causes=[f"{type(error).__name__}: {error}"],
        hints=["`-v` shows where it happened, which is worth a report"],
    )
