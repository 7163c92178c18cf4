"""Locking again solves what changed and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny import channel, tiny
from wisp.api.locks.locking import relock
from wisp.api.workspace import Workspace
from wisp.errors import SolveError
from wisp.report import Reporter
from wisp.solve.unpin import Unpin

PLATFORMS = ("linux-64", "osx-arm64")
FEATURES = ("red", "green", "blue")


class Solves(Reporter):
    """Notes what is solved."""

    def __init__(self) -> None:
        self.subjects: list[str] = []

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        if phase == "solving":
            self.subjects.append(subject)
        return 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    packages = [tiny("base"), tiny("extra", "1.0", "base"), *map(tiny, FEATURES)]
    rows = [f'[feature.{name}.dependencies]\n{name} = "*"\n' for name in FEATURES]
    environments = "".join(f'{name} = ["{name}"]\n' for name in FEATURES)
    root = tmp_path / "workspace"
    root.mkdir()
    url = channel(tmp_path / "channel", packages).as_uri()
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "rainbow"\nchannels = ["{url}"]\n'
        f'platforms = {list(PLATFORMS)}\n[dependencies]\nbase = "*"\n'
        + "".join(rows)
        + f"[environments]\n{environments}"
    )
    return root


def _lock(folder: Path, cache: Path) -> list[str]:
    solves = Solves()
    environ = {"HOME": str(cache.parent / "home"), "PIXI_CACHE_DIR": str(cache)}
    Workspace.open(folder, environ=environ, reporter=solves).lock()
    return sorted(solves.subjects)


def _units(*environments: str) -> list[str]:
    return sorted(f"environment '{e}' for {p}" for e in environments for p in PLATFORMS)


def test_a_dependency_of_one_feature_is_solved_in_its_environments_alone(
    folder: Path, tmp_path: Path
) -> None:
    assert _lock(folder, tmp_path / "cache") == _units("default", *FEATURES)
    manifest = folder / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('green = "*"', 'green = "*"\nextra = "*"', 1))
    assert _lock(folder, tmp_path / "cache") == _units("green")
    assert "extra-1.0" in (folder / "pixi.lock").read_text()


def test_a_lock_that_fits_asks_the_solver_nothing(folder: Path, tmp_path: Path) -> None:
    _lock(folder, tmp_path / "cache")
    before = (folder / "pixi.lock").stat()
    assert _lock(folder, tmp_path / "cache") == []
    after = (folder / "pixi.lock").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_stale_sources_are_refused_before_anything_is_solved(folder: Path, tmp_path: Path) -> None:
    _lock(folder, tmp_path / "cache")
    manifest = folder / "pixi.toml"
    manifest.write_text(
        manifest.read_text()
        .replace('red = "*"', 'red = "*"\nextra = "*"', 1)
        .replace('blue = "*"', 'blue = { path = "blue" }', 1)
        .replace("[dependencies]", 'preview = ["pixi-build"]\n[dependencies]', 1)
    )
    solves = Solves()
    environ = {"HOME": str(tmp_path / "home"), "PIXI_CACHE_DIR": str(tmp_path / "cache")}
    workspace = Workspace.open(folder, environ=environ, reporter=solves)
    with pytest.raises(SolveError, match="of environment 'blue' for platform 'linux-64'") as caught:
        workspace.lock(dry_run=True)
    assert "'blue' must be built from sources" in str(caught.value.causes[0])
    assert solves.subjects == []


def test_a_released_package_is_solved_again_though_the_lock_fits(
    folder: Path, tmp_path: Path
) -> None:
    environ = {"HOME": str(tmp_path / "home"), "PIXI_CACHE_DIR": str(tmp_path / "cache")}
    workspace = Workspace.open(folder, environ=environ)
    before = workspace.lock().lock
    solves = Solves()
    workspace.session.reporter = solves
    assert relock(workspace.opened, Unpin(("base",), frozenset({"green"}))).lock == before
    assert sorted(solves.subjects) == _units("green")
