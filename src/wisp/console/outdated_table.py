"""The table that `outdated` prints: a row for each package, wherever it is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.console.package_reasons import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import OutdatedPackage

_TITLES = ("Name", "Kind", "Locked", "Allowed", "Newest", "Held back by")
_GAP = "  "


def outdated_table(packages: Sequence[OutdatedPackage]) -> Iterator[str]:
    """Yield the lines of a table; the place stands in it where rows are not about all places."""
    merged: dict[tuple[str, ...], list[OutdatedPackage]] = {}
    for one in packages:
        merged.setdefault(_cells(one), []).append(one)
    everywhere = {(one.environment, one.platform) for one in packages}
    rows = [
        (*cells, "" if len(same) == len(everywhere) else places(same))
        for cells, same in merged.items()
    ]
    titles = (*_TITLES, "Where" if any(row[-1] for row in rows) else "")
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(cells).rstrip()


def _cells(one: OutdatedPackage) -> tuple[str, ...]:
    held = ", ".join(f"{hold.requirement} ({hold.by or 'the manifest'})" for hold in one.held_by)
    if not held and one.allowed != one.newest:
        held = "other packages"
    return (one.name, one.kind, one.locked, one.allowed, one.newest, held)
