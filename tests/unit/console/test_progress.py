"""Without a terminal, long work is told in plain lines, short work not at all."""

from __future__ import annotations

import io

import pytest

from wisp.console import progress
from wisp.console.output import Output


def told(monkeypatch: pytest.MonkeyPatch, seconds: float, quiet: int = 0) -> str:
    clock = iter((100.0, 100.0, 100.0 + seconds))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    stderr = io.StringIO()
    out = Output(io.StringIO(), stderr, {})
    out.configure("never", 0, quiet, False)
    reporter = progress.reporter_for(out)
    reporter.finish(reporter.start("solving", "default for linux-64"))
    return stderr.getvalue()


def test_long_work_gets_a_line_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 42.0) == "solving default for linux-64: 42 s\n"


def test_short_work_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 0.5) == ""


def test_quiet_means_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 42.0, quiet=1) == ""


def test_the_same_warning_is_told_once() -> None:
    stderr = io.StringIO()
    reporter = progress.reporter_for(Output(io.StringIO(), stderr, {}))
    for message in ("one", "one", "two"):
        reporter.warn(message, ("what helps",))
    assert stderr.getvalue().count("one") == 1
    assert stderr.getvalue().count("what helps") == 2
