"""The listing of global tools, and the words for what was done to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from wisp.console.sizes import human_size

if TYPE_CHECKING:
    from wisp import PackageRow, ToolChange, ToolContents, ToolRow

EMPTY = "No global environments found."
_HEADER = ["Package", "Version", "Build", "Size"]


def tool_list(rows: Sequence[ToolRow], states: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the lines of a tree of environments; `states` say what has just become of each."""
    for number, row in enumerate(rows, 1):
        is_last = number == len(rows)
        state = (states or {}).get(row.name)
        version = "" if row.version is None else f": {row.version}"
        shown = "" if state is None else f"({state})"
        yield f"{'└──' if is_last else '├──'} {row.name}{version} {shown}"
        details = _details(row)
        for place, detail in enumerate(details, 1):
            branch = "└─" if place == len(details) else "├─"
            yield f"{'    ' if is_last else '│   '}{branch} {detail}"


def _details(row: ToolRow) -> list[str]:
    details = []
    if not row.is_obvious:
        shown = (
            name if version is None else f"{name} {version}" for name, version in row.dependencies
        )
        details.append(f"dependencies: {', '.join(shown)}")
    exposed = (name if name == exe else f"{name} -> {exe}" for name, exe in row.exposed)
    details.append(f"exposes: {', '.join(exposed) or 'Nothing'}")
    if row.shortcuts:
        details.append(f"shortcuts: {', '.join(row.shortcuts)}")
    return details


def contents_list(name: str, contents: ToolContents) -> Iterator[str]:
    """Yield the lines of one environment: its packages and what else is known of it."""
    yield f"The {name} environment has {len(contents.rows)} packages:"
    yield from short_table(contents.rows)
    yield ""
    yield ""
    yield "Exposes:"
    yield ", ".join(contents.exposed) or "Nothing"
    yield "Channels:"
    yield ", ".join(contents.channels)
    if contents.platform is not None:
        yield f"Platform: {contents.platform}"


def short_table(rows: Sequence[PackageRow]) -> Iterator[str]:
    """Yield the lines of a table of packages, all columns flush left."""
    table = [_HEADER, *(_cells(row) for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    for cells in table:
        pairs = zip(cells, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in pairs).rstrip()


def _cells(row: PackageRow) -> list[str]:
    size = "" if row.size_bytes is None else human_size(row.size_bytes)
    return [row.name, row.version or "", row.build or "", size]


def told(change: ToolChange) -> str:
    """Say what was changed."""
    where, names = change.environment, change.names
    if change.kind.startswith("environment"):
        verb = change.kind.removeprefix("environment ").capitalize()
        return f"{verb} environment {where}."
    if change.kind == "package updated":
        name, old, new = names
        return f"Updated package {name} {old} -> {new} in environment {where}."
    if change.kind == "package added":
        return f"Added package {names[0]} to environment {where}."
    if change.kind == "package removed":
        return f"Removed package {names[0]} from environment {where}."
    verb = "Exposed" if change.kind == "exposed" else "Removed exposed"
    noun = "executable"
    if change.kind.startswith("shortcut"):
        verb, noun = change.kind.removeprefix("shortcut ").capitalize(), "shortcut"
    if len(names) == 1:
        return f"{verb} {noun} {names[0]} from environment {where}."
    rows = "".join(f"\n   - {name}" for name in names)
    return f"{verb} {noun}s from environment {where}:{rows}"
