"""Caches go wherever they were moved to, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp import HostError, Session
from wisp.layout import CACHE_FOLDERS


class Machine:
    """A home folder, a root of caches, and a folder that is neither."""

    def __init__(self, path: Path) -> None:
        self.home, self.root, self.away = path / "home", path / "cache", path / "away"
        self.home.mkdir()
        self.environ = {"HOME": str(self.home)}
        self.filled(self.away)
        self.configure(f'root = "{self.root}"')

    def configure(self, *lines: str) -> None:
        """Write the table `cache` of the user's configuration."""
        file = self.home / ".pixi" / "config.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("[cache]\n" + "".join(line + "\n" for line in lines))

    def session(self, **environ: str) -> Session:
        """Start a session on this machine."""
        return Session.open(environ={**self.environ, **environ})

    @staticmethod
    def filled(folder: Path) -> Path:
        """Make a folder with a file of three bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "file").write_text("abc")
        return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_configured_root_counts(machine: Machine) -> None:
    packages, wheels = (machine.filled(machine.root / name) for name in ("pkgs", "uv-cache"))
    done = machine.session().clean_caches(["conda"])
    assert (done.freed, packages.exists(), wheels.exists()) == (3, False, True)


def test_each_kind_has_an_option_that_removes_its_folders_and_no_others(machine: Machine) -> None:
    kinds = Session.cache_kinds()
    removed: list[str] = []
    for kind in kinds:
        for name in CACHE_FOLDERS.values():
            machine.filled(machine.root / name)
        machine.session().clean_caches([kind])
        removed += [name for name in CACHE_FOLDERS.values() if not (machine.root / name).exists()]
    assert sorted([*removed, "envs"]) == sorted(CACHE_FOLDERS.values())


def test_one_off_environments_are_found_at_both_of_their_places(machine: Machine) -> None:
    usual = machine.filled(machine.root / "cached-envs-v0")
    session = machine.session(PIXI_CACHE_EXEC_ENVIRONMENTS_DIR=str(machine.away))
    assert session.clean_caches(["exec"]).freed == 6
    assert not usual.exists()
    assert not machine.away.exists()


def test_all_caches_go_with_the_moved_ones_and_their_root(machine: Machine) -> None:
    for name in (*CACHE_FOLDERS.values(), "unverified-packages-abc"):
        machine.filled(machine.root / name)
    done = machine.session(PIXI_CACHE_REPODATA_DIR=str(machine.away)).clean_caches()
    # The folder that `repodata` was moved away from has its usual name, and is nobody's now.
    assert done.kept == (str(machine.root / "repodata"),)
    assert not machine.away.exists()
    machine.session().clean_caches()
    assert not machine.root.exists()
    assert machine.session().clean_caches().untouched == (str(machine.root),)


def test_what_is_no_known_cache_stays_in_the_root(machine: Machine) -> None:
    letters = machine.filled(machine.root / "letters")
    machine.filled(machine.root / "pkgs")
    done = machine.session().clean_caches()
    assert (done.freed, done.kept) == (3, (str(letters),))
    assert [path.name for path in machine.root.iterdir()] == ["letters"]


def test_links_go_and_what_they_lead_to_stays(machine: Machine) -> None:
    inside = machine.filled(machine.root / "pkgs") / "link"
    inside.symlink_to(machine.away)
    (machine.root / "uv-cache").symlink_to(machine.away)
    machine.session().clean_caches()
    assert not machine.root.exists()
    assert (machine.away / "file").read_text() == "abc"


@pytest.mark.parametrize("place", ["home", "home/..", "home/.pixi/envs", "cache", "project"])
def test_a_folder_that_holds_more_than_a_cache_is_refused_before_anything_is_removed(
    machine: Machine, place: str
) -> None:
    machine.filled(machine.root / "pkgs")
    machine.filled(machine.home / ".pixi" / "envs")
    (machine.filled(machine.home.parent / "project") / "pixi.toml").touch()
    before = sorted(machine.home.parent.rglob("*"))
    session = machine.session(PIXI_CACHE_REPODATA_DIR=str(machine.home.parent / place))
    for kinds in (["conda", "repodata"], []):
        with pytest.raises(HostError, match="is not removed: it is set as a cache, but holds"):
            session.clean_caches(kinds)
    assert sorted(machine.home.parent.rglob("*")) == before


def test_a_cache_with_another_in_it_is_refused(machine: Machine) -> None:
    within = machine.filled(machine.away / "wheels")
    session = machine.session(
        PIXI_CACHE_REPODATA_DIR=str(machine.away), PIXI_CACHE_PYPI_WHEELS_DIR=str(within)
    )
    with pytest.raises(HostError):
        session.clean_caches(["repodata"])
    assert session.clean_caches(["pypi"]).freed == 3
