"""The benchmark harness: medians of runs in turn, limits, and commands that fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.bench.measure import BenchError, Comparison, Limit, Run, compare


def sleeper(seconds: float, cwd: Path) -> Run:
    return Run([sys.executable, "-I", "-S", "-c", f"import time; time.sleep({seconds})"], cwd)


@pytest.mark.alone
def test_a_slower_command_has_a_ratio_above_one(tmp_path: Path) -> None:
    found = compare(sleeper(0.2, tmp_path), sleeper(0, tmp_path), runs=3)
    assert found.ratio > 2
    assert found.subject - found.baseline > 0.1


def test_runs_take_turns_and_are_prepared_each_time(tmp_path: Path) -> None:
    log: list[str] = []
    quick = [sys.executable, "-I", "-S", "-c", ""]
    subject = Run(quick, tmp_path, before=lambda: log.append("subject"))
    baseline = Run(quick, tmp_path, before=lambda: log.append("baseline"))
    compare(subject, baseline, runs=2)
    assert log == ["baseline", "subject"] * 3


def test_a_failing_command_is_reported_with_its_words(tmp_path: Path) -> None:
    failing = Run([sys.executable, "-c", "raise SystemExit('broken on purpose')"], tmp_path)
    with pytest.raises(BenchError, match="ended with 1\nbroken on purpose"):
        failing.seconds()


@pytest.mark.parametrize(
    ("limit", "kept"), [(Limit(1.5), True), (Limit(1.1), False), (Limit(1.1, 0.2), True)]
)
def test_a_limit_is_a_factor_and_seconds_on_top(limit: Limit, kept: bool) -> None:
    assert Comparison(subject=1.3, baseline=1.0).within(limit) is kept
