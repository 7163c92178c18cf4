"""Where the files of a workspace are, by kind of workspace and configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.context import SessionContext
from wisp.api.places import Places, places_of
from wisp.config.model import ConfigRequest
from wisp.manifest.read import load_text

TABLES = '[workspace]\nname = "shop"\nchannels = []\nplatforms = ["linux-64"]\n'
SCRIPT = '# /// script\n# requires-python = ">=3.11"\n# ///\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PIXI_CACHE_DIR": str(tmp_path / "cache")}


def folder_places(
    tmp_path: Path, environ: dict[str, str], overrides: dict[str, object] | None = None
) -> Places:
    manifest = load_text(TABLES, tmp_path / "shop" / "pixi.toml")
    return places_of(_session(environ, overrides), manifest)


def script_places(tmp_path: Path, environ: dict[str, str], origin: str | None = None) -> Places:
    manifest = load_text(SCRIPT, tmp_path / "tool.py", "script")
    return places_of(_session(environ), manifest, origin)


def _session(environ: dict[str, str], overrides: dict[str, object] | None = None) -> SessionContext:
    return SessionContext.of(ConfigRequest(environ=environ, overrides=overrides or {}))


def test_a_folder_keeps_everything_in_itself(tmp_path: Path, environ: dict[str, str]) -> None:
    places = folder_places(tmp_path, environ)
    home = tmp_path / "shop" / ".pixi"
    assert places.lock == tmp_path / "shop" / "pixi.lock"
    assert places.prefix("test") == home / "envs" / "test"
    assert places.detached is None
    assert {
        places.task_cache.parent,
        places.activation_cache.parent,
        places.solve_groups.parent,
    } == {home}


def test_detached_prefixes_are_told_apart_by_their_workspace(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    places = folder_places(tmp_path, environ, {"detached-environments": str(tmp_path / "away")})
    assert places.detached == places.environments
    assert places.environments.parent.parent == tmp_path / "away"
    assert places.environments.parent.name.startswith("shop-")
    assert places.usual_environments == tmp_path / "shop" / ".pixi" / "envs"


def test_a_folder_writes_its_lock_unasked(tmp_path: Path, environ: dict[str, str]) -> None:
    assert folder_places(tmp_path, environ).writes_lock_unasked


def test_a_script_has_one_prefix_below_the_cache(tmp_path: Path, environ: dict[str, str]) -> None:
    places = script_places(tmp_path, environ)
    assert places.prefix("default") == places.environments
    assert places.environments.is_relative_to(tmp_path / "cache")
    assert places.environments.name.startswith("tool-")
    assert (places.keeps_home, places.detached) == (False, None)


def test_a_script_writes_its_lock_unasked_only_where_there_is_one(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    places = script_places(tmp_path, environ)
    assert not places.writes_lock_unasked
    places.lock.write_text("")
    assert places.writes_lock_unasked
    assert places.lock_command == f"lock --script {tmp_path / 'tool.py'}"


def test_a_script_from_elsewhere_is_known_by_its_origin_and_has_no_lock(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    one, other = (script_places(tmp_path, environ, f"https://x/{name}.py") for name in "ab")
    assert one.environments != other.environments
    assert one.lock_command is None
