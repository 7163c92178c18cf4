"""Commands that only look: the second answer is given at once, and never when it would differ."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

LOOKS = [
    ("info",),
    ("info", "--json"),
    ("list",),
    ("list", "--json", "-e", "test"),
    ("list", "--frozen"),
    ("list", "--locked", "--no-install"),
    ("tree", "-i", "greeter"),
    ("tree", "--frozen"),
    ("workspace", "channel", "list"),
    ("workspace", "environment", "list"),
    ("workspace", "platform", "list", "--json"),
]


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        '[dependencies]\ngreeter = "2.*"\n[environments]\ntest = []\n'
    )
    wisp("install", cwd=folder).success()
    time.sleep(0.1)  # the clock moves on, so that files can be known by their times
    return folder


def was_quick(wisp: CommandLine, *words: str, cwd: Path) -> bool:
    return "wisp.cli.main" not in wisp.imported(*words, cwd=cwd)


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_it_is_said_again_in_the_same_words(
    wisp: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    first = wisp(*words, cwd=workspace).success()
    assert was_quick(wisp, *words, cwd=workspace)
    assert wisp(*words, cwd=workspace) == first


def _manifest(workspace: Path) -> None:
    path = workspace / "pixi.toml"
    path.write_text(path.read_text().replace('name = "w"', 'name = "other"'))


def _lock(workspace: Path) -> None:
    path = workspace / "pixi.lock"
    os.utime(path, (1_000_000_000, 1_000_000_000))


def _configuration(workspace: Path) -> None:
    (workspace / ".pixi/config.toml").write_text('default-channels = ["x"]\n')


@pytest.mark.parametrize("change", [_manifest, _lock, _configuration])
def test_what_changed_is_looked_at_again(
    wisp: CommandLine, workspace: Path, change: Callable[[Path], None]
) -> None:
    before = wisp("info", cwd=workspace).success()
    change(workspace)
    assert not was_quick(wisp, "info", cwd=workspace)
    assert wisp("info", cwd=workspace).success().stdout != before.stdout


def _package(workspace: Path) -> None:
    next((workspace / ".pixi/envs/default/conda-meta").glob("greeter-2*.json")).unlink()


@pytest.mark.parametrize("change", [_manifest, _lock, _configuration, _package])
def test_what_changed_is_looked_at_again_though_the_lock_counts_as_it_is(
    wisp: CommandLine, workspace: Path, change: Callable[[Path], None]
) -> None:
    words = ("list", "--frozen", "--no-install")
    wisp(*words, cwd=workspace).success()
    assert was_quick(wisp, *words, cwd=workspace)
    change(workspace)
    assert not was_quick(wisp, *words, cwd=workspace)


def test_colours_options_and_variables_make_other_answers(
    wisp: CommandLine, workspace: Path
) -> None:
    wisp("list", cwd=workspace).success()
    assert was_quick(wisp, "list", cwd=workspace)
    for words, variables in (
        (("list", "--frozen"), {}),
        (("-v", "list"), {}),
        (("list",), {"FORCE_COLOR": "1"}),
        (("list",), {"CONDA_OVERRIDE_CUDA": "99"}),
        (("list",), {"PIXI_FROZEN": "true"}),
    ):
        assert "wisp.cli.main" in wisp.imported(*words, cwd=workspace, env=variables)


def test_the_module_can_be_run(wisp: CommandLine, workspace: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wisp", "run", "printenv", "PIXI_EXE"],
        cwd=workspace,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, Path(done.stdout.strip()).name) == (0, "wisp")
