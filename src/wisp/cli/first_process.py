"""What process 1 of a container owes the others, so that wisp can be one.

The kernel gives process 1 no default action for a signal, and the orphans of all others. So a child
does the work, as if there were an init: process 1 passes signals on to it, reaps whatever ends, and
ends with its code.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` adds enumerations: 3 ms
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

_PASSED_ON = "SIGINT SIGTERM SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGABRT SIGCONT SIGWINCH"


def lead() -> None:
    """Go on in a child of this process, which itself never returns."""
    numbers = {getattr(_signal, name) for name in _PASSED_ON.split()}
    mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers | {_signal.SIGCHLD})
    child = os.fork()
    if child:
        _attend(child, numbers | {_signal.SIGCHLD})
    _take_terminal()
    _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)


def _attend(child: int, numbers: set[int]) -> NoReturn:
    """Pass signals on and reap, until the child has ended."""
    while True:
        number = _signal.sigwait(numbers)
        if number == _signal.SIGCHLD:
            _reap(child)
        elif number == _signal.SIGINT and os.isatty(0):
            # Who is asked for by a terminal takes it that the whole group was asked.
            _send(os.killpg, child, number)
        else:
            _send(os.kill, child, number)


def _reap(child: int) -> None:
    """Bury all that have ended; end with the code of the child."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if not ended:
            return
        if os.WIFSTOPPED(status):
            if ended == child:  # there is no shell that would let it go on
                _send(os.killpg, child, _signal.SIGCONT)
        elif ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(128 - code if code < 0 else code)


def _send(how: Callable[[int, int], None], child: int, number: int) -> None:
    try:
        how(child, number)
    except OSError:  # it has ended
        return


def _take_terminal() -> None:
    """Become the group that the terminal talks to, if there is one: keys are for the child."""
    os.setpgid(0, 0)
    if not os.isatty(0):
        return
    before = _signal.signal(_signal.SIGTTOU, _signal.SIG_IGN)
    try:
        os.tcsetpgrp(0, os.getpgrp())
    except OSError:  # the terminal is not ours
        pass
    finally:
        _signal.signal(_signal.SIGTTOU, before)
