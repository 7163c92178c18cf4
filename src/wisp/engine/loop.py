"""Waiting for rattler: a coroutine runs on the thread that asks for its result, without asyncio.

rattler hands out futures and fulfils them from threads of its own. Of an event loop it wants two
methods for that, of asyncio three names, which this module has. To import asyncio would load TLS,
subprocesses, logging and thirty modules more: 40 ms, a quarter of what a small lock takes. A
program that uses asyncio has loaded it anyway; there our loop is made known to it.

A coroutine of rattler that is still being torn down while the interpreter finalises kills the
process (exit code 134 or 139; pyo3-async-runtimes issue 40). So what still runs when the process
ends is cancelled, and the runtime's threads get a moment to let go of their Python objects. The
command line goes further and leaves through `os._exit`.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import time
from _queue import Empty, SimpleQueue  # `queue` adds what costs a millisecond
from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any, Generic, TypeVar

from rattler.rattler import PyPackageArchive

from wisp.engine.rattler_errors import is_panic, panicked

T = TypeVar("T")

#: How long the runtime's threads may take to drop what they hold after the last coroutine;
#: 5 ms were always enough in hundreds of trials.
_QUIET_SECONDS = 0.02
#: How often somebody looks on who wants to.
_LOOK_SECONDS = 1.0


class CancelledError(BaseException):
    """Somebody no longer waits for this; asyncio's is of the same kind, to pass `Exception`."""


class Future(Generic[T]):
    """A result that comes later, as asyncio has it: used on the thread of its loop alone."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._result: Callable[[], T] | None = None
        self._cancelled = False
        self._callbacks: list[Callable[[Any], object]] = []

    def done(self) -> bool:
        """Tell whether there is a result, a failure or nobody who waits for either."""
        return self._result is not None

    def cancelled(self) -> bool:
        """Tell whether nobody waits any more."""
        return self._cancelled

    def result(self) -> T:
        """Return the result, or raise what came instead."""
        assert self._result is not None
        return self._result()

    def set_result(self, value: T) -> None:
        """End with a result."""
        self._end(lambda: value)

    def set_exception(self, error: BaseException) -> None:
        """End with a failure."""
        self._end(lambda: _raise(error))

    def cancel(self) -> bool:
        """End without anything, and tell whether that was news."""
        if self.done():
            return False
        self._cancelled = True
        self._end(lambda: _raise(CancelledError()))
        return True

    def add_done_callback(self, call: Callable[[Any], object], *, context: object = None) -> None:
        """Have something called with this future, soon after it ended."""
        del context
        if self.done():
            self._loop.call_soon_threadsafe(call, self)
        else:
            self._callbacks.append(call)

    def _end(self, result: Callable[[], T]) -> None:
        self._result = result
        for call in self._callbacks:
            self._loop.call_soon_threadsafe(call, self)

    def __await__(self) -> Generator[Future[T], None, T]:
        if not self.done():
            yield self
        return self.result()


def _raise(error: BaseException) -> Any:
    raise error


class _Task(Future[T]):
    """A coroutine at work; its result is that of the future."""

    def __init__(self, work: Coroutine[Any, Any, T], loop: Loop) -> None:
        super().__init__(loop)
        self._work = work
        self._awaited: Future[Any] | None = None
        loop.call_soon_threadsafe(self._step)

    def _step(self, _: object = None) -> None:
        if self.done():
            return
        try:
            self._awaited = self._work.send(None)
        except StopIteration as end:
            self.set_result(end.value)
        except CancelledError:
            super().cancel()
        except BaseException as error:  # an interrupt too is what the coroutine came to
            self.set_exception(error)
        else:
            assert self._awaited is not None
            self._awaited.add_done_callback(self._step)

    def cancel(self) -> bool:
        """Cancel what the coroutine waits for, from which it unwinds, or else end it here."""
        if self.done():
            return False
        if self._awaited is None or not self._awaited.cancel():
            self._work.close()
            super().cancel()
        return True


class Loop:
    """What runs one coroutine, and whatever rattler calls from it, on the thread of `run`."""

    def __init__(self) -> None:
        self._ready: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]]] = SimpleQueue()

    def create_future(self) -> Future[Any]:
        """Make a future of this loop."""
        return Future(self)

    def create_task(self, work: Coroutine[Any, Any, T], **_: object) -> Future[T]:
        """Let a coroutine run as well."""
        return _Task(work, self)

    def call_soon_threadsafe(
        self, call: Callable[..., object], *arguments: Any, context: object = None
    ) -> None:
        """Have something called on the loop's thread; nobody here has variables of a context."""
        del context
        self._ready.put((call, arguments))

    def run(self, task: Future[T], look: Callable[[], object] | None = None) -> T:
        """Do what there is to do until `task` is done, and return its result.

        An interrupt of this thread cancels the task, and so does what `look` raises.
        """
        with _running_here(self):
            try:
                self._work_for(task, look)
            except BaseException:
                task.cancel()
                self._work_for(task)
                raise
        return task.result()

    def _work_for(self, task: Future[T], look: Callable[[], object] | None = None) -> None:
        looked = time.monotonic()
        while not task.done():
            try:
                call, arguments = self._ready.get(timeout=_LOOK_SECONDS if look else None)
            except Empty:
                pass
            else:
                call(*arguments)
            if look and time.monotonic() - looked > _LOOK_SECONDS:
                looked = time.monotonic()
                look()


