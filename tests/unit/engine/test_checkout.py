from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wisp.engine.checkout import Checkout, read_checkout

ORIGIN = "https://somebody:secret@example.org/team/app.git"
GIT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        ["git", *words], cwd=cwd, env=GIT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git("init", "--quiet", "--initial-branch", "topic/one", cwd=folder)
    git("remote", "add", "other", "https://example.org/other.git", cwd=folder)
    git("remote", "add", "origin", ORIGIN, cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message", "first", cwd=folder)
    return folder


def test_a_branch_is_followed_to_its_commit(repository: Path) -> None:
    (repository / "deep" / "below").mkdir(parents=True)
    found = read_checkout(repository / "deep" / "below")
    assert found == Checkout(git("rev-parse", "HEAD", cwd=repository), ORIGIN)


def test_packed_branches_are_found(repository: Path) -> None:
    git("pack-refs", "--all", cwd=repository)
    assert read_checkout(repository).revision == git("rev-parse", "HEAD", cwd=repository)


def test_a_commit_may_be_checked_out_without_a_branch(repository: Path) -> None:
    git("checkout", "--quiet", "--detach", cwd=repository)
    assert read_checkout(repository).revision == git("rev-parse", "HEAD", cwd=repository)


def test_a_worktree_has_a_commit_of_its_own(repository: Path, tmp_path: Path) -> None:
    git("worktree", "add", "--quiet", "-b", "two", str(tmp_path / "two"), cwd=repository)
    git("commit", "--quiet", "--allow-empty", "--message", "second", cwd=tmp_path / "two")
    found = read_checkout(tmp_path / "two")
    assert found == Checkout(git("rev-parse", "HEAD", cwd=tmp_path / "two"), ORIGIN)
    assert found.revision != read_checkout(repository).revision


def test_a_repository_without_commits_has_no_revision(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    assert read_checkout(tmp_path) == Checkout()


@pytest.mark.parametrize("head", ["ref: refs/../../secret", "ref: /secret", "secret", ""])
def test_a_head_that_leads_elsewhere_says_nothing(repository: Path, head: str) -> None:
    (repository / ".git" / "HEAD").write_text(head)
    assert read_checkout(repository).revision is None


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert read_checkout(tmp_path) == Checkout()
