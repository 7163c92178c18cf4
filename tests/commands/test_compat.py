"""Other releases of Pixi than the usual one: what is written and said, and that all is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

GPU = '{ name = "gpu", platform = "linux-64", cuda = "12" }'
OLD, NEW = {"WISP_PIXI_COMPAT": "0.77"}, {"WISP_PIXI_COMPAT": "0.85"}


def workspace(folder: Path, forge: Forge, more: str = "") -> Path:
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\n{more}'
        f'platforms = ["linux-64", {GPU}]\n[tasks]\n'
        'release = "echo {{ pixi.version }}"\n'
        'roots = "echo $PIXI_PROJECT_ROOT-$PIXI_WORKSPACE_ROOT"\n'
    )
    return folder


def test_the_release_is_told_under_the_name_of_pixi(
    pixi: CommandLine, wisp: CommandLine, tmp_path: Path
) -> None:
    assert pixi("--version", cwd=tmp_path).success().stdout == "pixi 0.85.0\n"
    assert pixi("--version", cwd=tmp_path, env=OLD).success().stdout == "pixi 0.77.0\n"
    assert not wisp("--version", cwd=tmp_path, env=NEW).success().stdout.endswith("0.85.0\n")
    refused = pixi("--version", cwd=tmp_path, env={"WISP_PIXI_COMPAT": "newest"})
    assert refused.code == 1
    assert "'newest' is no release of Pixi that can be followed" in refused.stderr


def test_a_lock_of_either_level_is_up_to_date_at_the_other(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge)
    lock = folder / "pixi.lock"
    wisp("lock", cwd=folder, env=OLD).success()
    old = lock.read_text()
    assert "- name: p1\n" in old
    for level in (OLD, NEW):
        wisp("lock", "--check", cwd=folder, env=level).success()
        wisp("lock", cwd=folder, env=level).success()
        assert lock.read_text() == old

    lock.unlink()
    wisp("lock", "--compat", "0.85", cwd=folder).success()
    new = lock.read_text()
    assert "- name: gpu\n" in new
    for level in (OLD, NEW):
        wisp("lock", "--check", cwd=folder, env=level).success()
        wisp("lock", cwd=folder, env=level).success()
        assert lock.read_text() == new


def test_a_process_is_told_of_the_workspace_as_the_level_tells(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge)
    for _ in range(2):  # the second time from memory
        told = wisp("run", "-q", "roots", cwd=folder, env=OLD).success().stdout
        assert told == f"{folder}-\n"
        told = wisp("run", "-q", "roots", cwd=folder, env=NEW).success().stdout
        assert told == f"{folder}-{folder}\n"
        assert wisp("run", "-q", "release", cwd=folder, env=NEW).success().stdout == "0.85.0\n"


def test_the_active_workspace_has_two_names(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    one, other, elsewhere = tmp_path / "one", tmp_path / "other", tmp_path / "elsewhere"
    for folder in (one, other, elsewhere):
        folder.mkdir()
    newer = str(workspace(one, forge) / "pixi.toml")
    older = str(workspace(other, forge) / "pixi.toml")
    active = {"PIXI_IN_SHELL": "1", "PIXI_WORKSPACE_MANIFEST": newer}
    found = wisp("info", "--json", cwd=elsewhere, env=active).success()
    assert json.loads(found.stdout)["project_info"]["manifest_path"] == newer
    both = wisp("info", cwd=elsewhere, env=active | {"PIXI_PROJECT_MANIFEST": older}).success()
    assert newer in both.stdout
    assert (
        "Both `PIXI_WORKSPACE_MANIFEST` and `PIXI_PROJECT_MANIFEST` are set to different values; "
        "using `PIXI_WORKSPACE_MANIFEST`"
    ) in both.stderr


@pytest.mark.parametrize(
    ("wanted", "release"), [("<0.78", "0.77.0"), ("0.83.*", "0.83.0"), (">=0.80", "0.85.0")]
)
def test_what_a_manifest_requires_decides_where_nobody_asks(
    wisp: CommandLine, tmp_path: Path, forge: Forge, wanted: str, release: str
) -> None:
    folder = workspace(tmp_path, forge, f'requires-pixi = "{wanted}"\n')
    assert wisp("run", "-q", "release", cwd=folder).success().stdout == f"{release}\n"


def test_a_level_that_the_manifest_excludes_is_refused(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge, 'requires-pixi = ">=0.80"\n')
    refused = wisp("task", "list", cwd=folder, env=OLD)
    assert refused.code == 1
    assert "requires pixi '>=0.80', but you have pixi 0.77.0" in refused.stderr


def test_platforms_are_written_in_the_words_of_the_level(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge)
    add = ("workspace", "platform", "add", "--no-install")
    wisp(*add, "mac=osx-64", "--macos", "13", cwd=folder, env=NEW).success()
    text = (folder / "pixi.toml").read_text()
    assert 'subdir = "osx-64"' in text
    assert GPU in text
