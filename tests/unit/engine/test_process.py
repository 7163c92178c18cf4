from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wisp.engine.process import capture, hand_over
from wisp.errors import HostError


def test_output_and_exit_code_are_captured(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['X'], sys.stdin.read()); sys.exit(3)"
    done = capture([sys.executable, "-c", code], environ={"X": "y"}, cwd=tmp_path, stdin="in")
    assert done.code == 3
    assert done.stdout == f"{tmp_path} y in\n"
    assert done.stderr == ""


def test_nothing_of_our_environment_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    code = "import os; print('SECRET' in os.environ)"
    assert capture([sys.executable, "-c", code], environ={}).stdout == "False\n"


def test_a_missing_program_is_one_clear_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(HostError, match="could not start"):
        capture([missing], environ={})
    with pytest.raises(HostError, match="could not start"):
        hand_over([missing], environ={})


def test_an_editors_exit_code_is_passed_on() -> None:
    assert hand_over([sys.executable, "-c", "raise SystemExit(4)"], environ={}) == 4
