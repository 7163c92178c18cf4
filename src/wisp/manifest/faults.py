"""Faults found while reading a manifest: noted by path, shown by line and column.

Readers raise a `Fault` that knows the keys leading to the wrong value. Only when it has to be
shown is the text scanned again for the place (`wisp.manifest.placing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from wisp.errors import Place
from wisp.specs.controls import ValuePath as ValuePath
from wisp.specs.similarity import closest
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Mark = Literal["key", "value", "nothing"]


class Fault(Exception):  # noqa: N818 - it becomes a ManifestError before anybody sees it
    """Something wrong at one or several paths of a manifest.

    `mark` tells whether a path's key or its value is to be marked; of several the first in the
    text is. `mend` makes a hint of the value as it is written. `inside` is the stretch of a text
    that is meant, if it is not all of the value: where it begins, and its length.
    """

    def __init__(
        self,
        message: str,
        *paths: ValuePath,
        mark: Mark = "value",
        hints: Iterable[str] = (),
        label: str = "",
        mend: Callable[[str], str] | None = None,
        inside: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.paths = paths
        self.mark: Mark = mark
        self.hints = tuple(hints)
        self.label = label
        self.mend = mend
        self.inside = inside


def did_you_mean(name: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return a hint that names the candidate nearest to a name, or none."""
    near = closest(name, candidates)
    return (f"Did you mean '{near[0]}'?",) if near else ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """A TOML text and the file it stands in, which for scripts is a bigger text.

    `first_line` counts the lines of the file above the TOML, `indent` the characters in front of
    each of its lines.
    """

    file: Path
    toml: str
    whole: str
    first_line: int = 0
    indent: int = 0

    def place(self, offset: int, length: int = 1, label: str = "") -> Place:
        """Return the place of a stretch of the TOML, cut at the end of its line."""
        line, column = line_and_column(self.toml, offset)
        rest = self.toml[offset:].partition("\n")[0]
        return Place(
            str(self.file),
            line + self.first_line,
            column + self.indent,
            length=max(1, min(length, len(rest))),
            text=self.whole,
            label=label,
        )

    def line_of(self, path: ValuePath) -> str:
        """Word the line in which a table begins, in brackets; nothing where it has none."""
        from wisp.manifest.positions import scan

        parent = scan(self.toml).root.find(path[:-1])
        span = parent.keys.get(str(path[-1])) if parent else None
        return f" ({self.file.name}, line {self.place(span[0]).line})" if span else ""

    def gap(self, offset: int) -> Place:
        """Return the place in front of a character, where something is missing or too much."""
        found = self.place(offset)
        return Place(found.file, found.line, found.column, length=0, text=self.whole)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Turn an offset into a line and a column, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
