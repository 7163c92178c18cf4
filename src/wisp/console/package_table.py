"""The table of packages that `list` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.console.sizes import human_size
from wisp.console.style import HEADING, KINDS, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import PackageRow
    from wisp.console.style import Paint

#: Columns of numbers, which are flush right.
_NUMBERS = frozenset({"size", "build-number", "timestamp"})
_GAP = "  "


def package_table(
    rows: Sequence[PackageRow], columns: Sequence[str], paint: Paint = plain
) -> Iterator[str]:
    """Yield the lines of a table with a header; no line ends in blanks.

    Names have the colour of their kind, in bold where the manifest asks for the package.
    """
    table = [[_title(column) for column in columns]]
    table += [[_cell(row, column) for column in columns] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    for row, cells in zip((None, *rows), table, strict=True):
        aligned = [
            cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        ]
        aligned[-1] = aligned[-1].rstrip()
        painted = (_painted(row, *cell, paint) for cell in zip(columns, aligned, strict=True))
        yield _GAP.join(painted).rstrip()


def _painted(row: PackageRow | None, column: str, cell: str, paint: Paint) -> str:
    """Give a cell its colour; the blanks that fill it up stay without."""
    text = cell.strip()
    if not text or not (row is None or column in ("name", "kind")):
        return cell
    code = HEADING if row is None else KINDS[row.kind]
    if row is not None and column == "name" and row.is_explicit:
        code = f"1;{code}"
    return cell.replace(text, paint(text, code), 1)


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
