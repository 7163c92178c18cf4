"""`workspace dependencies`, and requirements whose sources lie in a folder."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine, Result
from tests.unit.wheelhouse import make_project
from tools.forge.build import Forge

pytestmark = pytest.mark.forked


@pytest.fixture
def folder(tmp_path: Path, forge: Forge) -> Path:
    here = tmp_path / "workspace"
    here.mkdir()
    (here / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
    )
    return here


def manifest(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pixi.toml").read_text())


def test_the_pool_is_edited_and_what_inherits_follows(wisp: CommandLine, folder: Path) -> None:
    def pool(*words: str) -> Result:
        return wisp("workspace", "dependencies", *words, cwd=folder)

    assert pool("add", "greeter=1", "--no-install").success().stderr == "✔ Added greeter 1.*\n"
    text = (folder / "pixi.toml").read_text()
    (folder / "pixi.toml").write_text(text + "\n[dependencies]\ngreeter = { workspace = true }\n")
    wisp("lock", cwd=folder).success()
    assert "greeter-1." in (folder / "pixi.lock").read_text()
    pool("add", "Greeter", "--no-install").success()
    wisp("update", cwd=folder).success()
    assert "greeter-2." in (folder / "pixi.lock").read_text()
    assert pool("list").success().stdout == "greeter *\n"
    assert json.loads(pool("ls", "--json").stdout) == {"greeter": "*"}

    refused = pool("remove", "greeter")
    assert refused.code == 1
    assert "the workspace does not define `greeter`" in refused.stderr
    assert manifest(folder)["workspace"]["dependencies"] == {"greeter": "*"}
    assert "`greter` is not in" in pool("remove", "greter").stderr
    wisp("remove", "greeter", "--no-install", cwd=folder).success()
    pool("remove", "greeter", "--no-install").success()
    assert "dependencies" not in manifest(folder)["workspace"]


def test_sources_in_the_pool_are_told_from_the_manifest_on(wisp: CommandLine, folder: Path) -> None:
    source = folder / "libs/own"
    source.mkdir(parents=True)
    (source / "package.xml").touch()
    add = ("workspace", "dependencies", "add", "--no-install")
    wisp(*add, "own", "--path", str(source), cwd=folder).success()
    wisp(*add, "far", "--git", "https://g/far", "--tag", "v1", cwd=folder).success()
    wisp(*add, "ros", "--path", "package.xml", "-m", str(folder), cwd=source).success()
    assert manifest(folder)["workspace"]["dependencies"] == {
        "own": {"path": "./libs/own"},
        "far": {"git": "https://g/far", "tag": "v1"},
        "ros": {"path": "./libs/own/package.xml"},
    }
    refused = wisp(*add, "a", "b", "--path", "libs/own", cwd=folder)
    assert "the sources are those of one package" in refused.stderr
    assert "does not exist" in wisp(*add, "a", "--path", "gone", cwd=folder).stderr


def test_a_project_in_a_folder_is_added(wisp: CommandLine, folder: Path) -> None:
    make_project(folder / "libs" / "own", "own")
    wisp("add", "python", "--no-install", cwd=folder).success()
    add = ("add", "--pypi", "--no-install", "--path")
    wisp(*add, "own", "own", cwd=folder / "libs").success()
    assert manifest(folder)["pypi-dependencies"] == {"own": {"path": "./libs/own"}}
    wisp(*add, "libs/own", "own", "--editable", cwd=folder).success()
    expected = {"own": {"path": "./libs/own", "editable": True}}
    assert manifest(folder)["pypi-dependencies"] == expected
    assert "one package" in wisp(*add, "libs/own", "a", "b", cwd=folder).stderr
    refused = wisp("add", "--no-install", "--path", "libs/own", "own", cwd=folder)
    assert refused.code == 1
    assert "pixi-build" in refused.stderr


def test_a_tree_is_told_as_json(wisp: CommandLine, folder: Path) -> None:
    wisp("add", "python", "greeter", "--no-install", cwd=folder).success()
    told = json.loads(wisp("tree", "--json", "greeter", cwd=folder).success().stdout)
    words = {"name": "greeter-words", "version": "1.5", "kind": "conda", "packages": []}
    greeter = {"name": "greeter", "version": "2.0", "kind": "conda", "packages": [words]}
    assert told == {"environment": "default", "platform": "linux-64", "packages": [greeter]}
    whole = json.loads(wisp("tree", "--json", cwd=folder).success().stdout)
    assert [one["name"] for one in whole["packages"]] == ["greeter", "python"]
    up = json.loads(wisp("tree", "--json", "-i", "openssl|libffi", cwd=folder).stdout or "{}")
    assert all("packages" in one for one in up.get("packages", []))
