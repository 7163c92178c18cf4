"""The table of packages that `list` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wisp.console.sizes import human_size

if TYPE_CHECKING:
    from wisp import PackageRow

#: Columns of numbers, which are flush right.
_NUMBERS = frozenset({"size", "build-number", "timestamp"})
_GAP = "  "


def package_table(rows: Sequence[PackageRow], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table with a header; no line ends in blanks."""
    table = [[_title(column) for column in columns]]
    table += [[_cell(row, column) for column in columns] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    for cells in table:
        aligned = (
            cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        )
        yield _GAP.join(aligned).rstrip()


def _title(column: str) -> str:
    return " ".join(word.capitalize() for word in column.split("-"))


def _cell(row: PackageRow, column: str) -> str:
    if column == "size":
        return "" if row.size_bytes is None else human_size(row.size_bytes)
    value = getattr(row, column.replace("-", "_"))
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
