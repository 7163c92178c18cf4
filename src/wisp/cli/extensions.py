"""Commands of other people: executables named `pixi-NAME` on PATH or in Pixi's home."""

from __future__ import annotations

import os

from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PREFIX = "pixi-"


def _folders(environ: Mapping[str, str]) -> list[str]:
    home = environ.get("PIXI_HOME")
    if not home:
        home = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".pixi")
    return [*environ.get("PATH", "").split(os.pathsep), os.path.join(home, "bin")]


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """The executable behind an extension command, or None."""
    if not name or name.startswith("-") or os.sep in name:
        return None
    from shutil import which

    return which(_PREFIX + name, path=os.pathsep.join(_folders(environ)))


def installed(environ: Mapping[str, str]) -> list[str]:
    """Names of all extension commands, sorted."""
    found: set[str] = set()
    for folder in _folders(environ):
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_file() and os.access(entry, os.X_OK):
                found.add(os.path.splitext(entry.name)[0].removeprefix(_PREFIX))
    return sorted(found)


def unknown(word: str, names: Sequence[str], usage: str) -> UsageError:
    """Word that nothing is called so, and what may have been meant."""
    near = similar(word, names)
    tips = [f"tip: a similar subcommand exists: '{near}'"] if near else []
    return UsageError(
        f"unrecognized subcommand '{word}'",
        hints=(*tips, usage, "For more information, try '--help'."),
    )


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
