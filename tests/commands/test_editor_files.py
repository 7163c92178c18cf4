"""`editor vscode` and `direnv` write what other programs read, and keep what stands there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from wisp.json_spans import parse

pytestmark = pytest.mark.forked

SETTINGS = """\
{
  // how I like it
  "editor.rulers": [100], // wide
  "python.defaultInterpreterPath": "/old/python",
  "files.exclude": { "**/.pixi": true, },
}
"""
TASKS = """\
{
  "version": "2.0.0",
  "tasks": [
    {
      "label": "wisp: build", // my own
      "command": "make"
    }
  ]
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = channel(tmp_path / "channel", [tiny("python", "3.12.1"), tiny("one")])
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{made.as_uri()}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\npython = "*"\n[feature.bare.dependencies]\none = "*"\n'
        '[activation.env]\nGREETING = "hello"\n'
        '[tasks]\nbuild = "true"\n_hidden = "true"\n'
        '"${command:evil}" = "true"\n'
        '[tasks.told]\ncmd = "true"\ndescription = "${input:evil}"\n'
        '[tasks.check]\ncmd = "true"\ndescription = "Look at it"\n'
        "[environments]\ntest = []\n"
        'bare = { features = ["bare"], no-default-feature = true }\n'
    )
    return folder


def vscode(root: Path, name: str) -> Any:
    return parse((root / ".vscode" / name).read_text()).data()


def test_interpreter_and_tasks_are_written(wisp: CommandLine, root: Path) -> None:
    wisp("lock", cwd=root).success()
    done = wisp("editor", "vscode", cwd=root).success()
    assert "not told of 'wisp: ${command:evil}', 'wisp: told'" in done.stderr
    assert vscode(root, "settings.json") == {
        "python.defaultInterpreterPath": "${workspaceFolder}/.pixi/envs/default/bin/python"
    }
    found = vscode(root, "tasks.json")  # where nobody can say that `${` is no more than that
    assert found["version"] == "2.0.0"
    assert [(row["label"], row["command"], row["args"]) for row in found["tasks"]] == [
        ("wisp: build", "wisp", ["run", "build"]),
        ("wisp: check", "wisp", ["run", "check"]),
    ]
    assert found["tasks"][1]["detail"] == "Look at it"


def test_what_stands_there_stays_and_twice_is_as_once(wisp: CommandLine, root: Path) -> None:
    wisp("lock", cwd=root).success()
    (root / ".vscode").mkdir()
    settings, tasks = root / ".vscode/settings.json", root / ".vscode/tasks.json"
    settings.write_bytes(SETTINGS.replace("\n", "\r\n").encode())
    tasks.write_text(TASKS)
    printed = wisp("editor", "vscode", "-e", "test", "--print", cwd=root).success().stdout
    assert settings.read_bytes() == SETTINGS.replace("\n", "\r\n").encode()
    wisp("editor", "vscode", "-e", "test", cwd=root).success()
    new = "${workspaceFolder}/.pixi/envs/test/bin/python"
    expected = SETTINGS.replace("/old/python", new)
    assert settings.read_bytes() == expected.replace("\n", "\r\n").encode()
    assert tasks.read_text().startswith(TASKS.removesuffix("    }\n  ]\n}\n") + "    },\n")
    assert new in printed
    once = settings.read_bytes(), tasks.read_bytes()
    again = json.loads(wisp("editor", "vscode", "-e", "test", "--json", cwd=root).success().stdout)
    assert [row["changed"] for row in again] == [False, False]
    assert (settings.read_bytes(), tasks.read_bytes()) == once
    assert [row["label"] for row in vscode(root, "tasks.json")["tasks"]] == [
        "wisp: build",
        "wisp: build (test)",
        "wisp: check (test)",
    ]


