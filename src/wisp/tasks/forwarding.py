"""Signals that reach wisp while a script runs are the script's."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` adds enumerations: 3 ms
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

#: Left out are those that stop and continue: a terminal gives them to the whole group.
FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGABRT")


class Forwarding:
    """Passes signals of this process on to a shell while it runs.

    A terminal sends SIGINT to its whole foreground group: children have got it already.
    """

    def __init__(self, deliver: Callable[..., None]) -> None:
        self._deliver = deliver
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for name in FORWARDED:
            number = getattr(_signal, name, None)
            # None is a handler that was not set by Python, which could not put it back.
            if number is None or _signal.getsignal(number) in (None, _signal.SIG_IGN):
                continue
            try:
                self._before[number] = _signal.signal(number, self._handle)
            except ValueError:  # not in the main thread, where signals arrive
                return

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        from_terminal = number == _signal.SIGINT and os.isatty(0)
        self._deliver(number, forward=not from_terminal)

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            _signal.signal(number, handler)
