"""What a terminal shows of running work, as lines."""

from __future__ import annotations

import pytest

from wisp.console.live import Downloads, Row, screen
from wisp.report import BYTES, DOWNLOADING


def plain(text: str, _code: str) -> str:
    return text


def lines(*rows: Row, now: float = 100.0, width: int = 120, speed: float = 0) -> list[str]:
    files = tuple(row for row in rows if row.is_download)
    downloads = Downloads(
        rows=files,
        done=sum(row.done for row in files),
        total=sum(row.total or 0 for row in files) or None,
        speed=speed,
    )
    return [line[2:] for line in screen(rows, downloads if files else None, now, width, plain)]


def work(phase: str, subject: str = "", **more: object) -> Row:
    return Row(**{"phase": phase, "subject": subject, "began": 90.0, "moved": 99.0, **more})  # type: ignore[arg-type]


def file(name: str, done: int, total: int | None, **more: object) -> Row:
    return work(DOWNLOADING, name, unit=BYTES, done=done, total=total, **more)


def test_work_that_nobody_can_count_tells_how_long_it_lasts() -> None:
    assert lines(work("solving", "default for linux-64", began=95.0)) == [
        "solving default for linux-64 5 s"
    ]


@pytest.mark.parametrize("going_on", [True, False])
def test_work_that_has_just_begun_is_told_only_after_other_work_was(going_on: bool) -> None:
    rows = (work("locking", outer=True, began=99.9), work("installing", "default", began=99.95))
    told = screen(rows, None, 100.0, 80, plain, going_on=going_on)
    assert [line[2:] for line in told] == (["installing default 0 s"] if going_on else [])


def test_long_work_names_the_host_that_is_asked() -> None:
    assert lines(work("solving", "default", source="conda.anaconda.org", moved=90.0)) == [
        "solving default 10 s (asking conda.anaconda.org)"
    ]


def test_counted_work_has_a_bar_and_a_name() -> None:
    row = work("linking", "default", done=5, total=20, name="numpy")
    assert lines(row) == ["linking default ━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 5/20 numpy 10 s"]


def test_files_share_a_line_and_have_one_each() -> None:
    rows = (file("torch", 2**20, 2**22), file("numpy", 2**20, 2**22))
    assert lines(*rows, speed=2**20) == [
        "downloading ━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 2.00 MiB of 8.00 MiB 1.00 MiB/s torch, numpy",
        "  torch 1.00 MiB of 4.00 MiB",
        "  numpy 1.00 MiB of 4.00 MiB",
    ]


def test_a_host_that_sends_nothing_is_named() -> None:
    row = file("torch", 2**20, 2**22, moved=93.0, source="files.pythonhosted.org")
    assert lines(row)[0].endswith("nothing for 7 s from files.pythonhosted.org torch")


def test_outer_work_is_told_only_while_nothing_inside_is() -> None:
    outer, inner = work("installing", "default", outer=True), work("linking", "default")
    assert lines(outer) == ["installing default 10 s"]
    assert lines(outer, inner) == ["linking default 10 s"]


def test_quick_work_is_not_told() -> None:
    assert lines(work("solving", began=99.9)) == []


@pytest.mark.parametrize("width", [1, 20, 40, 79])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = [file(f"package-{number}", 2**20, 2**22) for number in range(20)]
    shown = screen(rows, Downloads(rows=tuple(rows), done=1, total=9, speed=1), 100, width, plain)
    assert shown
    assert all(len(line) <= width for line in shown)
    assert len(shown) == 8
