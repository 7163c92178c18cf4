"""Reads what is exposed and carries steps out, each of which appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from wisp.engine.files import is_there, refusal, replace_in, sweep_drafts
from wisp.engine.safe.folder import opened
from wisp.engine.trees import remove_tree
from wisp.toolbox.home import ToolHome
from wisp.toolbox.launcher import program, read_launch
from wisp.toolbox.shims import Present, Step, Steps
from wisp.trust import found_bytes

_DRAFT = ".wisp-draft"


def exposed_names(home: ToolHome, prefix: Path) -> tuple[str, ...]:
    """Return the names that start something in a prefix, by their configurations, sorted."""
    base = os.fspath(prefix) + os.sep
    found = []
    for file in sorted(home.configurations.glob("*.json")):
        launch = read_launch(_content(file))
        if launch is not None and launch.exe.startswith(base):
            found.append(file.stem)
    return tuple(found)


def present(home: ToolHome, names: Iterable[str]) -> dict[str, Present]:
    """Read what is there under names."""
    return {
        name: Present(_content(_configuration(home, name)), _content(home.exposed / name))
        for name in names
    }


def launcher(home: ToolHome) -> bytes | None:
    """Read the program of all names."""
    return _content(home.launcher)


def carry_out(home: ToolHome, steps: Steps) -> None:
    """Make the changes, in their order. Raises `HostError` where the system refuses."""
    for folder in (home.exposed, home.configurations):
        sweep_drafts(folder)
    for step in steps.steps:
        try:
            _carry_out(home, step)
        except OSError as error:
            raise refusal("expose", home.exposed / step.name, error) from error


def _carry_out(home: ToolHome, step: Step) -> None:
    if step.kind == "launcher":
        # All names are this file: what damaged it has damaged them, and none would be known as
        # ours once it is another. It is moved there whole: running tools read the old one on.
        twins = _twins(home)
        _put(home.launcher, program())
        home.launcher.chmod(0o755)
        for twin in twins:
            _link(home.launcher, twin)
    elif step.kind == "configure":
        assert step.launch is not None
        _put(_configuration(home, step.name), step.launch.text().encode())
    elif step.kind == "link":
        _link(home.launcher, home.exposed / step.name)
    else:
        (home.exposed / step.name).unlink(missing_ok=True)
        _configuration(home, step.name).unlink(missing_ok=True)


def _put(file: Path, content: bytes) -> None:
    """Put a file of ours in place of whatever is there; to write into a pipe would take forever."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with opened(file.parent) as folder:
        replace_in(folder, file.name, content)


def _twins(home: ToolHome) -> list[Path]:
    """Return the names that hold just what the program of all names does."""
    old = _content(home.launcher)
    if old is None:
        return []
    size = len(old)
    names = [path for path in home.exposed.iterdir() if path.is_file() and not path.is_symlink()]
    return [path for path in names if path.stat().st_size == size and _content(path) == old]


def _link(source: Path, target: Path) -> None:
    """Put a hard link, or a copy where the file system has none, in place of what is there."""
    draft = target.with_name(f".{target.name}.{os.getpid()}{_DRAFT}")
    draft.unlink(missing_ok=True)
    try:
        try:
            os.link(source, draft)
        except OSError:
            shutil.copy2(source, draft)
        draft.replace(target)
    finally:
        # Two links to one file are not renamed onto each other: the draft is still there.
        draft.unlink(missing_ok=True)


def remove_lost(home: ToolHome) -> tuple[str, ...]:
    """Remove names that are our program and start nothing, as copies do; return them."""
    if not is_there(home.exposed):
        return ()
    lost = [one for one in _twins(home) if not _configuration(home, one.name).exists()]
    for path in lost:
        path.unlink(missing_ok=True)
    return tuple(sorted(path.name for path in lost))


def remove_prefix(prefix: Path) -> None:
    """Remove an environment. Raises `HostError` where the system refuses."""
    with contextlib.suppress(FileNotFoundError):
        try:
            remove_tree(prefix)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise refusal("remove", prefix, error) from error


def _configuration(home: ToolHome, name: str) -> Path:
    return home.configurations / f"{name}.json"


def _content(file: Path) -> bytes | None:
    try:
        return found_bytes(file)
    except OSError:
        return None
