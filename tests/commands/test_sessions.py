"""Families of sessions as data: commands one after the other, with what they answer.

A session is a file of `tests/cases/sessions`: the `files` that lie in the workspace, and steps. A
step says what is run and the exit code (0 unless said), words that standard error has to hold
(`says`) or must not (`silent`), and what is printed (`prints`: all of it, `shows`: words of it).
"""

from __future__ import annotations

import os
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wisp.cli.main import run

CASES = Path(__file__).parents[1] / "cases" / "sessions"


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.toml")))
def test_a_session(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    session = tomllib.loads((CASES / f"{case}.toml").read_text("utf-8"))
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIXI_", "CONDA_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PIXI_CACHE_DIR", str(home / "cache"))
    for name, value in session.get("environ", {}).items():
        monkeypatch.setenv(name, value)
    for name, text in session.get("files", {}).items():
        (work / name).write_bytes(text.encode())
    monkeypatch.chdir(work)
    for step in session["step"]:
        for name, text in step.get("files", {}).items():
            (work / name).write_bytes(text.encode())
        code = run(["pixi", *shlex.split(step["run"])])
        out, err = capfd.readouterr()
        _compare(step, code, out, err, work)


def _compare(step: dict[str, Any], code: int, out: str, err: str, work: Path) -> None:
    told = f"{step['run']}\n{out}{err}"
    assert code == step.get("code", 0), told
    plain = " ".join(err.replace("│", " ").split())
    for words in step.get("says", ()):
        assert " ".join(words.split()) in plain, f"{words!r} is missing after {told}"
    for words in step.get("silent", ()):
        assert words not in plain, told
    if "prints" in step:
        assert out.replace(str(work), "<WORK>") == step["prints"], told
    for words in step.get("shows", ()):
        assert words in out, told
    for name, text in step.get("writes", {}).items():
        assert (work / name).read_bytes().decode() == text, told
