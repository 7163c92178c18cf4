"""What helps who is not let write somewhere, by whose files are in the way."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wisp.engine.rights import way_to_write

NOBODY = 65534


def as_nobody(path: Path) -> str:
    """Ask in a process that has become another user."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.seteuid(NOBODY)
        os.write(writing, way_to_write(path).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as said:
        answer = said.read()
    os.waitpid(child, 0)
    return answer


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_of_ones_own_the_permissions_are_asked_for(tmp_path: Path) -> None:
    assert way_to_write(tmp_path / "x") == f"check the permissions of `{tmp_path}`"
    assert way_to_write(tmp_path / "x" / "y") == f"check the permissions of `{tmp_path / 'x'}`"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
class TestOfOthers:
    """Roots and strangers, as root can make them."""

    def test_what_sudo_left_in_ones_own_folder_is_asked_back_whole(self, open_folder: Path) -> None:
        mine = open_folder / "my project"
        (mine / ".pixi" / "envs").mkdir(parents=True)
        (mine / "pixi.lock").touch()
        os.chown(mine, NOBODY, NOBODY)
        hint = as_nobody(mine / ".pixi" / "envs" / "default")
        assert hint.endswith(f"run `sudo chown -R \"$(id -u):$(id -g)\" '{mine / '.pixi'}'`")
        assert hint.startswith(f"`{mine / '.pixi'}` belongs to `root`")
        assert as_nobody(mine / "pixi.lock").startswith(f"`{mine / 'pixi.lock'}` belongs to `root`")
        assert as_nobody(mine / "new") == f"check the permissions of `{mine}`"

    def test_what_was_never_ones_own_is_not_asked_back(self, open_folder: Path) -> None:
        spot = open_folder / "x"
        assert as_nobody(spot).startswith(f"`{open_folder}` belongs to `root`: only who")
        os.chown(open_folder, 4321, 4321)
        told = f"`{open_folder}` belongs to user 4321: only who may write there can do that"
        assert way_to_write(spot) == as_nobody(spot) == told
