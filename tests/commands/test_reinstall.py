"""`reinstall` puts packages into place again: those named, or all; others stay untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked


@pytest.fixture
def folder(wisp: CommandLine, tmp_path: Path) -> Path:
    root = tmp_path / "w"
    root.mkdir()
    url = channel(tmp_path / "channel", [tiny("one"), tiny("two")]).as_uri()
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[dependencies]\none = "*"\ntwo = "*"\n'
    )
    wisp("install", cwd=root).success()
    for name in ("one", "two"):
        shared(root, name).unlink()
        shared(root, name).write_text("spoiled")
    return root


def shared(root: Path, name: str) -> Path:
    return root / ".pixi/envs/default/share" / f"{name}.txt"


def test_a_named_package_is_put_back_and_others_are_left(wisp: CommandLine, folder: Path) -> None:
    done = wisp("reinstall", "one", cwd=folder).success()
    assert "The default environment has been re-installed." in done.stderr
    assert shared(folder, "one").read_text() == "one 1.0\n"
    assert shared(folder, "two").read_text() == "spoiled"


def test_without_a_name_everything_is_put_back(wisp: CommandLine, folder: Path) -> None:
    wisp("reinstall", cwd=folder).success()
    assert [shared(folder, name).read_text() for name in ("one", "two")] == [
        "one 1.0\n",
        "two 1.0\n",
    ]


def test_an_unknown_package_is_refused_with_a_near_one(wisp: CommandLine, folder: Path) -> None:
    done = wisp("reinstall", "onne", cwd=folder)
    assert done.code == 1
    assert "package 'onne' is not part of environment 'default'" in done.stderr
    assert "did you mean 'one'?" in done.stderr
    assert shared(folder, "one").read_text() == "spoiled"


def test_an_unknown_environment_is_refused(wisp: CommandLine, folder: Path) -> None:
    done = wisp("reinstall", "-e", "nowhere", cwd=folder)
    assert done.code == 1
    assert "nowhere" in done.stderr
