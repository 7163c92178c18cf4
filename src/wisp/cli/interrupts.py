"""Signals that ask this process to end: each becomes one exception, which unwinds the command.

Python by itself loses an interrupt that comes while a finaliser or the callback of a weak reference
runs, as imports have some: it prints a traceback and goes on. Here what was lost comes again. What
unwinds is left to finish: a second signal shortly after the first changes nothing.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` adds enumerations: 3 ms
import _thread
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import FrameType
    from typing import NoReturn

#: What asks a process to end, and what is said then. Windows has not all of them.
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
#: How long further signals change nothing, so that manifest and lock get their old text back.
_CLEANING_SECONDS = 1.0
#: Between two deliveries of a lost signal: what ate it is short.
_AGAIN_SECONDS = 0.002


class Ended(KeyboardInterrupt):
    """The process was asked to end: `word` says how, `code` is the exit code for it."""

    def __init__(self, number: int = 2) -> None:
        super().__init__(number)
        self.number = number
        self.code = 128 + number
        named = {getattr(_signal, name, None): word for name, word in _WORDS.items()}
        self.word = named.get(number, "interrupted")


def watch() -> None:
    """Let signals that ask for the end raise `Ended`.

    A signal that the caller ignores, as `nohup` does, stays ignored.
    """
    watching = _Watch()
    sys.unraisablehook = watching.hear
    _answer_all(watching.raise_ended)


def ignore() -> None:
    """Let nothing come between the end of the work and the end of the process."""
    _answer_all(_signal.SIG_IGN)


def _answer_all(answer: object) -> None:
    for name in _WORDS:
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, answer)


class _Watch:
    """What came so far: until when signals change nothing, and which one was lost."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._lost: int | None = None
        self._hearing = False

    def raise_ended(self, number: int, frame: FrameType | None) -> None:
        """Answer a signal in the main thread, between any two steps of the program."""
        del frame
        if self._hearing:  # whoever knocks will do so again
            return
        now = time.monotonic()
        if self._lost is not None:
            number, self._lost = self._lost, None
        elif now < self._quiet_until:
            return
        self._quiet_until = now + _CLEANING_SECONDS
        _silence_warnings()
        raise Ended(number)

    def hear(self, unraisable: UnraisableHookArgs) -> None:
        """Take note of an exception that nobody could take; an interrupt will be raised again.

        Raised here it would be lost again; so another thread sees to it, a moment later.
        """
        self._hearing = True
        try:
            value = unraisable.exc_value
            ended = None if value is None else behind(value)
            if ended is not None:
                self._lost = ended.number
                _thread.start_new_thread(self._knock, (_thread.get_ident(),))
            elif not self._quiet_until:
                sys.__unraisablehook__(unraisable)
        finally:
            self._hearing = False

    def _knock(self, main: int) -> None:
        """Send a lost signal until it is answered: it may meet such a callback again."""
        while (number := self._lost) is not None:
            time.sleep(_AGAIN_SECONDS)
            if hasattr(_signal, "pthread_kill"):
                # Unlike `interrupt_main` this wakes a thread that waits.
                _signal.pthread_kill(main, number)
            else:
                _thread.interrupt_main(number)  # type: ignore[arg-type]


def _silence_warnings() -> None:
    """Keep Python from telling of coroutines that are never awaited now."""
    simple = getattr(sys.modules.get("warnings"), "simplefilter", None)
    if simple is not None:
        try:  # noqa: SIM105 - `contextlib` may not be loaded yet
            simple("ignore")
        except (NameError, AttributeError):  # the signal has come while that module is loaded
            pass


def behind(error: BaseException) -> Ended | None:
    """Return the interrupt that an error comes from, if any.

    Python wraps whatever a `__set_name__` raises, for one.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return seen if isinstance(seen, Ended) else Ended()
        seen = seen.__cause__ or seen.__context__
    return None


def end(ended: Ended) -> NoReturn:
    """End the process where the rest of the program cannot: one line, and the exit code."""
    ignore()
    try:
        os.write(2, f"{ended.word}\n".encode())
    except OSError:  # a terminal that was closed
        pass
    finally:
        os._exit(ended.code)
