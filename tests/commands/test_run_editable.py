"""A project that is installed in place: quick while it rests, seen when its metadata changes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]

PROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "local"
version = "1.0"
"""
SHOW = (
    "import importlib.metadata as m, local; print(m.version('local'), local.word, "
    "*m.requires('local') or ())"
)
COMMAND = ("run", "-q", "python", "-c", SHOW)
NOWHERE = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}


@pytest.fixture
def workspace(tmp_path: Path, forge: Forge, forge_server: Server) -> Path:
    folder = tmp_path / "ws"
    source = folder / "pkg/src/local"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("word = 'one'\n")
    (folder / "pkg/pyproject.toml").write_text(PROJECT)
    (folder / "pixi.toml").write_text(
        f"""\
[workspace]
channels = ["{forge.url}"]
platforms = ["{forge.subdir}"]
[dependencies]
python = "{forge.minor}.*"
[pypi-dependencies]
local = {{ path = "pkg", editable = true }}
[pypi-options]
index-url = "{forge_server.url}/simple"
"""
    )
    return folder


def was_quick(wisp: CommandLine, workspace: Path) -> bool:
    return "wisp.cli.main" not in wisp.imported(*COMMAND, cwd=workspace)


def test_an_editable_project_is_quick_until_its_metadata_changes(
    wisp: CommandLine, workspace: Path, forge_server: Server
) -> None:
    assert wisp(*COMMAND, cwd=workspace).success().stdout == "1.0 one\n"
    time.sleep(0.1)
    assert was_quick(wisp, workspace)
    (workspace / "pkg/src/local/__init__.py").write_text("word = 'two'\n")
    assert was_quick(wisp, workspace)
    assert wisp(*COMMAND, cwd=workspace, env=NOWHERE).success().stdout == "1.0 two\n"

    changed = PROJECT.replace("1.0", "1.1") + 'dependencies = ["six"]\n'
    (workspace / "pkg/pyproject.toml").write_text(changed)
    assert not was_quick(wisp, workspace)
    assert wisp(*COMMAND, cwd=workspace).success().stdout == "1.1 two six\n"
    assert "six" in (workspace / "pixi.lock").read_text()
    forge_server.stop()
    assert wisp(*COMMAND, cwd=workspace, env=NOWHERE).success().stdout == "1.1 two six\n"


def test_the_list_tells_what_is_installed_in_place(wisp: CommandLine, workspace: Path) -> None:
    wisp("install", cwd=workspace).success()
    rows = json.loads(wisp("list", "--json", cwd=workspace).success().stdout)
    assert [row["name"] for row in rows if row.get("is_editable")] == ["local"]
