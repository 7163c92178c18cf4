"""Commands that only look solve what is stale in memory: no file of the workspace changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked

LOOKS = [
    ("list",),
    ("list", "--json"),
    ("tree",),
    ("lock", "--check"),
    ("workspace", "export", "conda-explicit-spec", "out"),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    source = channel(tmp_path / "chan", [tiny("base"), tiny("other")])
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{source}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\nbase = "*"\n'
    )
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """All files but those that an export was asked to write."""
    found = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return {name: content for name, content in names.items() if not name.startswith("out/")}


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_without_a_lock_none_is_written_and_the_second_answer_is_the_first(
    workspace: Path, wisp: CommandLine, words: tuple[str, ...]
) -> None:
    (workspace / "out").mkdir()
    before = files(workspace)
    first = wisp(*words, cwd=workspace)
    assert files(workspace) == before
    assert first.code == int("--check" in words)
    assert wisp(*words, cwd=workspace) == first


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_a_stale_lock_stays_and_what_would_be_locked_is_shown(
    workspace: Path, wisp: CommandLine, words: tuple[str, ...]
) -> None:
    wisp("lock", cwd=workspace).success()
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + 'other = "*"\n')
    (workspace / "out").mkdir()
    before = files(workspace)
    result = wisp(*words, cwd=workspace)
    assert files(workspace) == before
    exported = "".join(path.read_text() for path in (workspace / "out").iterdir())
    assert "other" in result.stdout + result.stderr + exported
    if "--check" not in words:
        assert "not locked yet" in result.success().stderr


def test_a_lock_that_fits_is_shown_without_a_word(workspace: Path, wisp: CommandLine) -> None:
    wisp("lock", cwd=workspace).success()
    assert wisp("lock", "--check", cwd=workspace).code == 0
    assert "not locked yet" not in wisp("list", cwd=workspace).success().stderr


@pytest.mark.parametrize(
    "words",
    [("global", "list"), ("global", "list", "--json"), ("global", "outdated")],
    ids=" ".join,
)
def test_a_look_at_tools_writes_nothing_into_an_empty_home(
    tmp_path: Path, cold_wisp: CommandLine, words: tuple[str, ...]
) -> None:
    cold_wisp(*words, cwd=tmp_path).success()
    assert files(cold_wisp.home.path) == {}


def test_why_what_is_shown_is_not_locked(wisp: CommandLine, tmp_path: Path) -> None:
    url = channel(tmp_path / "channel", [tiny("one"), tiny("two")]).as_uri()
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(
        f'[workspace]\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n[dependencies]\none = "*"\n'
    )
    assert "there is no lock file" in wisp("tree", cwd=tmp_path).success().stderr
    wisp("lock", cwd=tmp_path).success()
    manifest.write_text(manifest.read_text() + 'two = "*"\n')
    assert "does not fit the manifest" in wisp("tree", cwd=tmp_path).success().stderr


@pytest.mark.parametrize("words", [("list",), ("lock", "--check"), ("lock",), ("install",)])
def test_where_nothing_suits_it_is_said_why_the_lock_does_not_count(
    workspace: Path, wisp: CommandLine, words: tuple[str, ...]
) -> None:
    wisp("lock", cwd=workspace).success()
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + 'none = "*"\n')
    refused = wisp(*words, cwd=workspace)
    assert refused.code == 1
    why = "help: the lock file is not taken as it is: the dependencies of environment 'default' for"
    assert why in refused.stderr
    assert "because the requirement 'none *' could not be satisfied" in refused.stderr
    assert ("help: `wisp list --frozen` shows what the lock file has\n" in refused.stderr) == (
        words == ("list",)
    )
    wisp("list", "--frozen", cwd=workspace).success()
    edited = wisp("add", "neither", cwd=workspace)
    assert (edited.code, "the lock file is not taken" in edited.stderr) == (1, False)


def test_where_nothing_suits_a_lock_of_an_older_format_is_said_to_be_one(
    workspace: Path, wisp: CommandLine
) -> None:
    wisp("lock", cwd=workspace).success()
    lock = workspace / "pixi.lock"
    old = lock.read_text().replace("version: 7", "version: 6")
    lock.write_text(re.sub(r"(?m)^platforms:\n(?:- .*\n|  .*\n)*", "", old))
    (workspace.parent / "chan" / "noarch" / "repodata.json").unlink()
    refused = wisp("lock", "--check", cwd=workspace)
    assert "its format is 6, the newest is 7\n" in refused.stderr
