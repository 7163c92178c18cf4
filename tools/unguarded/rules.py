"""The list of attacks, and the rules against them with what stands there when one is off."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SECURITY = Path("tests", "security")


@dataclass(frozen=True, slots=True)
class Row:
    """An attack of `rows.toml`; `test` is the one that holds it, none where it is kept."""

    number: int
    kind: str
    title: str
    test: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A text that occurs once in a file of the tree, and what takes its place."""

    file: str
    find: str
    put: str

    def applied(self, text: str) -> str:
        """Give the changed text; raises `ValueError` unless `find` occurs once in it."""
        if (count := text.count(self.find)) != 1:
            raise ValueError(f"{self.file} has {count} times, not once: {self.find}")
        return text.replace(self.find, self.put)


@dataclass(frozen=True, slots=True)
class Rule:
    """What takes one rule away, wherever it stands, and the rows whose test has to fail then.

    `test` is one case where a test with several holds more than these rows.
    """

    rows: tuple[int, ...]
    changes: tuple[Change, ...]
    test: str = ""


def read_rows(root: Path = ROOT) -> dict[int, Row]:
    """Read the list of attacks, by number."""
    text = (root / _SECURITY / "rows.toml").read_text("utf-8")
    return {row["number"]: Row(**row) for row in tomllib.loads(text)["row"]}


def read_rules(root: Path = ROOT) -> list[Rule]:
    """Read the family `tests/security/unguarded/*.toml`, in order of rows."""
    files = sorted((root / _SECURITY / "unguarded").glob("*.toml"))
    tables = [entry for file in files for entry in tomllib.loads(file.read_text("utf-8"))["rule"]]
    return sorted(map(_rule, tables), key=lambda rule: rule.rows)


def _rule(table: Mapping[str, Any]) -> Rule:
    """Read one table; a key that it should not have raises `TypeError`."""
    first, more = dict(table), table.get("also", [])
    for key in ("rows", "test", "also"):
        first.pop(key, None)
    changes = tuple(Change(**change) for change in [first, *more])
    return Rule(tuple(table["rows"]), changes, table.get("test", ""))


def chosen(rows: Mapping[int, Row], words: Sequence[str]) -> set[int]:
    """Give the numbers of rows that `words` name, by number or kind; all without words.

    Raises `ValueError` for a word that names none.
    """
    found: set[int] = set()
    for word in words:
        named = {number for number, row in rows.items() if word in (str(number), row.kind)}
        if not named:
            raise ValueError(f"no row has the number or kind {word}")
        found |= named
    return found if words else set(rows)
