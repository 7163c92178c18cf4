"""The one event loop: coroutines run on a daemon thread, everybody else makes plain calls.

A coroutine of rattler that is still being torn down while the interpreter finalises kills the
process (exit code 134 or 139; pyo3-async-runtimes issue 40). So the loop is drained when the
process ends: what is still running is cancelled, the thread is joined, and the runtime's own
threads get a moment to let go of their Python objects. The command line goes further and leaves
through `os._exit`.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

#: How long the runtime's threads may take to drop what they hold after the last coroutine;
#: 5 ms were always enough in hundreds of trials.
_QUIET_SECONDS = 0.02
_JOIN_SECONDS = 5.0


class _Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, name="wisp-loop", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def close(self) -> None:
        """Cancel what runs, stop the thread, and let the runtime settle."""
        asyncio.run_coroutine_threadsafe(_end(), self.loop)
        self.thread.join(_JOIN_SECONDS)
        if not self.thread.is_alive():
            self.loop.close()
        time.sleep(_QUIET_SECONDS)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _end() -> None:
    await _cancel_all()
    asyncio.get_running_loop().stop()


_current: _Loop | None = None
_guard = threading.Lock()


def _started() -> _Loop:
    global _current
    with _guard:
        if _current is None:
            _current = _Loop()
        return _current


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Start a coroutine on the loop and return its future at once."""
    return asyncio.run_coroutine_threadsafe(work, _started().loop)


def call(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and return its result, or raise what it raised.

    An interrupt of the waiting thread (`KeyboardInterrupt`) cancels the coroutine.
    Calling this from the loop's own thread would wait for itself for ever: it is refused.
    """
    if threading.current_thread() is _started().thread:
        work.close()
        raise RuntimeError("the event loop cannot wait for itself")
    future = submit(work)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def cancel_all() -> None:
    """Cancel what runs: who waits for it, on any thread, gets `CancelledError`."""
    if _current is not None:
        asyncio.run_coroutine_threadsafe(_cancel_all(), _current.loop)


def drain() -> None:
    """End the loop if it was ever started; a later call starts a new one."""
    global _current
    with _guard:
        ended, _current = _current, None
    if ended is not None:
        ended.close()


def _forget_after_fork() -> None:
    """A forked child has the parent's loop object but not its thread."""
    global _current, _guard
    _current, _guard = None, threading.Lock()


atexit.register(drain)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
