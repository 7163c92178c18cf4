"""What programs look for that know environments of conda."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text

pytestmark = pytest.mark.forked


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = channel(tmp_path / "channel", [tiny("one", files=(text("share/one.txt", "one"),))])
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{made.as_uri()}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\none = "*"\n[environments]\ntest = []\n'
    )
    return folder


def listing(wisp: CommandLine) -> Path:
    return wisp.home.path / ".conda" / "environments.txt"


def test_a_list_that_exists_is_kept(wisp: CommandLine, root: Path) -> None:
    file = listing(wisp)
    file.parent.mkdir()
    file.write_text("/opt/conda\n")
    for _ in range(2):
        wisp("install", "--all", cwd=root).success()
        envs = root / ".pixi/envs"
        rows = ["/opt/conda", str(envs / "default"), str(envs / "test")]
        assert sorted(file.read_text().splitlines()) == sorted(rows)
        wisp("reinstall", cwd=root).success()
    wisp("clean", "-e", "test", cwd=root).success()
    assert file.read_text().splitlines() == ["/opt/conda", str(envs / "default")]
    wisp("clean", cwd=root).success()
    assert file.read_text() == "/opt/conda\n"


def test_without_one_the_configuration_decides(wisp: CommandLine, root: Path) -> None:
    wisp("install", cwd=root).success()
    assert not listing(wisp).exists()
    wisp("config", "set", "--global", "conda-environments-txt", "true", cwd=root).success()
    wisp("install", "-e", "test", cwd=root).success()
    assert listing(wisp).read_text() == f"{root}/.pixi/envs/test\n"
    wisp("config", "set", "--global", "conda-environments-txt", "false", cwd=root).success()
    wisp("clean", cwd=root).success()
    assert listing(wisp).read_text() == f"{root}/.pixi/envs/test\n"


def test_a_list_that_cannot_be_written_hinders_nothing(wisp: CommandLine, root: Path) -> None:
    listing(wisp).mkdir(parents=True)
    wisp("config", "set", "--global", "conda-environments-txt", "true", cwd=root).success()
    done = wisp("install", cwd=root).success()
    assert "environments.txt` was not changed" in done.stderr


def test_an_environment_has_a_history(wisp: CommandLine, root: Path) -> None:
    wisp("install", cwd=root).success()
    assert (root / ".pixi/envs/default/conda-meta/history").is_file()