class _Here(threading.local):
    """The loop that runs on a thread."""

    loop: Loop | None = None


_here = _Here()
_AT_ONCE = nullcontext()
#: What `cancel_all` cancels.
_begun: dict[Future[Any], Loop] = {}


def call(
    work: Coroutine[Any, Any, T],
    turns: AbstractContextManager[object] = _AT_ONCE,
    look: Callable[[], object] | None = None,
) -> T:
    """Run a coroutine to its end and return its result, or raise what it raised.

    `turns` is entered for that time: a semaphore limits how many of a kind run at once. `look` is
    called about once a second. What it raises cancels the coroutine, as does an interrupt of the
    waiting thread (`KeyboardInterrupt`).

    Raises `FetchError` also where rattler met what it never thought of (a panic).
    """
    loop = Loop()
    task = loop.create_task(work)
    _begun[task] = loop
    try:
        with turns:
            return loop.run(task, look)
    except BaseException as error:
        if is_panic(error):
            raise panicked(error) from error
        raise
    finally:
        work.close()  # without effect unless an interrupt came before its turn
        del _begun[task]


def cancel_all() -> None:
    """Cancel what runs or waits for its turn: who asked for it, on any thread, gets an error."""
    for task, loop in tuple(_begun.items()):
        loop.call_soon_threadsafe(task.cancel)


def drain() -> None:
    """Cancel what other threads wait for, and let rattler's settle."""
    cancel_all()
    time.sleep(_QUIET_SECONDS)


# What rattler looks for in asyncio.


def get_running_loop() -> Any:
    """Return the loop of this thread: ours, or that of a program that uses rattler as well."""
    if _here.loop is not None:
        return _here.loop
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio is _THIS:
        raise RuntimeError("no running event loop")
    return asyncio.get_running_loop()


def ensure_future(work: Coroutine[Any, Any, Any]) -> Any:
    """Let a coroutine run on the loop of this thread."""
    if _here.loop is not None:
        return _here.loop.create_task(work)
    return sys.modules["asyncio"].ensure_future(work)


@contextlib.contextmanager
def _running_here(loop: Loop) -> Generator[None]:
    """Be the loop of this thread, for us and for asyncio if rattler has looked there."""
    before, _here.loop = _here.loop, loop
    known = _ASYNCIO and _ASYNCIO._get_running_loop()
    try:
        if _ASYNCIO:
            _ASYNCIO._set_running_loop(loop)
        yield
    finally:
        if _ASYNCIO:
            _ASYNCIO._set_running_loop(known)
        _here.loop = before


def _be_found() -> None:
    """Let rattler look up asyncio, which it does once, while this module stands in its place."""
    sys.modules["asyncio"] = _THIS
    try:
        with contextlib.suppress(RuntimeError):  # there is no loop, and so no future either
            PyPackageArchive.from_path("")
    finally:
        del sys.modules["asyncio"]


_THIS: ModuleType = sys.modules[__name__]
_ASYNCIO: ModuleType | None = sys.modules.get("asyncio")
if _ASYNCIO is None:
    _be_found()
atexit.register(drain)
