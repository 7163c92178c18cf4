"""Where nothing may be written: a prefix that others have made, and no home for caches."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result
from tests.tiny import channel, tiny

pytestmark = [
    pytest.mark.forked,
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to mount folders"
    ),
]
KEPT = "is not kept, since the cache"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    url = channel(tmp_path / "channel", [tiny("one", "1.0"), tiny("two", "1.0")]).as_uri()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\n'
        'platforms = ["linux-64", "linux-aarch64"]\n[dependencies]\none = "*"\n'
    )
    return folder


def read_only(
    wisp: CommandLine, folder: Path, words: Sequence[str], cwd: Path, **variables: str
) -> Result:
    """Run a command while a folder is mounted so that even root cannot write to it."""
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$2"'
    command = ["sh", "-c", f'{mount} && shift 2 && exec "$@"', "sh", str(folder), str(cwd)]
    done = subprocess.run(
        ["unshare", "-m", *command, str(wisp.executable), *words],
        env={name: value for name, value in wisp.environment(variables).items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"no mounts here: {done.stderr.strip()}")
    return Result(tuple(words), done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("words", [("install",), ("install", "--frozen"), ("install", "--all")])
def test_where_nothing_is_to_do_nothing_need_be_written(
    wisp: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    wisp("install", cwd=workspace).success()
    marker = workspace / ".pixi" / "envs" / "default" / "conda-meta" / "pixi"
    marker.write_text(marker.read_text().replace('"pixi_version"', '"other_version"'))
    done = read_only(wisp, workspace, words, workspace)
    assert "has been installed" in done.success().stderr


def test_a_checkout_that_nobody_writes_to_has_detached_environments(
    wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    wisp("lock", cwd=workspace).success()
    away = ("detached-environments", str(tmp_path / "away"))
    wisp("config", "set", "--global", *away, cwd=tmp_path).success()
    done = read_only(wisp, workspace, ("install", "--locked"), workspace).success()
    assert "has been installed" in done.stderr
    assert "one" in read_only(wisp, workspace, ("list",), workspace).success().stdout
    ran = read_only(
        wisp, workspace, ("run", "sh", "-c", "cat $CONDA_PREFIX/share/one.txt"), workspace
    )
    assert ran.success().stdout == "one 1.0\n"
    assert not (workspace / ".pixi").exists()


def test_who_may_not_write_to_a_checkout_is_told_of_detached_environments(
    wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    wisp("lock", cwd=workspace).success()
    detach = "config set --global detached-environments"
    for words in (("install", "--locked"), ("run", "true")):
        refused = read_only(wisp, workspace, words, workspace)
        assert refused.code == 1
        assert f"  help: `wisp {detach} FOLDER` keeps environments elsewhere\n" in refused.stderr
    wisp(*detach.split(), str(tmp_path / "away"), cwd=tmp_path).success()
    read_only(wisp, workspace, ("run", "true"), workspace).success()


def test_doctor_tells_which_folder_cannot_be_written_to(wisp: CommandLine, workspace: Path) -> None:
    def told(folder: Path) -> tuple[str, str]:
        done = read_only(wisp, folder, ("doctor", "--json"), workspace)
        (row,) = (one for one in json.loads(done.stdout) if one["subject"] == "folders")
        return row["state"], f"{row['found']}: {row['advice']}"

    wisp("install", cwd=workspace).success()
    assert told(workspace / ".pixi" / "envs" / "default" / "share")[0] == "good"
    detach = (
        "; `wisp config set --global detached-environments FOLDER` keeps environments elsewhere"
    )
    for path, state, more in (
        (workspace, "doubtful", detach),
        (workspace / ".pixi" / "envs", "broken", ""),
    ):
        assert told(path) == (
            state,
            f"`{path}` cannot be written to: "
            f"the file system of `{path}` is mounted read-only: use a folder elsewhere{more}",
        )


def test_what_has_to_change_there_is_refused_by_its_name(
    wisp: CommandLine, workspace: Path
) -> None:
    wisp("install", cwd=workspace).success()
    done = read_only(wisp, workspace, ("reinstall", "one"), workspace)
    assert done.code == 1
    assert "could not write `" in done.stderr
    assert "conda-meta/.pixi-environment-fingerprint`" in done.stderr
    assert "Read-only file system" in done.stderr
    assert " is mounted read-only: use a folder elsewhere\n" in done.stderr


def test_without_a_place_for_caches_all_is_done_and_said_once(
    wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    home, scratch = wisp.home.path, tmp_path / "scratch"
    scratch.mkdir()
    (workspace / "same.toml").hardlink_to(workspace / "pixi.toml")  # written in place
    homeless = {"PIXI_CACHE_DIR": "", "XDG_CACHE_HOME": "", "TMPDIR": str(scratch)}
    for words in (("install",), ("add", "two"), ("exec", "--spec", "one", "true")):
        more = () if words[0] != "exec" else ("-c", (tmp_path / "channel").as_uri())
        asked = (words[0], *more, *words[1:])
        done = read_only(wisp, home, asked, workspace, **homeless).success()
        assert done.stderr.count(KEPT) == 1
        assert str(home / ".cache") in done.stderr
        left = [path.name for path in scratch.iterdir()]
        assert len(left) == (words[0] == "exec"), left  # the command has taken wisp's place
    assert 'two = ">=1.0,<2"' in (workspace / "same.toml").read_text()
    read_only(wisp, home, ("search", "two"), workspace, **homeless).success()
    read_only(wisp, home, ("add", "two=1.0"), workspace, **homeless).success()
    assert list(scratch.iterdir()) == []
    assert (
        "No global environments found."
        in read_only(wisp, home, ("global", "list"), workspace, **homeless).success().stdout
    )
