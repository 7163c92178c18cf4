"""Where in the text of a lock a value stands. Asked only once something is wrong with it.

Blocks are told apart by their indentation alone, as the text is one that the reader has understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.lock.yaml import is_ignored
from wisp.lock.yaml_scalars import quoted_end, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.lock.getters import Key


def position(text: str, path: Sequence[Key]) -> tuple[int, int]:
    """Return line and column, from 1, of what `path` leads to, or of the last of it that is there.

    That is where its key stands, or, in a list, the value itself.
    """
    blocks = _Blocks(text)
    at, column = shown = 0, 0
    for key in path:
        found = blocks.item(at, column, key) if isinstance(key, int) else None
        found = found or blocks.entry(at, column, str(key))
        if found is None:
            break
        shown, value = found
        if value is None:
            break
        at, column = value
    return blocks.number(shown[0]), shown[1] + 1


def deepest(text: str) -> int:
    """Return the line, from 1, on which most is begun inside of something else."""
    depths = [_indent(line) + line.count("[") + line.count("{") for line in text.split("\n")]
    return depths.index(max(depths)) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class _Blocks:
    """The lines that count; a spot is one of them and a column, from 0."""

    def __init__(self, text: str) -> None:
        self._lines = [
            (number, line.removeprefix("\ufeff").rstrip("\r"))
            for number, line in enumerate(text.split("\n"), 1)
            if not is_ignored(line)
        ]

    def number(self, at: int) -> int:
        return self._lines[at][0] if self._lines else 1

    def entry(
        self, at: int, column: int, key: str
    ) -> tuple[tuple[int, int], tuple[int, int] | None] | None:
        """Return where a key of the mapping at a spot stands, and where its value begins."""
        for row, rest in self._of_block(at, column):
            name, value = _pair(rest)
            if name == key and not _is_item(rest):
                below = None if value else self._below(row, column, with_items=True)
                return (row, column), below
        return None

    def item(
        self, at: int, column: int, number: int
    ) -> tuple[tuple[int, int], tuple[int, int] | None] | None:
        """Return where an item of the sequence at a spot stands, twice where it is on its line."""
        items = (found for found in self._of_block(at, column) if _is_item(found[1]))
        for count, (row, rest) in enumerate(items):
            if count == number:
                inner = rest[1:].lstrip(" ")
                spot = row, column + len(rest) - len(inner)
                begun = spot if inner else self._below(row, column, with_items=False)
                return begun or (row, column), begun
        return None

    def _of_block(self, at: int, column: int) -> Iterator[tuple[int, str]]:
        """Yield the lines with which entries of the block at a spot begin, without what is left."""
        for row in range(at, len(self._lines)):
            line = self._lines[row][1]
            if row > at and _indent(line) < column:
                return
            if row == at or _indent(line) == column:
                yield row, line[column:]

    def _below(self, row: int, column: int, *, with_items: bool) -> tuple[int, int] | None:
        """Return where the block below a line begins."""
        if row + 1 >= len(self._lines):
            return None
        line = self._lines[row + 1][1]
        depth = _indent(line)
        nested = depth > column or (with_items and depth == column and _is_item(line[depth:]))
        return (row + 1, depth) if nested else None


def _is_item(rest: str) -> bool:
    return rest.startswith("- ") or rest == "-"


def _pair(rest: str) -> tuple[str, str]:
    """Split an entry of a mapping; the value is empty where it stands below."""
    end = quoted_end(rest) if rest[:1] in ("'", '"') else -1
    if end > 0:
        key, value = unquote(rest[:end]), rest[end:].lstrip()[1:]
    else:
        key, colon, value = rest.partition(": ")
        key = key if colon else rest.rstrip().removesuffix(":")
    value = value.strip()
    return key, "" if value.startswith("#") else value
