from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import git
from wisp.engine.checkout import Checkout, read_checkout

ORIGIN = "https://somebody:secret@example.org/team/app.git"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "topic/one")
    git(folder, "remote", "add", "other", "https://example.org/other.git")
    git(folder, "remote", "add", "origin", ORIGIN)
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "first")
    return folder


def test_a_branch_is_followed_to_its_commit(repository: Path) -> None:
    (repository / "deep" / "below").mkdir(parents=True)
    found = read_checkout(repository / "deep" / "below")
    assert found == Checkout(git(repository, "rev-parse", "HEAD"), ORIGIN)


def test_packed_branches_are_found(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    assert read_checkout(repository).revision == git(repository, "rev-parse", "HEAD")


def test_a_commit_may_be_checked_out_without_a_branch(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--detach")
    assert read_checkout(repository).revision == git(repository, "rev-parse", "HEAD")


def test_a_worktree_has_a_commit_of_its_own(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", "-b", "two", str(tmp_path / "two"))
    git(tmp_path / "two", "commit", "--quiet", "--allow-empty", "--message", "second")
    found = read_checkout(tmp_path / "two")
    assert found == Checkout(git(tmp_path / "two", "rev-parse", "HEAD"), ORIGIN)
    assert found.revision != read_checkout(repository).revision


def test_a_repository_without_commits_has_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert read_checkout(tmp_path) == Checkout()


@pytest.mark.parametrize("head", ["ref: refs/../../secret", "ref: /secret", "secret", ""])
def test_a_head_that_leads_elsewhere_says_nothing(repository: Path, head: str) -> None:
    (repository / ".git" / "HEAD").write_text(head)
    assert read_checkout(repository).revision is None


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert read_checkout(tmp_path) == Checkout()
