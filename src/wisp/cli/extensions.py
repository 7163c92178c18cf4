"""Commands of other people: executables named `pixi-NAME` on PATH or in Pixi's home."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path


def _folders(environ: Mapping[str, str]) -> list[str]:
    home = environ.get("PIXI_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".pixi")
    return [*environ.get("PATH", "").split(os.pathsep), str(Path(home) / "bin")]


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """The executable behind an extension command, or None."""
    if not name or name.startswith("-") or os.sep in name:
        return None
    return shutil.which(f"pixi-{name}", path=os.pathsep.join(_folders(environ)))


def installed(environ: Mapping[str, str]) -> list[str]:
    """Names of all extension commands, sorted."""
    found: set[str] = set()
    for folder in map(Path, _folders(environ)):
        if folder.is_dir():
            found |= {
                path.stem.removeprefix("pixi-")
                for path in folder.glob("pixi-*")
                if os.access(path, os.X_OK) and path.is_file()
            }
    return sorted(found)


def similar(word: str, names: Iterable[str]) -> str | None:
    """The name nearest to a mistyped word by Jaro similarity, if any is above 0.6."""
    score, name = max(((jaro(word, name), name) for name in names), default=(0.0, ""))
    return name if score > 0.6 else None


def jaro(left: str, right: str) -> float:
    """Jaro similarity of two words, from 0 (nothing alike) to 1 (equal)."""
    if not left or not right:
        return float(left == right)
    window = max(max(len(left), len(right)) // 2 - 1, 0)
    taken = [False] * len(right)
    matched_left: list[str] = []
    for index, letter in enumerate(left):
        for other in range(max(0, index - window), min(len(right), index + window + 1)):
            if not taken[other] and right[other] == letter:
                taken[other] = True
                matched_left.append(letter)
                break
    if not matched_left:
        return 0.0
    matched_right = [letter for letter, hit in zip(right, taken, strict=True) if hit]
    moved = sum(a != b for a, b in zip(matched_left, matched_right, strict=True)) / 2
    count = len(matched_left)
    return (count / len(left) + count / len(right) + (count - moved) / count) / 3