def test_tasks_that_are_no_more_go_and_others_stay(wisp: CommandLine, root: Path) -> None:
    wisp("lock", cwd=root).success()
    manifest, tasks = root / "pixi.toml", root / ".vscode/tasks.json"
    manifest.write_text(manifest.read_text() + '[target.win-64.tasks]\nelsewhere = "true"\n')
    wisp("editor", "vscode", cwd=root).success()
    wisp("editor", "vscode", "-e", "test", cwd=root).success()
    mine = '{ "label": "wisp: mine", "command": "wisp", "args": ["run", "mine"] }, // my own'
    text = tasks.read_text().replace('"tasks": [\n', f'"tasks": [\n        {mine}\n')
    there = (
        text.replace("wisp: check (test)", "wisp: elsewhere (test)")
        .replace('"check"', '"elsewhere"', 2)
        .replace('"wisp: check"', '"wisp: elsewhere"')
    )
    tasks.write_text(there)
    wisp("editor", "vscode", cwd=root).success()
    assert "wisp: elsewhere (test)" in tasks.read_text()
    wisp("task", "remove", "build", cwd=root).success()
    wisp("editor", "vscode", cwd=root).success()
    left = [row["label"] for row in vscode(root, "tasks.json")["tasks"]]
    assert left == ["wisp: mine", "wisp: elsewhere", "wisp: elsewhere (test)", "wisp: check"]
    assert f"        {mine}\n" in tasks.read_text()
    wisp("workspace", "environment", "remove", "test", cwd=root).success()
    wisp("task", "remove", "check", cwd=root).success()
    wisp("editor", "vscode", cwd=root).success()
    left = [row["label"] for row in vscode(root, "tasks.json")["tasks"]]
    assert left == ["wisp: mine", "wisp: elsewhere"]


def test_an_environment_without_python_has_no_interpreter(wisp: CommandLine, root: Path) -> None:
    wisp("lock", cwd=root).success()
    done = wisp("editor", "vscode", "-e", "bare", cwd=root).success()
    assert "no Python" in done.stderr
    assert not (root / ".vscode").exists()


def test_damaged_settings_are_told_with_their_place(wisp: CommandLine, root: Path) -> None:
    wisp("lock", cwd=root).success()
    (root / ".vscode").mkdir()
    (root / ".vscode/settings.json").write_text('{\n  "a" 1\n}\n')
    done = wisp("editor", "vscode", cwd=root)
    assert done.code == 1
    assert "settings.json:2:3" in done.stderr
    assert (root / ".vscode/settings.json").read_text() == '{\n  "a" 1\n}\n'
    assert not (root / ".vscode/tasks.json").exists()


def test_a_link_is_not_written_through(wisp: CommandLine, root: Path, tmp_path: Path) -> None:
    wisp("lock", cwd=root).success()
    (tmp_path / "elsewhere").mkdir()
    (root / ".vscode").symlink_to(tmp_path / "elsewhere")
    (root / ".envrc").symlink_to(tmp_path / "elsewhere" / "rc")
    for words in (("editor", "vscode"), ("direnv",)):
        assert wisp(*words, cwd=root).code == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_direnv_gets_a_part_of_its_own(wisp: CommandLine, root: Path) -> None:
    file = root / ".envrc"
    file.write_text("export MINE=1")
    printed = wisp("direnv", "--print", cwd=root).success().stdout
    assert file.read_text() == "export MINE=1"
    wisp("direnv", cwd=root).success()
    assert file.read_text() == printed
    assert printed.startswith("export MINE=1\n# wisp:")
    file.write_text(printed + "export LAST=1\n")
    wisp("direnv", "-e", "test", cwd=root).success()
    text = file.read_text()
    assert text.endswith("export LAST=1\n")
    assert text.count("shell-hook") == 1
    assert "-e test" in text
    wisp("direnv", cwd=root).success()
    assert file.read_text() == printed + "export LAST=1\n"


def test_direnv_activates_by_it(wisp: CommandLine, root: Path) -> None:
    direnv = shutil.which("direnv")
    if direnv is None:
        pytest.skip("direnv is not installed")
    (root / ".envrc").write_text("export MINE=1\n")
    wisp("direnv", cwd=root).success()
    path = f"{wisp.executable.parent}{os.pathsep}{wisp.environment()['PATH']}"
    environ = wisp.environment({"PATH": path})

    def run(*words: str) -> str:
        done = subprocess.run(
            [direnv, *words], cwd=root, env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("allow")
    said = run(
        "exec", ".", "sh", "-c", 'echo "$MINE $GREETING $PIXI_ENVIRONMENT_NAME $CONDA_PREFIX"'
    )
    assert said == f"1 hello default {root}/.pixi/envs/default\n"
