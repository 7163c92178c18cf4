"""A copy of the source tree whose tests run the copy, whatever is changed in it."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.forge.build import DEFAULT_CACHE
from tools.unguarded.rules import ROOT, Change

#: What is no source, or made anew by whoever needs it.
_LEFT_OUT = (".git", ".venv", ".cache", ".*_cache", ".hypothesis", "site", "build", "dist")


@dataclass(frozen=True, slots=True)
class Tree:
    """The copy, with a virtual environment of its own, and a folder beside it for what tests make.

    That folder is no part of the copy, so no test finds the `pyproject.toml` above it.
    """

    folder: Path
    scratch: Path

    @property
    def python(self) -> Path:
        """The interpreter to which `wisp` is the copy, and beside which its launcher stands."""
        return self.folder / ".venv" / "bin" / "python"

    def environment(self) -> dict[str, str]:
        """What tests in the copy see: our variables, and the channels of our tree."""
        return {
            "FORGE_CACHE": str(DEFAULT_CACHE),
            **os.environ,
            "PYTEST_DEBUG_TEMPROOT": str(self.scratch),
            # No test needs one, and to load them costs more than most tests.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }

    @contextmanager
    def changed(self, changes: Sequence[Change]) -> Iterator[None]:
        """Hold `changes` in the copy; raises `ValueError` if one does not fit its file."""
        before: dict[Path, tuple[str, os.stat_result]] = {}
        try:
            for change in changes:
                file = self.folder / change.file
                text = file.read_text("utf-8")
                before.setdefault(file, (text, file.stat()))
                file.write_text(change.applied(text), "utf-8")
            yield
        finally:
            for file, (text, status) in before.items():
                file.write_text(text, "utf-8")
                # The time tells Python that what it has compiled meanwhile is of another text.
                os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def make_tree(place: Path) -> Tree:
    """Copy the tree into the empty folder `place`; costs a second or two."""
    tree = Tree(place / "tree", place / "made")
    tree.scratch.mkdir(parents=True)
    shutil.copytree(ROOT, tree.folder, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    venv.create(tree.folder / ".venv", with_pip=False, symlinks=True)
    _see_packages(tree)
    _write_programs(tree)
    return tree


def _see_packages(tree: Tree) -> None:
    """Let the copy's Python import the copy first, and all packages of ours after it.

    Files `.pth` of a folder that is named in one are not read: ours of an editable `wisp` is none.
    """
    ours = sysconfig.get_path("purelib")
    theirs = sysconfig.get_path("purelib", vars={"base": str(tree.folder / ".venv")})
    Path(theirs, "unguarded.pth").write_text(f"{tree.folder / 'src'}\n{ours}\n", "utf-8")


def _write_programs(tree: Tree) -> None:
    """Put beside the copy's Python what tests look for there."""
    programs = tree.python.parent
    for name in ("uv", "uvx"):
        (programs / name).symlink_to(Path(sys.executable).with_name(name))
    launcher = (tree.folder / "bin" / "wisp").read_text("utf-8")
    wisp = programs / "wisp"
    wisp.write_text(f"#!{tree.python}\n{launcher.partition(chr(10))[2]}", "utf-8")
    wisp.chmod(0o755)
    (programs / "pixi").symlink_to("wisp")
