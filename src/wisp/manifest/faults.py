"""Faults found while reading a manifest: noted by path, shown by line and column.

Readers raise a `Fault` that knows the keys leading to the wrong value. Only when it has to be
shown is the text scanned again for the place (`wisp.manifest.positions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from tomli import TOMLDecodeError

from wisp.errors import ManifestError, Place
from wisp.manifest.positions import Scan, ValuePath, line_and_column, scan
from wisp.manifest.slips import Slip, conflict, likely_mend
from wisp.manifest.syntax import Span
from wisp.values import dataclass

Mark = Literal["key", "value", "nothing"]


class Fault(Exception):  # noqa: N818 - it becomes a ManifestError before anybody sees it
    """Something wrong at one or several paths of a manifest.

    `mark` tells whether a path's key or its value is to be marked; of several the first in the
    text is. `mend` makes a hint of the value as it is written.
    """

    def __init__(
        self,
        message: str,
        *paths: ValuePath,
        mark: Mark = "value",
        hints: Iterable[str] = (),
        label: str = "",
        mend: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.paths = paths
        self.mark: Mark = mark
        self.hints = tuple(hints)
        self.label = label
        self.mend = mend


def did_you_mean(name: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return a hint that names the candidate nearest to a name, or none."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(candidates), n=1, cutoff=0.6)
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
        parent = scan(self.toml).root.find(path[:-1])
        span = parent.keys.get(str(path[-1])) if parent else None
        return f" ({self.file.name}, line {self.place(span[0]).line})" if span else ""

    def gap(self, offset: int) -> Place:
        """Return the place in front of a character, where something is missing or too much."""
        found = self.place(offset)
        return Place(found.file, found.line, found.column, length=0, text=self.whole)


def as_error(fault: Fault, source: SourceText) -> ManifestError:
    """Find the place of a fault."""
    spans = [] if fault.mark == "nothing" else _spans(fault, scan(source.toml))
    if not spans:
        return ManifestError(fault.message, hints=fault.hints, place=Place(str(source.file)))
    start, end = min(spans)
    place = source.place(start, end - start, fault.label)
    written = () if fault.mend is None else (fault.mend(source.toml[start:end]),)
    return ManifestError(fault.message, hints=(*fault.hints, *written), place=place)


def _spans(fault: Fault, found: Scan) -> list[Span]:
    spans = []
    for path in fault.paths:
        if fault.mark == "key":
            parent = found.root.find(path[:-1])
            span = parent.keys.get(str(path[-1])) if parent else None
        else:
            node = found.root.find(path)
            span = node.span if node else None
        if span is not None:
            spans.append(span)
    return spans


def syntax_error(error: TOMLDecodeError, source: SourceText) -> ManifestError:
    """Word a text that is no TOML; the spot is that of our own scan where it stops too."""
    marker = conflict(source.toml)
    if marker is not None:
        return _merge_conflict(marker, source)
    stop = scan(source.toml).stop
    if stop is not None and stop.first is not None:
        return _defined_twice(stop.offset, stop.first, source)
    offset = stop.offset if stop is not None else min(error.pos, len(source.toml))
    message = f"TOML syntax error: {error.msg[:1].lower()}{error.msg[1:]}"
    mend = likely_mend(Slip(source.toml, offset, error.msg))
    hints = () if mend is None else (mend,)
    place = source.place(offset)
    if stop is not None and stop.marked:
        return ManifestError(message, place=place, hints=hints)
    message += f", at line {place.line}, column {place.column}"
    return ManifestError(message, place=source.gap(offset), hints=hints)


def _merge_conflict(offset: int, source: SourceText) -> ManifestError:
    place = source.place(offset, len(source.toml))
    return ManifestError(
        "TOML syntax error: the file holds marks of a merge conflict",
        place=place,
        hints=(
            "keep one side of each conflict, or what you want of both, and delete the lines that "
            "begin with `<<<<<<<`, `=======` and `>>>>>>>`",
        ),
    )


def _defined_twice(offset: int, first: int, source: SourceText) -> ManifestError:
    second = source.place(offset)
    before = source.place(first)
    line = source.toml[source.toml.rfind("\n", 0, first) + 1 :].partition("\n")[0].strip()
    is_table = source.toml[offset : offset + 1] == "["
    what = "table" if is_table else "key"
    mend = "put all its keys under one header" if is_table else "keep one of them"
    return ManifestError(
        f"TOML syntax error: duplicate {what}",
        place=source.place(offset, second.length, "defined again here"),
        hints=(f"it is first defined in line {before.line}, `{line}`: {mend}",),
    )
