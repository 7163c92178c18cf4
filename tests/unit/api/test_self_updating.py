"""The tool that replaces wisp, and what it finds around it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sandbox import Home
from wisp import Session
from wisp.api import self_updating
from wisp.engine.own_install import UpdateCommand, update_command
from wisp.errors import HostError

#: A tool that tells where it runs.
LOOK = "import os, sys, pathlib; pathlib.Path(sys.argv[1]).write_text(os.getcwd())"


def test_a_tool_takes_nothing_from_the_folder_one_stands_in(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a stranger's `uv.toml` would say where wisp comes from, and a `pip.py` be run."""
    folder, told = tmp_path / "strange", tmp_path / "told"
    folder.mkdir()
    monkeypatch.chdir(folder)
    words = (sys.executable, "-c", LOOK, str(told))
    found = UpdateCommand("pip", words)
    monkeypatch.setattr(self_updating, "update_command", lambda *_, **__: found)
    with pytest.raises(HostError, match="went well, but the version is"):
        Session.open(environ=home.variables).self_update("99.0")
    assert told.read_text() == sys.prefix


def test_the_command_that_is_shown_runs_no_module_that_lies_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wisp.engine.own_install.direct_origin", lambda: None)
    monkeypatch.setattr("wisp.engine.own_install.find_spec", lambda _: True)
    words = update_command("uv", {"PATH": ""}, "1.2", prefix=tmp_path).words
    assert words[1:4] == ("-P", "-m", "pip")
