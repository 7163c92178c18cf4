from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from wisp.engine import loop


async def _answer(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def _fail() -> None:
    raise LookupError("no such thing")


async def _thread_name() -> str:
    return threading.current_thread().name


def test_call_returns_the_result() -> None:
    assert loop.call(_answer(7)) == 7


def test_call_raises_what_the_coroutine_raised() -> None:
    with pytest.raises(LookupError, match="no such thing"):
        loop.call(_fail())


def test_all_coroutines_share_one_thread() -> None:
    names = {loop.call(_thread_name()), loop.submit(_thread_name()).result()}
    assert names == {"wisp-loop"}


def test_submitted_work_runs_at_the_same_time() -> None:
    async def meet(barrier: list[asyncio.Event], mine: int) -> int:
        barrier[mine].set()
        await asyncio.wait_for(barrier[1 - mine].wait(), 5)
        return mine

    events = [asyncio.Event(), asyncio.Event()]
    futures = [loop.submit(meet(events, number)) for number in (0, 1)]
    assert [future.result(5) for future in futures] == [0, 1]


def test_waiting_on_the_own_thread_is_refused() -> None:
    async def nested() -> int:
        return loop.call(_answer(1))

    with pytest.raises(RuntimeError, match="wait for itself"):
        loop.call(nested())


def test_drain_cancels_what_runs_and_a_later_call_starts_anew() -> None:
    future = loop.submit(asyncio.sleep(60))
    loop.drain()
    assert future.cancelled()
    assert loop.call(_answer(3)) == 3


@pytest.mark.slow
def test_a_process_that_ends_after_a_solve_does_not_crash(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from tests.tiny import ask, channel, settings, tiny
        from wisp.engine.gateway import ChannelAccess
        folder = Path(sys.argv[1])
        access = ChannelAccess(settings(folder / "cache"))
        source = folder / "channel"
        if not source.exists():
            channel(source, [tiny("a")])
        ask(source, access, "a")
        """
    )
    codes = [
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode
        for _ in range(30)
    ]
    assert codes == [0] * 30
