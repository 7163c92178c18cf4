"""What grows in a cache is told as long as it grows, to who looks on, and once for each folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

from wisp.engine.repodata_news import grown_since, tell_of_repodata
from wisp.report import Reporter


class Listener(Reporter):
    """Keeps what it is told."""

    def __init__(self, *, watched: bool) -> None:
        self.watched = watched
        self.told: list[tuple[str, object]] = []

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        self.told.append(("start", f"{phase} {subject}"))
        return 7

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        self.told.append(("advance", amount))

    def finish(self, token: int) -> None:
        self.told.append(("finish", token))


def until(listener: Listener, kind: str, count: int) -> None:
    """Wait until it was told so often; the test's own time limit ends it otherwise."""
    while sum(one == kind for one, _ in listener.told) < count:
        time.sleep(0.01)


def test_growth_is_told_from_the_first_byte_to_the_end(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_bytes(b"x" * 1000)
    os.utime(tmp_path / "old.json", (0, 0))
    listener, other = Listener(watched=True), Listener(watched=True)
    with tell_of_repodata(tmp_path, listener, "host"), tell_of_repodata(tmp_path, other, "host"):
        (tmp_path / "shards").mkdir()
        (tmp_path / "shards" / ".tmp1").write_bytes(b"x" * 10)
        until(listener, "advance", 1)
        (tmp_path / "new.json").write_bytes(b"x" * 5)
        until(listener, "advance", 2)
    assert listener.told == [
        ("start", "reading repodata"), ("advance", 10), ("advance", 5), ("finish", 7),
    ]  # fmt: skip
    assert other.told == []


def test_nothing_is_told_where_nothing_comes_or_nobody_looks(tmp_path: Path) -> None:
    quiet, blind = Listener(watched=True), Listener(watched=False)
    with tell_of_repodata(tmp_path / "not-there-yet", quiet, "host"):
        time.sleep(0.3)
    with tell_of_repodata(tmp_path, blind, "host"):
        (tmp_path / "new.json").write_bytes(b"x")
    assert quiet.told == blind.told == []
    assert grown_since(tmp_path, time.time() - 60) == 1
