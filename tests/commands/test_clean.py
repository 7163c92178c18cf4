"""`clean` removes what can be made again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Home
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked


@pytest.fixture
def folder(cold_wisp: CommandLine, tmp_path: Path) -> Path:
    root = tmp_path / "w"
    root.mkdir()
    url = channel(tmp_path / "channel", [tiny("one")]).as_uri()
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[dependencies]\none = "*"\n[feature.f.dependencies]\none = "*"\n'
        '[environments]\nf = ["f"]\n'
    )
    cold_wisp("install", "--all", cwd=root).success()
    return root


def test_prefixes_go_and_manifest_and_lock_stay(cold_wisp: CommandLine, folder: Path) -> None:
    before = {name: (folder / name).read_text() for name in ("pixi.toml", "pixi.lock")}
    assert "Removed" in cold_wisp("clean", cwd=folder).success().stderr
    assert not (folder / ".pixi/envs").exists()
    assert {name: (folder / name).read_text() for name in before} == before
    cold_wisp("install", cwd=folder).success()


def test_behind_a_link_that_was_accepted_all_goes_too(
    cold_wisp: CommandLine, folder: Path, tmp_path: Path
) -> None:
    with (folder / "pixi.toml").open("a") as manifest:
        manifest.write('[tasks]\nhi = { cmd = "echo hi", inputs = ["pixi.toml"] }\n')
    (folder / ".pixi").rename(tmp_path / "scratch")
    (folder / ".pixi").symlink_to(tmp_path / "scratch")
    cold_wisp("trust", cwd=folder).success()
    cold_wisp("run", "hi", cwd=folder).success()
    assert (tmp_path / "scratch/task-cache-v0").is_dir()
    assert "Removed" in cold_wisp("clean", cwd=folder).success().stderr
    assert {one.name for one in (tmp_path / "scratch").iterdir() if one.is_dir()} == set()


def test_one_environment_is_removed_alone(cold_wisp: CommandLine, folder: Path) -> None:
    cold_wisp("clean", "-e", "f", cwd=folder).success()
    assert [file.name for file in (folder / ".pixi/envs").iterdir()] == ["default"]


def test_an_environment_that_the_manifest_has_no_more_is_removed(
    cold_wisp: CommandLine, folder: Path
) -> None:
    manifest = folder / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('[environments]\nf = ["f"]\n', ""))
    cold_wisp("clean", "-e", "f", cwd=folder).success()
    assert [file.name for file in (folder / ".pixi/envs").iterdir()] == ["default"]
    assert cold_wisp("clean", "-e", "../w", cwd=folder).code == 1


def test_one_kind_of_cache_is_removed_alone(
    cold_wisp: CommandLine, cold_home: Home, folder: Path
) -> None:
    others = {file.name for file in cold_home.cache.iterdir()} - {"pkgs"}
    done = cold_wisp("clean", "cache", "--conda", cwd=folder).success()
    assert "Removed" in done.stderr
    assert {file.name for file in cold_home.cache.iterdir()} == others
    again = cold_wisp("clean", "cache", "--conda", cwd=folder).success()
    assert "was already clean" in again.stderr


def test_all_caches_go_where_somebody_says_yes(
    cold_wisp: CommandLine, cold_home: Home, folder: Path
) -> None:
    refused = cold_wisp("clean", "cache", cwd=folder)
    assert (refused.code, "not a terminal" in refused.stderr) == (1, True)
    assert cold_home.cache.exists()
    cold_wisp("clean", "cache", "--yes", cwd=folder).success()
    assert not cold_home.cache.exists()
    assert (folder / ".pixi/envs/default/share/one.txt").read_text() == "one 1.0\n"


def test_a_kind_of_cache_is_removed_where_a_variable_or_the_configuration_moved_it(
    cold_wisp: CommandLine, cold_home: Home, tmp_path: Path
) -> None:
    usual, packages, wheels = cold_home.cache / "pkgs", tmp_path / "packages", tmp_path / "wheels"
    for folder in (usual, packages, wheels):
        folder.mkdir(parents=True)
        (folder / "file").write_text("1")
    settings = cold_home.path / ".pixi/config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'[cache]\npypi-wheels = "{wheels}"\n')
    moved = {"PIXI_CACHE_CONDA_PACKAGES_DIR": str(packages)}
    cold_wisp("clean", "cache", "--conda", cwd=tmp_path, env=moved).success()
    assert (packages.exists(), wheels.exists(), usual.exists()) == (False, True, True)
    cold_wisp("clean", "cache", "--pypi", cwd=tmp_path).success()
    assert (wheels.exists(), usual.exists()) == (False, True)


def test_a_configuration_that_cannot_be_read_is_told_of_since_it_may_have_moved_caches(
    cold_wisp: CommandLine, cold_home: Home, tmp_path: Path
) -> None:
    settings = cold_home.path / ".pixi/config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[cache\n")
    clean = ("clean", "cache", "--conda")
    done = cold_wisp(*clean, cwd=tmp_path, env={"WISP_PIXI_COMPAT": "0.77"}).success()
    assert str(settings) in done.stderr
    refused = cold_wisp(*clean, cwd=tmp_path)
    assert refused.code == 1
    assert str(settings) in refused.stderr
