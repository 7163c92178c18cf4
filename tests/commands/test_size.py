"""`size`: environments, images and locks, weighed and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_image import base_folder
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = [pytest.mark.slow, pytest.mark.forked]


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "greeter=1.*", "activator", cwd=folder).success()
    return folder


def weigh(wisp: CommandLine, cwd: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(wisp("size", "--json", *words, cwd=cwd).success().stdout)
    return found


def sizes(found: dict[str, Any]) -> dict[str, int]:
    return {one["name"]: one["size"] for one in found["packages"]}


def test_an_installed_environment_is_weighed_to_the_byte(
    workspace: Path, wisp: CommandLine
) -> None:
    found = weigh(wisp, workspace)
    prefix = workspace / ".pixi" / "envs" / "default"
    real = sum(path.lstat().st_size for path in prefix.rglob("*") if not path.is_dir())
    assert found["form"] == "environment"
    assert found["size"] == sum(found["kinds"].values()) == real
    rows = {one["name"]: one for one in found["packages"]}
    assert rows["greeter"]["why"] == ["greeter"]
    assert rows["greeter-words"]["why"] == ["greeter", "greeter-words"]
    assert rows["greeter"]["files"] > 1


def test_a_terminal_shows_bars_and_reasons(workspace: Path, wisp: CommandLine) -> None:
    out = wisp("size", "--limit", "2", cwd=workspace).success().stdout
    assert out.startswith("default: ")
    assert "█" in out
    assert "← greeter" in wisp("size", cwd=workspace).success().stdout
    assert "more, " in out
    assert "hint: nothing here imports or calls: greeter" in out


def test_what_a_task_calls_is_used(workspace: Path, wisp: CommandLine) -> None:
    wisp("task", "add", "hello", "greeter", cwd=workspace).success()
    assert weigh(wisp, workspace)["unused"] == []


def test_a_lock_knows_what_is_packed(workspace: Path, wisp: CommandLine, tmp_path: Path) -> None:
    for words in (("--platform", "linux-64"), ("pixi.lock",)):
        found = weigh(wisp, workspace, *words)
        assert found["form"] == "lock"
        assert sizes(found)["greeter"] > 0
    absent = wisp("size", "pixi.lock", "-e", "other", cwd=workspace)
    assert absent.code == 1
    assert "has nothing of environment 'other'" in absent.stderr
    # A file needs no workspace around it.
    assert weigh(wisp, tmp_path, str(workspace / "pixi.lock"))["size"] > 0


def test_images_are_weighed_in_any_form_and_compared(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    base = base_folder(tmp_path / "base")
    words = ("image", "build", "--base", str(base), "-o", "x.tar", "-o", "layout", "-t", "x:1")
    wisp(*words, cwd=workspace).success()
    archive, layout = weigh(wisp, workspace, "x.tar"), weigh(wisp, workspace, "layout")
    assert sizes(archive) == sizes(layout)
    assert {"greeter", "greeter-words", "activator", "code", "config"} <= sizes(archive).keys()
    titles = [one["title"] for one in archive["layers"]]
    assert titles[0] == "base"
    assert titles[-2:] == ["code", "config"]
    (workspace / "more.py").write_text("x = 1\n" * 50)
    wisp(*words[:4], "-o", "y.tar", cwd=workspace).success()
    found = weigh(wisp, workspace, "x.tar", "y.tar")
    assert [(row["name"], row["after"] - row["before"]) for row in found["changes"]] == [
        ("code", 300)
    ]
    out = wisp("size", "x.tar", "y.tar", cwd=workspace).success().stdout
    assert "+300 B  code" in out


def test_a_page_holds_everything_in_one_file(workspace: Path, wisp: CommandLine) -> None:
    wisp("size", "--html", "sizes.html", cwd=workspace).success()
    text = (workspace / "sizes.html").read_text()
    data = text.partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(data) == weigh(wisp, workspace)


def test_what_is_not_there_is_said(workspace: Path, wisp: CommandLine, tmp_path: Path) -> None:
    missing = wisp("size", "nothing.tar", cwd=workspace)
    assert missing.code == 2
    assert "`nothing.tar` does not exist" in missing.stderr
    unknown = wisp("size", "nowhere", cwd=workspace)
    assert unknown.code == 1
    (workspace / "odd.tar").write_text("no image")
    odd = wisp("size", "odd.tar", cwd=workspace)
    assert odd.code == 1
    assert "is no image" in odd.stderr
