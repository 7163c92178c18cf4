"""What helps who is not let read or write somewhere, by whose files are in the way."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wisp.rights import way_to_write, ways_to_read

NOBODY = 65534


REFUSED = PermissionError(13, "Permission denied")


def reading(path: Path) -> str:
    return " | ".join(ways_to_read(path, REFUSED))


def as_nobody(path: Path, ask: Callable[[Path], str] = way_to_write) -> str:
    """Ask in a process that has become another user."""
    heard, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.seteuid(NOBODY)
        os.write(writing, ask(path).encode())
        os._exit(0)
    os.close(writing)
    with open(heard, encoding="utf-8") as said:
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


def test_what_one_has_closed_oneself_is_opened_by_ones_own_word(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    assert reading(file) == f"it is yours: `chmod u+r '{file}'` lets you read it"
    assert reading(tmp_path) == f"it is yours: `chmod u+rx {tmp_path}` lets you read it"
    assert ways_to_read(file, FileNotFoundError(2, "No such file or directory")) == ()


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

    def test_who_may_let_others_read_is_named(self, open_folder: Path) -> None:
        file = open_folder / "pixi.lock"
        file.touch()
        os.chown(file, 4321, 4321)
        told = f"`{file}` belongs to user 4321, who can let the group read it: `chmod g+r {file}`"
        assert reading(file) == as_nobody(file, reading) == told
        inner = open_folder / "closed"
        inner.mkdir(mode=0o700)
        os.chown(inner, 4321, 4321)
        told = (
            f"`{inner}` belongs to user 4321, who can let the group read it: `chmod g+rx {inner}`"
        )
        assert as_nobody(inner / "x" / "y", reading) == told

    def test_what_sudo_has_closed_in_ones_own_folder_is_asked_back(self, open_folder: Path) -> None:
        file = open_folder / "pixi.lock"
        file.touch(0o600)
        os.chown(open_folder, NOBODY, NOBODY)
        told = f'run `sudo chown -R "$(id -u):$(id -g)" {file}`'
        assert as_nobody(file, reading).endswith(told)
