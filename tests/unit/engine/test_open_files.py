"""The soft limit of open files is raised where channels are asked, and never lowered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny import settings
from wisp.engine.gateway import ChannelAccess

resource = pytest.importorskip("resource")


@pytest.fixture(autouse=True)
def limits() -> Iterator[tuple[int, int]]:
    before: tuple[int, int] = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_low_limit_is_raised(limits: tuple[int, int], tmp_path: Path) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
    ChannelAccess(settings(tmp_path), {})
    soft, kept = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert kept == hard
    assert soft == (16384 if hard == resource.RLIM_INFINITY else min(16384, hard))


def test_a_high_limit_stays(limits: tuple[int, int], tmp_path: Path) -> None:
    _, hard = limits
    if hard != resource.RLIM_INFINITY and hard <= 16384:
        pytest.skip("this machine allows no more")
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, hard))
    ChannelAccess(settings(tmp_path), {})
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 20000
