from __future__ import annotations

import os
from pathlib import Path

import pytest

from wisp.engine.git_logins import GitLogins

LINE = "x @ git+https://me:sw0rdfish@host.example/x.git@main"


def logins(folder: Path, says: str) -> GitLogins:
    program = folder / "git"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return GitLogins({"PATH": str(folder)})


@pytest.mark.skipif(os.name == "nt", reason="the program is a script")
@pytest.mark.parametrize("says", ["git version 2.31.0", "git version 3.1", "something else"])
def test_a_password_is_told_in_a_file(tmp_path: Path, says: str) -> None:
    found = logins(tmp_path, says)
    assert found.taken_out(LINE) == "x @ git+https://host.example/x.git@main"
    assert found.variables(tmp_path)["GIT_CONFIG_COUNT"] == "3"
    file = tmp_path / "git-logins"
    assert file.read_text() == "https://me:sw0rdfish@host.example/x.git\n"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="the program is a script")
@pytest.mark.parametrize("version", ["2.30.2", "2.25.1", "1.8.3.1"])
def test_a_git_that_looks_at_no_such_file_keeps_its_address(tmp_path: Path, version: str) -> None:
    found = logins(tmp_path, f"git version {version}")
    assert found.taken_out(LINE) == LINE
    assert found.variables(tmp_path) == {}


def test_no_git_is_asked_where_no_address_has_a_password() -> None:
    line = "x @ git+https://me@host.example/x.git"
    assert GitLogins({"PATH": "/nonexistent"}).taken_out(line) == line
