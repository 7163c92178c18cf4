"""The table of what changed between two locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import Difference, PackageChange

Cells = tuple[str, str, str, str]
#: Blanks between the columns.
_GAP = 2


def lock_changes(difference: Difference) -> str:
    """Return the table, without a final line end; empty where nothing changed."""
    blocks = [_rows(name, platforms) for name, platforms in difference.environments.items()]
    rows = [row for block in blocks for row in (("", "", "", ""), *block)][1:]
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) + _GAP for column in range(3)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[3]
        for row in rows
    )


def _rows(name: str, platforms: Mapping[str, Sequence[PackageChange]]) -> list[Cells]:
    """Return the lines of an environment: what all its platforms share, then the rest of each."""
    cells = {
        platform: [_cells(change) for change in changes] for platform, changes in platforms.items()
    }
    shared = set.intersection(*(set(lines) for lines in cells.values()))
    first = next(iter(cells.values()))
    rows = [(f"Environment: {name}", "", "", ""), *(line for line in first if line in shared)]
    for platform, lines in cells.items():
        own = [line for line in lines if line not in shared]
        if own:
            rows += [(f"Platform: {name}:{platform}", "", "", ""), *own]
    return rows


def _cells(change: PackageChange) -> Cells:
    """Return the columns of a line: sign, kind and name, what was or is, arrow, what is."""
    sign = "+" if change.before is None else "-" if change.after is None else "~"
    first = f"  {sign} ({change.kind}) {change.name}"
    was, now = change.shown_before, change.shown_after
    return (first, was or now, "", "") if not (was and now) else (first, was, "->", now)
