from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import Future as Answer
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from wisp.engine import loop


def _soon(value: object) -> loop.Future[Any]:
    """A future that another thread fulfils, as rattler does."""
    running = loop.get_running_loop()
    future: loop.Future[Any] = running.create_future()
    ends = future.set_exception if isinstance(value, BaseException) else future.set_result
    done = threading.Thread(target=lambda: running.call_soon_threadsafe(ends, value, context=None))
    done.start()
    return future


async def _answer(value: object) -> object:
    return await _soon(value)


def _never(started: threading.Event, ended: list[str]) -> Callable[[], Any]:
    async def work() -> None:
        future = loop.get_running_loop().create_future()
        future.add_done_callback(lambda one: ended.append(f"cancelled: {one.cancelled()}"))
        started.set()
        try:
            await future
        finally:
            ended.append("unwound")

    return work


def test_call_returns_the_result() -> None:
    assert loop.call(_answer(7)) == 7


def test_call_raises_what_the_coroutine_raised() -> None:
    with pytest.raises(LookupError, match="no such thing"):
        loop.call(_answer(LookupError("no such thing")))


def test_a_coroutine_runs_on_the_thread_that_asks() -> None:
    async def name() -> str:
        await _soon(None)
        return threading.current_thread().name

    assert loop.call(name()) == threading.current_thread().name


def test_a_coroutine_that_rattler_calls_runs_as_well() -> None:
    async def outer() -> object:
        return await loop.ensure_future(_answer(3))

    assert loop.call(outer()) == 3


def test_calls_of_two_threads_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=60)

    async def meet(mine: int) -> object:
        both.wait()
        return await _soon(mine)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda number: loop.call(meet(number)), (0, 1))) == [0, 1]


def test_turns_limit_how_many_run_at_once() -> None:
    turns, now, most = threading.Semaphore(2), [0], [0]
    guard = threading.Lock()

    async def work() -> None:
        with guard:
            now[0] += 1
            most[0] = max(most[0], now[0])
        await _soon(None)
        with guard:
            now[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        for answer in [pool.submit(loop.call, work(), turns) for _ in range(40)]:
            answer.result(60)
    assert most[0] <= 2


def test_a_call_within_a_call_is_answered() -> None:
    async def nested() -> object:
        return loop.call(_answer(1)), await _soon(2)

    assert loop.call(nested()) == (1, 2)


def test_drain_cancels_what_runs_and_what_waits_for_its_turn() -> None:
    started, ended = threading.Event(), list[str]()
    turns = threading.Semaphore(1)
    with ThreadPoolExecutor(2) as pool:
        work = _never(started, ended)
        running: list[Answer[Any]] = [pool.submit(loop.call, work(), turns)]
        started.wait(60)
        running.append(pool.submit(loop.call, work(), turns))
        while len(loop._begun) < 2:
            assert not any(answer.done() for answer in running)
        loop.drain()
        for answer in running:
            with pytest.raises(loop.CancelledError):
                answer.result(60)
    assert ended == ["cancelled: True", "unwound"] * 2
    assert loop.call(_answer(3)) == 3


def test_an_interrupt_cancels_what_the_thread_waits_for() -> None:
    """Rattler learns of it by the callback of its future, before `call` has ended."""
    ended: list[str] = []

    async def work() -> None:
        running = loop.get_running_loop()
        running.call_soon_threadsafe(_interrupt)
        await _never(threading.Event(), ended)()

    with pytest.raises(KeyboardInterrupt):
        loop.call(work())
    assert ended == ["cancelled: True", "unwound"]


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_without_a_call_no_loop_runs() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        loop.get_running_loop()


_PROGRAM = """
import sys
from pathlib import Path

def ours():
    from tests.tiny import ask, channel, settings, tiny
    from wisp.engine.cutoffs import FilteredChannel
    from wisp.engine.gateway import ChannelAccess
    from wisp.specs.inputs import ExcludeNewer
    folder = Path(sys.argv[1])
    access = ChannelAccess(settings(folder / "cache"))
    source = folder / "channel"
    if not source.exists():
        channel(source, [tiny("a")])
    assert [row.name for row in ask(source, access, "a")] == ["a"]
    # Rattler asks a source of ours, whose coroutine is a task.
    aged = ExcludeNewer(packages={"a": None})
    assert [row.name for row in ask(source, access, "a", exclude_newer=aged)] == ["a"]

def theirs():
    import asyncio
    from rattler import Gateway, PackageName
    channel = (Path(sys.argv[1]) / "channel").as_uri()
    class Source:
        async def fetch_package_records(self, platform, name):
            await asyncio.sleep(0)
            return []
        def package_names(self, platform):
            return []
    async def ask():
        rows = await Gateway().query([channel, Source()], ["noarch"], ["a"])
        return [record.name.normalized for found in rows for record in found]
    assert asyncio.run(ask()) == ["a"]

def within():
    import asyncio
    async def notebook():
        ours()
    asyncio.run(notebook())
"""


def _ends_well(tmp_path: Path, *steps: str) -> None:
    script = _PROGRAM + "\n".join(steps)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_solving_loads_no_asyncio(tmp_path: Path) -> None:
    _ends_well(tmp_path, "ours()", "assert 'asyncio' not in sys.modules")


@pytest.mark.parametrize(
    "steps",
    [
        ("import asyncio", "ours()", "theirs()", "ours()"),
        ("ours()", "theirs()", "ours()", "theirs()"),
        ("within()", "theirs()"),
        ("ours()", "theirs()", "within()"),
    ],
    ids=" ".join,
)
def test_a_program_may_use_rattler_and_asyncio_itself(
    tmp_path: Path, steps: tuple[str, ...]
) -> None:
    _ends_well(tmp_path, *steps)


@pytest.mark.slow
def test_a_process_that_ends_after_a_solve_does_not_crash(tmp_path: Path) -> None:
    script = textwrap.dedent(_PROGRAM) + "ours()"
    codes = [
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode
        for _ in range(30)
    ]
    assert codes == [0] * 30
