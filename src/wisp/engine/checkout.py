"""What a git checkout says of itself, read from its files: no git runs, and so no hook or filter.

Sources: gitrepository-layout(5); git-config(1), "Syntax"; git-pack-refs(1).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from wisp.patterns import pattern
from wisp.values import dataclass

_COMMIT = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = pattern(r"refs/[\w./+@-]+")
_SECTION = pattern(r'\[\s*(?P<name>[\w.-]+)(?:\s+"(?P<below>[^"]*)")?\s*\]')
_URL = pattern(r'url\s*=\s*"?(?P<url>[^"\s]+)"?')
#: Files of a repository that are read are small.
_LONGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Checkout:
    """The commit that is checked out, and the URL of the remote `origin`, credentials included."""

    revision: str | None = None
    origin: str | None = None


def read_checkout(folder: Path) -> Checkout:
    """Look at the repository that a folder lies in; without one nothing is known.

    Changes since the commit are not looked for.
    """
    with suppress(OSError, ValueError):
        found = _git_folder(folder)
        if found is not None:
            common = _common(found)
            return Checkout(_revision(found, common), _origin(common))
    return Checkout()


def _git_folder(folder: Path) -> Path | None:
    for parent in (folder, *folder.parents):
        git = parent / ".git"
        if git.is_dir():
            return git
        if git.is_file():  # of a worktree or a submodule
            return parent / _text(git).removeprefix("gitdir:").strip()
    return None


def _common(git: Path) -> Path:
    """Return the folder that all worktrees share."""
    note = git / "commondir"
    return git / _text(note).strip() if note.is_file() else git


def _revision(git: Path, common: Path) -> str | None:
    head = _text(git / "HEAD").strip()
    name = head.removeprefix("ref:").strip()
    if name == head:
        return head if _COMMIT.fullmatch(head) else None
    if not _REF.fullmatch(name) or ".." in name:
        return None
    for folder in (git, common):
        with suppress(OSError):
            text = _text(folder / name).strip()
            return text if _COMMIT.fullmatch(text) else None
    return _packed(common, name)


def _packed(common: Path, name: str) -> str | None:
    with suppress(OSError):
        for line in _text(common / "packed-refs").splitlines():
            commit, _, ref = line.partition(" ")
            if ref == name and _COMMIT.fullmatch(commit):
                return commit
    return None


def _origin(common: Path) -> str | None:
    inside = False
    for line in _text(common / "config").splitlines():
        section = _SECTION.match(line.strip())
        if section is not None:
            inside = (section["name"].lower(), section["below"]) == ("remote", "origin")
        elif inside and (found := _URL.match(line.strip())):
            return found["url"]
    return None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LONGEST).decode("utf-8")
