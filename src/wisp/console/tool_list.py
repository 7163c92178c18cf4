"""The listing of global tools, and the words for what was done to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wisp.console.sizes import human_size
from wisp.console.style import NAME, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import OutdatedTool, PackageRow, ToolChange, ToolContents, ToolRow
    from wisp.console.style import Paint

EMPTY = "No global environments found."
_HEADER = ["Package", "Version", "Build", "Size"]


def tool_list(
    rows: Sequence[ToolRow], states: Mapping[str, str] | None = None, paint: Paint = plain
) -> Iterator[str]:
    """Yield the lines of a tree of environments; `states` say what has just become of each."""
    for number, row in enumerate(rows, 1):
        is_last = number == len(rows)
        state = (states or {}).get(row.name)
        version = f": {row.version}" if row.is_obvious and row.version else ""
        shown = "" if state is None else f"({state})"
        yield f"{'└──' if is_last else '├──'} {paint(row.name, NAME)}{version} {shown}"
        for detail, follows in _details(row):
            branch = "├─" if follows else "└─"
            yield f"{'    ' if is_last else '│   '}{branch} {detail}"


def _details(row: ToolRow) -> Iterator[tuple[str, bool]]:
    """Yield what is told of an environment, and whether the branch goes on, as Pixi draws it."""
    if not row.is_obvious:
        shown = (
            name if version is None else f"{name} {version}" for name, version in row.dependencies
        )
        yield f"dependencies: {', '.join(shown)}", bool(row.exposed)
    exposed = (name if name == exe else f"{name} -> {exe}" for name, exe in row.exposed)
    yield f"exposes: {', '.join(exposed) or 'Nothing'}", bool(row.shortcuts)
    if row.shortcuts:
        yield f"shortcuts: {', '.join(row.shortcuts)}", False


def contents_list(name: str, contents: ToolContents, pattern: str | None = None) -> Iterator[str]:
    """Yield the lines of one environment: its packages and what else is known of it."""
    yield from package_list(f"The {name} environment", contents.rows, pattern)
    yield "Exposes:"
    yield ", ".join(contents.exposed) or "Nothing"
    yield "Channels:"
    yield ", ".join(contents.channels)
    if contents.platform is not None:
        yield f"Platform: {contents.platform}"


def package_list(whose: str, rows: Sequence[PackageRow], pattern: str | None) -> Iterator[str]:
    """Yield the lines that count packages and list them; `pattern` says which were chosen."""
    chosen = f" filtered by regex `{pattern}`" if pattern else ""
    yield f"{whose} has {len(rows)} packages{chosen}:"
    yield from _flush_left([_HEADER, *(_cells(row) for row in rows)])
    yield ""
    yield ""


def outdated_table(rows: Sequence[OutdatedTool]) -> Iterator[str]:
    """Yield the lines of a table of tools that are not the newest."""
    cells = ([r.environment, r.name, r.installed or "-", r.allowed, r.newest] for r in rows)
    return _flush_left([["Environment", "Package", "Installed", "Allowed", "Newest"], *cells])


def _flush_left(table: Sequence[Sequence[str]]) -> Iterator[str]:
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
