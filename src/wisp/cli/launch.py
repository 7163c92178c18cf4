"""The first code that runs: answers the quickest commands itself, loads the rest for all others."""

from __future__ import annotations

import os
import sys

from wisp.cli.table import meant
from wisp.layout import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def launch(argv: Sequence[str]) -> NoReturn:
    """Run a command line and end the process with its exit code.

    The name in `argv[0]` decides whether wisp introduces itself or, called `pixi`, speaks as the
    version of Pixi that it is compatible with.
    """
    if not sys.flags.ignore_environment or "again" in sys._xoptions:  # see `bin/wisp`
        from wisp.cli.isolation import give_back, improve

        give_back(sys._xoptions)
        improve(argv[0])
    if os.getpid() == 1 and os.name == "posix":
        from wisp.cli.first_process import lead

        lead()
    _let_interrupts_kill()
    _replace_closed_streams()
    words = argv[1:]
    if words[:1] in (["--version"], ["-V"]):
        _tell_version(argv[0])
    if words[:1] == ["complete"]:
        from wisp.cli.completing import complete

        complete(words[1:], os.environ)
        os._exit(0)
    entry = meant(words[0]) if words else None
    if entry is not None and entry.name == "exec":
        from wisp.api.quick_exec import answer as become

        become(words[1:], os.environ)
    if entry is not None and entry.quick:
        from wisp.api.quick import answer

        try:
            code = answer(entry.name, words[1:], entry.lane, program_path(argv[0]), os.environ)
        except BaseException as error:
            from wisp.cli.main import fail

            fail(argv, error)
        if code is not None:
            die_as(code)
            os._exit(code)
    _run_at_length(argv)


def _run_at_length(argv: Sequence[str]) -> NoReturn:
    from wisp.cli.interrupts import behind, end, watch

    try:
        watch()
        from wisp.cli.main import main
        from wisp.cli.partial_packages import RATTLER, load_in_parts

        load_in_parts(RATTLER)

        main(argv)
    except BaseException as error:  # before or after `main` can answer it
        ended = behind(error)
        if ended is None:
            raise
        end(ended)


def _tell_version(program: str) -> None:
    try:
        os.write(1, (version(program_name(program)) + "\n").encode())
        os._exit(0)
    except Exception:
        pass  # `main` tries once more, and says why not


def _let_interrupts_kill() -> None:
    """Let Ctrl-C end the process at once, as suits one that has nothing to clean up yet."""
    # What `signal` is made of, without enumerations that take 3 ms to import.
    import _signal  # type: ignore[import-not-found]

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def _replace_closed_streams() -> None:
    """Read nothing from a closed input and write nowhere for a closed output.

    Without that the next files opened would take their numbers, and get what is printed.
    """
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 - it is open already
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def program_name(path: str) -> str:
    """Return the name that the program was called by, of the two that it answers to."""
    return "pixi" if os.path.splitext(os.path.basename(path))[0] == "pixi" else "wisp"


def version(program: str) -> str:
    """Return the line that says which program of which version this is."""
    if program != "pixi":
        return f"{program} {VERSION}"
    from wisp.compat import preferred, wish_of

    return f"{program} {preferred(wish_of(os.environ)).release}"


def program_path(name: str) -> str:
    """Return the path that this program was started with."""
    return os.path.abspath(name)


def die_as(code: int) -> None:
    """Die of the signal that an exit code stands for, as the child did; else do nothing."""
    if not 128 < code <= 192 or os.name == "nt":
        return
    import signal

    number = code - 128
    try:
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    except Exception:
        return
