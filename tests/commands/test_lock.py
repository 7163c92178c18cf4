"""`lock` says what it did, why it had to, and fails where it was only to look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

HEAD = '[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n[dependencies]\n'


@pytest.fixture
def workspace(tmp_path: Path, forge: Forge) -> Path:
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(HEAD.format(url=forge.url) + 'attrs = "*"\n')
    return tmp_path


def test_a_second_lock_changes_nothing(workspace: Path, wisp: CommandLine) -> None:
    wisp("lock", cwd=workspace).success()
    before = (workspace / "pixi.lock").stat()
    assert "already up-to-date" in wisp("lock", cwd=workspace).success().stderr
    after = (workspace / "pixi.lock").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_tells_why_the_lock_is_stale_and_dry_run_leaves_it(
    workspace: Path, wisp: CommandLine
) -> None:
    wisp("lock", cwd=workspace).success()
    text = (workspace / "pixi.lock").read_text()
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('attrs = "*"', 'attrs = "<24"'))
    result = wisp("lock", "--check", "--dry-run", cwd=workspace)
    assert result.code == 1
    assert "the requirement 'attrs <24' could not be satisfied" in result.stderr
    assert (workspace / "pixi.lock").read_text() == text


def test_reasons_are_data_under_our_own_name_only(
    workspace: Path, wisp: CommandLine, pixi: CommandLine
) -> None:
    answer = json.loads(wisp("lock", "--dry-run", "--json", cwd=workspace).success().stdout)
    assert set(answer) == {"version", "environment", "reasons"}
    wisp("lock", cwd=workspace).success()
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + 'click = "*"\n')
    answer = json.loads(wisp("lock", "--dry-run", "--json", cwd=workspace).success().stdout)
    (reason,) = answer["reasons"]
    assert (reason["kind"], reason["level"]) == ("RequirementUnmet", "conda")
    assert (reason["environment"], reason["platform"]) == ("default", "linux-64")
    answer = json.loads(pixi("lock", "--dry-run", "--json", cwd=workspace).success().stdout)
    assert set(answer) == {"version", "environment"}


def test_one_more_requirement_keeps_the_versions_of_the_others(
    workspace: Path, wisp: CommandLine
) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('attrs = "*"', 'attrs = "<24"'))
    wisp("lock", cwd=workspace).success()
    manifest.write_text(manifest.read_text().replace('attrs = "<24"', 'attrs = "*"\nclick = "*"'))
    wisp("lock", cwd=workspace).success()
    lock = (workspace / "pixi.lock").read_text()
    assert "attrs-23.2.0" in lock
    assert "click-8.1.7" in lock


def test_update_lets_go_of_what_is_named_and_keeps_the_rest(
    workspace: Path, wisp: CommandLine
) -> None:
    manifest = workspace / "pixi.toml"
    old = 'attrs = "<24"\nclick = "<8.1"'
    manifest.write_text(manifest.read_text().replace('attrs = "*"', old))
    wisp("lock", cwd=workspace).success()
    manifest.write_text(manifest.read_text().replace(old, 'attrs = "*"\nclick = "*"'))
    wisp("update", "attrs", cwd=workspace).success()
    lock = (workspace / "pixi.lock").read_text()
    assert "attrs-24.2.0" in lock
    assert "click-8.0.4" in lock


def test_update_of_an_unknown_package_names_the_nearest(workspace: Path, wisp: CommandLine) -> None:
    wisp("lock", cwd=workspace).success()
    result = wisp("update", "atrs", cwd=workspace)
    assert result.code == 1
    assert "did you mean 'attrs'?" in result.stderr


def test_check_tells_that_only_the_format_is_older(tmp_path: Path, wisp: CommandLine) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
    )
    (tmp_path / "pixi.lock").write_text(
        "version: 6\nenvironments:\n  default:\n    channels: []\n    packages: {}\npackages: []\n"
    )
    refused = wisp("lock", "--check", cwd=tmp_path)
    assert refused.code == 1
    assert refused.stderr.startswith("Error:")
    assert "its format is 6, the newest is 7" in refused.stderr
