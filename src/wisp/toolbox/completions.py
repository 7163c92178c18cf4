"""Completions of exposed tools, linked where shells of the user find them (behaviours §10)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from wisp.toolbox.home import ToolHome

#: Shell, where packages put completions, and how the file of a tool is called.
_SHELLS = (
    ("bash", "share/bash-completion/completions", "{}"),
    ("zsh", "share/zsh/site-functions", "_{}"),
    ("fish", "share/fish/vendor_completions.d", "{}.fish"),
)


def offer(home: ToolHome, prefix: Path, names: Iterable[str]) -> None:
    """Link the completions of tools that are exposed under their own names, and no others.

    Links into the prefix that are not wanted are removed. Nothing is done on Windows.
    """
    if os.name == "nt":
        return
    wanted = tuple(names)
    for shell, folder, pattern in _SHELLS:
        files = {pattern.format(name): prefix / folder / pattern.format(name) for name in wanted}
        _link_all(home.completions / shell, prefix, {n: f for n, f in files.items() if f.exists()})


def _link_all(folder: Path, prefix: Path, wanted: dict[str, Path]) -> None:
    present = {link.name: link.readlink() for link in _links(folder, prefix)}
    for name in present.keys() - wanted.keys():
        (folder / name).unlink(missing_ok=True)
    for name, file in wanted.items():
        if present.get(name) == file or (folder / name).exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(file)


def _links(folder: Path, prefix: Path) -> list[Path]:
    """Return the links of a folder that lead into a prefix."""
    with contextlib.suppress(OSError):
        links = [path for path in folder.iterdir() if path.is_symlink()]
        return [link for link in links if link.readlink().is_relative_to(prefix)]
    return []
