"""A notebook whose first cell of code has a PEP 723 block is a script too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]


def notebook(forge: Forge, index: str) -> dict[str, Any]:
    block = [
        "# /// script\n",
        f'# requires-python = "=={forge.minor}.*"\n',
        "# [tool.pixi.workspace]\n",
        f'# channels = ["{forge.url}"]\n',
        "# [tool.pixi.workspace.pypi-options]\n",
        f'# index-url = "{index}"\n',
        "# ///\n",
        "print('first \N{SNOWMAN}')",
    ]
    cell = {"cell_type": "code", "execution_count": 3, "metadata": {"tags": ["x"]}}
    return {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# A title"]},
            {**cell, "outputs": [{"output_type": "stream", "text": ["kept"]}], "source": block},
            {**cell, "outputs": [], "source": "import sys\nprint(sys.argv[1:])"},
        ],
        "metadata": {"kernelspec": {"name": "mine"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


@pytest.fixture
def note(tmp_path: Path, forge: Forge, forge_server: Server) -> Path:
    file = tmp_path / "note.ipynb"
    data = notebook(forge, f"{forge_server.url}/simple")
    file.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    return file


def source(file: Path, cell: int = 1) -> str:
    return "".join(json.loads(file.read_text())["cells"][cell]["source"])


def test_edits_change_the_block_alone(wisp: CommandLine, note: Path) -> None:
    before = note.read_text()
    wisp("add", "--script", "note.ipynb", "six", cwd=note.parent).success()
    after = note.read_text()
    assert '# [tool.pixi.dependencies]\n# six = "*"' in source(note)
    assert source(note).endswith("# ///\nprint('first \N{SNOWMAN}')")
    new = set(after.splitlines()) - set(before.splitlines())
    assert all(row.startswith('    "#') for row in new), new
    assert set(before.splitlines()) <= set(after.splitlines())
    wisp("remove", "--script", "note.ipynb", "six", cwd=note.parent).success()
    # As with every script that is edited, tools that know only PEP 723 find their key.
    assert note.read_text().replace('    "# dependencies = []\\n",\n', "") == before


def test_it_is_locked_listed_and_drawn(wisp: CommandLine, note: Path) -> None:
    wisp("lock", "--script", "note.ipynb", cwd=note.parent).success()
    assert note.with_name("note.ipynb.pixi.lock").is_file()
    listed = wisp("list", "--script", "note.ipynb", "--json", cwd=note.parent).success()
    assert "python" in {row["name"] for row in json.loads(listed.stdout)}
    assert "python" in wisp("tree", "--script", "note.ipynb", cwd=note.parent).success().stdout
    exported = ("workspace", "export", "conda-environment", "--script", "note.ipynb")
    assert "- python 3" in wisp(*exported, cwd=note.parent).success().stdout


def test_without_ipython_it_says_what_is_missing(wisp: CommandLine, note: Path) -> None:
    for words in (("--script", "note.ipynb"), ("note.ipynb",)):
        done = wisp("run", *words, cwd=note.parent)
        assert done.code == 1
        assert "wisp add --script note.ipynb --pypi ipython nbformat" in done.stderr
    piped = wisp("run", "--script", "-", cwd=note.parent, stdin=note.read_text())
    assert (piped.code, "wisp add" in piped.stderr) == (1, False)
    assert "name `ipython` and `nbformat` among the `dependencies`" in piped.stderr


def test_one_is_begun(wisp: CommandLine, tmp_path: Path) -> None:
    wisp("init", "--script", "new.ipynb", cwd=tmp_path).success()
    assert source(tmp_path / "new.ipynb", 0).startswith("# /// script\n")
    assert json.loads((tmp_path / "new.ipynb").read_text())["nbformat"] == 4
    again = wisp("init", "--script", "new.ipynb", cwd=tmp_path)
    assert (again.code, "already" in again.stderr) == (1, True)
    old = tmp_path / "old.ipynb"
    old.write_text('{"cells": [{"cell_type": "code", "source": "a = 1"}], "nbformat": 4}')
    wisp("init", "--script", "old.ipynb", cwd=tmp_path).success()
    assert source(old, 0).endswith("# ///\n\na = 1")
    (tmp_path / "no.ipynb").write_text("a = 1\n")
    assert "is no notebook" in wisp("init", "--script", "no.ipynb", cwd=tmp_path).stderr


def test_a_damaged_one_is_told(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "bad.ipynb").write_text('{"cells": [')
    done = wisp("run", "--script", "bad.ipynb", cwd=tmp_path)
    assert done.code == 1
    assert "bad.ipynb does not contain a PEP 723 metadata block" in done.stderr


@pytest.mark.parametrize("way", ["web", "stdin"])
def test_paths_of_a_script_from_elsewhere_begin_where_one_is(
    wisp: CommandLine, forge: Forge, tmp_path: Path, way: str
) -> None:
    text = (
        '# /// script\n# [tool.pixi.workspace]\n# channels = ["./here"]\n'
        "# [tool.pixi.activation]\n# scripts = ['hi.sh']\n"
        "# [tool.pixi.dependencies]\n# python = '*'\n# ///\n"
        "import os\nprint(os.environ['HI'])\n"
    )
    folder, served = tmp_path / "where one is", tmp_path / "served"
    folder.mkdir()
    served.mkdir()
    (folder / "here").symlink_to(forge.main)
    (folder / "hi.sh").write_text("export HI=hello\n")
    (served / "script.py").write_text(text)
    if way == "stdin":
        done = wisp("run", "--script", "-", cwd=folder, stdin=text)
    else:
        with Server(served) as server:
            done = wisp("run", "--script", f"{server.url}/script.py", cwd=folder)
    assert done.success().stdout == "hello\n"
    assert {path.name for path in folder.iterdir()} == {"here", "hi.sh"}
