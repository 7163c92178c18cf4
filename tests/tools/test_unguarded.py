"""The tool that takes rules away: what a run of tests shows, and copies that are whole again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.unguarded.rules import ROOT, Change, chosen, read_rows
from tools.unguarded.trees import Tree
from tools.unguarded.trial import Verdict, run

TESTS = """\
import time
import pytest

def test_holds():
    pass

def test_fails():
    assert 1 == 2, "the attack\\nwent on"

def test_breaks():
    no_such_name

def test_skips():
    pytest.skip("no root")

@pytest.fixture
def broken():
    raise AssertionError("no home")

def test_before(broken):
    pass

@pytest.fixture
def kept():
    yield
    raise AssertionError("something changed")

def test_after(kept):
    pass

def test_waits():
    time.sleep(60)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree of one file of tests, with our own Python."""
    tree = Tree(tmp_path / "tree", tmp_path / "made")
    tree.folder.mkdir()
    tree.scratch.mkdir()
    (tree.folder / ".venv").symlink_to(sys.prefix)
    (tree.folder / "test_it.py").write_text(TESTS)
    return tree


@pytest.mark.parametrize(
    ("names", "verdict", "why"),
    [
        (["holds", "skips"], Verdict.PASSED, "1 passed"),
        (["holds", "fails"], Verdict.FAILED, "AssertionError: the attack"),
        (["fails", "breaks"], Verdict.BROKEN, "AssertionError: the attack"),
        (["skips"], Verdict.SKIPPED, "no root"),
        (["before"], Verdict.BROKEN, "before the test: failed on setup"),
        (["after"], Verdict.FAILED, "AssertionError: something changed"),
        (["missing"], Verdict.BROKEN, ""),
    ],
)
def test_only_a_test_that_fails_shows_anything(
    tree: Tree, names: list[str], verdict: Verdict, why: str
) -> None:
    trial = run(tree, [f"test_it.py::test_{name}" for name in names])
    assert trial.verdict is verdict, trial.said
    assert why in trial.why


def test_a_test_that_does_not_end_shows_nothing(tree: Tree) -> None:
    trial = run(tree, ["test_it.py::test_waits"], limit=2)
    assert (trial.verdict, trial.why) == (Verdict.BROKEN, "did not end in 2 s")


def test_a_copy_is_whole_again(tree: Tree) -> None:
    file = tree.folder / "test_it.py"
    before = file.stat().st_mtime_ns
    changes = [Change("test_it.py", "1 == 2", "1 == 1"), Change("test_it.py", "no_such", "such")]
    with tree.changed(changes):
        assert "1 == 1" in file.read_text()
        assert "    such_name" in file.read_text()
    assert file.read_text() == TESTS
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("find", ["assert 3", "def test"])
def test_a_change_that_does_not_fit_is_none(tree: Tree, find: str) -> None:
    with (
        pytest.raises(ValueError, match="not once"),
        tree.changed([Change("test_it.py", "1 == 2", "1"), Change("test_it.py", find, "x")]),
    ):
        pass
    assert (tree.folder / "test_it.py").read_text() == TESTS


def test_rows_are_chosen_by_number_and_kind() -> None:
    rows = read_rows()
    assert chosen(rows, []) == set(rows)
    assert chosen(rows, ["K6", "1"]) >= {1, 30}
    with pytest.raises(ValueError, match="K11"):
        chosen(rows, ["K11"])


@pytest.mark.slow
def test_a_rule_is_taken_away_from_what_the_tests_run() -> None:
    """The command line of the copy, not ours: row 8 is an installation."""
    command = [sys.executable, "-m", "tools.unguarded", "--quick", "8"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("1 failed without their rule, 0 did not\n")
