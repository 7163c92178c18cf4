"""Several commands at the same time, in one workspace or on one cache: nothing is lost."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.trees import content, differences
from tools.forge.build import DEFAULT_CACHE, Forge
from tools.forge.crowd import crowd

pytestmark = pytest.mark.slow


def at_once(wisp: CommandLine, *calls: tuple[Path, tuple[str, ...]]) -> list[str]:
    """Start commands together and wait for all; each has to succeed. Gives what they said."""
    running = [wisp.start(*words, cwd=folder) for folder, words in calls]
    said = [process.communicate(timeout=120) for process in running]
    codes = [process.returncode for process in running]
    assert codes == [0] * len(calls), said
    return [stdout for stdout, _ in said]


def make_workspace(folder: Path, channel: str, *dependencies: str) -> Path:
    folder.mkdir()
    rows = "\n".join(f'{name} = "*"' for name in dependencies)
    head = f'[workspace]\nname = "w"\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'
    (folder / "pixi.toml").write_text(f"{head}[dependencies]\n{rows}\n")
    return folder


@pytest.mark.parametrize("count", [2, 6])
def test_installs_of_one_workspace(cold_wisp: CommandLine, tmp_path: Path, count: int) -> None:
    channel = crowd(DEFAULT_CACHE, 60, 4).as_uri()
    folder = make_workspace(tmp_path / "ws", channel, "crowd")
    at_once(cold_wisp, *[(folder, ("install",))] * count)
    together = content(folder)
    shutil.rmtree(folder / ".pixi")
    cold_wisp("install", cwd=folder).success()
    assert differences(content(folder), together) == []


def test_two_workspaces_share_a_cold_cache(cold_wisp: CommandLine, tmp_path: Path) -> None:
    channel = crowd(DEFAULT_CACHE, 60, 4).as_uri()
    folders = [make_workspace(tmp_path / name, channel, "crowd") for name in ("one", "two")]
    at_once(cold_wisp, *[(folder, ("install",)) for folder in folders])
    for folder in folders:
        found = list((folder / ".pixi/envs/default/share").rglob("*.txt"))
        assert len(found) == 60 * 4


@pytest.mark.parametrize("count", [2, 6])
def test_additions_to_one_workspace(wisp: CommandLine, tmp_path: Path, count: int) -> None:
    names = [f"crowd-{number:03}" for number in range(count)]
    folder = make_workspace(tmp_path / "ws", crowd(DEFAULT_CACHE, 60, 4).as_uri())
    at_once(wisp, *[(folder, ("add", name)) for name in names])
    manifest = tomllib.loads((folder / "pixi.toml").read_text())
    assert manifest["dependencies"] == dict.fromkeys(names, ">=1.0,<2")
    wisp("install", "--locked", cwd=folder).success()
    assert sorted(path.name for path in (folder / ".pixi/envs/default/share").iterdir()) == names


def test_additions_beside_locking_and_installing(wisp: CommandLine, tmp_path: Path) -> None:
    """A command that waited for another judges the manifest as it is then."""
    folder = make_workspace(tmp_path / "ws", crowd(DEFAULT_CACHE, 60, 4).as_uri(), "crowd-050")
    others = [("lock",), ("install",), ("update",)]
    at_once(
        wisp,
        *[(folder, words) for words in others],
        *[(folder, ("add", f"crowd-{number:03}")) for number in range(3)],
    )
    wisp("install", "--locked", cwd=folder).success()
    assert len(list((folder / ".pixi/envs/default/share").iterdir())) == 4


def test_an_addition_beside_a_run(wisp: CommandLine, tmp_path: Path, forge: Forge) -> None:
    folder = make_workspace(tmp_path / "ws", forge.url, "greeter")
    wisp("install", cwd=folder).success()
    said = at_once(
        wisp, (folder, ("add", "six", "python")), *[(folder, ("run", "-q", "greeter"))] * 3
    )
    assert len({*said[1:]}) == 1
    wisp("install", "--locked", cwd=folder).success()
