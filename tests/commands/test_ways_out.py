"""Commands that still help where the rest of the workspace does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

BASE = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64", "win-64"]\n'

HERE = {"PIXI_OVERRIDE_PLATFORM": "linux-64"}


def test_a_needed_version_that_excludes_this_one_can_be_taken_back(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pixi.toml").write_text(BASE)
    requires = ("workspace", "requires-pixi")
    wisp(*requires, "set", ">=99", cwd=tmp_path).success()
    assert wisp(*requires, "get", cwd=tmp_path).success().stdout == ">=99\n"
    assert wisp(*requires, "verify", cwd=tmp_path).code == 4
    assert "requires pixi '>=99'" in wisp("task", "list", cwd=tmp_path).stderr
    wisp(*requires, "set", ">=0.77", cwd=tmp_path).success()
    wisp(*requires, "verify", cwd=tmp_path).success()
    wisp(*requires, "set", ">=99", cwd=tmp_path).success()
    wisp(*requires, "unset", cwd=tmp_path).success()
    assert (tmp_path / "pixi.toml").read_text() == BASE
    for fault in ("x = [\n", "[workspace]\nrequires-pixi = '>1 y'\n"):
        (tmp_path / "pixi.toml").write_text(fault)
        refused = wisp(*requires, "verify", cwd=tmp_path)
        assert (refused.code, "this is a bug" in refused.stderr) == (1, False)


def test_tasks_without_packages_run_on_a_machine_nobody_declared(
    wisp: CommandLine, tmp_path: Path
) -> None:
    """Tasks are those of the first declared platform; the host that nobody declared has none."""
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["osx-64"]\n\n'
        '[activation.env]\nMARK = "set"\n\n[tasks]\nsay = "echo $MARK"\n\n'
        '[target.osx-64.tasks]\nmac = "echo mac"\n\n[target.unix.tasks]\nunix = "echo unix"\n\n'
        '[target.linux-64.tasks]\nlinux = "echo linux"\n'
    )
    for task, said in (("say", "set\n"), ("mac", "mac\n"), ("unix", "unix\n")):
        for options in ((), ("--frozen",), ("--no-install",)):
            done = wisp("run", *options, "-q", task, cwd=tmp_path, env=HERE)
            assert done.success().stdout == said
    assert wisp("run", "linux", cwd=tmp_path, env=HERE).code == 127
    assert not (tmp_path / ".pixi/envs").exists()


def test_edits_of_platforms_say_what_came_of_them(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(BASE)
    for words, said in (
        (("add", "linux-64"), "Platform linux-64 is already present; nothing to do"),
        (("add", "linux-64", "-f", "f"), "Added linux-64 to feature 'f'"),
        (("move", "win-64", "--to-top"), "Moved platform win-64"),
        (("edit", "linux-64", "--cuda", "12"), "Updated platform linux-64"),
    ):
        name, *rest = words
        done = wisp("workspace", "platform", name, "--no-install", *rest, cwd=tmp_path).success()
        assert f"✔ {said}\n" in done.stderr
    text = (tmp_path / "pixi.toml").read_text()
    assert '["win-64", { subdir = "linux-64", cuda = "12" }, "osx-arm64"]' in text
    assert '[feature.f]\nplatforms = ["linux-64-cuda-12"]\n' in text
