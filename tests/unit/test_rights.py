"""What helps who is not let read or write somewhere, by whose files are in the way."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wisp import rights
from wisp.rights import way_to_write, ways_on, ways_to_read
from wisp.trust import user_name

NOBODY = 65534


REFUSED = PermissionError(13, "Permission denied")


def reading(path: Path) -> str:
    return " | ".join(ways_to_read(path, REFUSED))


def unsure(path: Path) -> str:
    """Ask as who was refused nobody knows what."""
    return " | ".join(ways_on(PermissionError(13, "Permission denied", str(path))))


def as_nobody(path: Path, ask: Callable[[Path], str] = way_to_write) -> str:
    """Ask in a process that has become another user."""
    heard, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, ask(path).encode())
        finally:
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
        folder = Path(name).resolve()
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


def test_an_entry_of_an_open_folder_is_sought_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel.json").touch()
    assert unsure(Path("kernel.json")) == ""
    assert ways_on(PermissionError(13, "Permission denied")) == ()
    assert ways_on(FileNotFoundError(2, "No such file or directory", str(tmp_path))) == ()


def test_what_may_be_read_is_not_to_be_opened_for_reading(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "new", tmp_path / "file"):
        assert unsure(path) == f"check the permissions of `{tmp_path}`"


def test_where_a_link_leads_is_told_and_no_command(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    (tmp_path / "folder").symlink_to("there")
    (tmp_path / "link").symlink_to("there/file")
    (tmp_path / "lost").symlink_to("there/absent/file")
    us = user_name(os.geteuid())
    real = tmp_path / "there"
    for name, led in (("folder/file", "file"), ("link", "file"), ("folder/x/../file", "file")):
        path = tmp_path / name
        told = f"`{os.path.normpath(path)}` leads to `{real / led}`, which belongs to {us}"
        assert reading(path) == way_to_write(path) == told
    for name, led in (("folder/new", "new"), ("lost", "absent/file")):
        path = tmp_path / name
        told = f"`{path}` leads to `{real / led}`, where `{real}` belongs to {us}"
        assert reading(path) == way_to_write(path) == told


def test_words_are_found_where_we_stand_in_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert way_to_write("x") == reading(Path("x")) == "check the permissions of `x`"


def test_files_without_owners_lead_to_no_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no module `pwd`, and says that all is user 0's."""
    monkeypatch.setattr(rights, "_OWNED", False)
    monkeypatch.setitem(sys.modules, "pwd", None)
    assert way_to_write(tmp_path / "x") == f"check the permissions of `{tmp_path}`"
    assert reading(tmp_path / "x") == ""
    assert unsure(tmp_path / "x") == f"check the permissions of `{tmp_path}`"


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

    def test_a_link_gives_no_file_of_the_system_away(self, open_folder: Path) -> None:
        mine, system = open_folder / "ws", open_folder / "system"
        mine.mkdir()
        system.mkdir()
        (system / "config.toml").touch(0o600)
        (mine / ".pixi").symlink_to(system)
        (mine / "pixi.lock").symlink_to(system / "config.toml")
        for path in (mine, mine / ".pixi", mine / "pixi.lock"):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        for path in (mine / ".pixi" / "config.toml", mine / "pixi.lock"):
            told = f"`{path}` leads to `{system / 'config.toml'}`, which belongs to `root`"
            assert {as_nobody(path, ask) for ask in (way_to_write, reading, unsure)} == {told}

    def test_links_of_the_system_itself_lead_nobody_astray(self, open_folder: Path) -> None:
        user = open_folder / "var" / "user"
        user.mkdir(parents=True)
        (user / "root's").touch(0o600)
        os.chown(user, NOBODY, NOBODY)
        (open_folder / "home").symlink_to("var")
        told = 'run `sudo chown -R "$(id -u):$(id -g)" '
        assert told in as_nobody(open_folder / "home" / "user" / "root's", reading)

    def test_a_link_into_a_closed_folder_is_worded(self, open_folder: Path) -> None:
        closed, link = open_folder / "closed", open_folder / "pixi.toml"
        closed.mkdir()
        (closed / "pixi.toml").touch()
        link.symlink_to("closed/pixi.toml")
        for path in (closed, link):
            os.chown(path, 4321, 4321, follow_symlinks=False)
        closed.chmod(0)
        target = closed / "pixi.toml"
        told = f"`{link}` leads to `{target}`, where `{closed}` belongs to user 4321"
        assert {as_nobody(link, ask) for ask in (way_to_write, reading, unsure)} == {told}

    def test_a_file_that_one_has_closed_to_oneself_is_named_itself(self, open_folder: Path) -> None:
        file = open_folder / "pixi.lock"
        file.touch(0o444)
        for path in (open_folder, file):
            os.chown(path, NOBODY, NOBODY)
        assert as_nobody(file) == f"check the permissions of `{file}`"
        assert as_nobody(file, unsure) == f"check the permissions of `{file}`"
        file.chmod(0)
        assert "lets you read it" in as_nobody(file, unsure)
