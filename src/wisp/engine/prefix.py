"""What conda packages a prefix holds, by the records that their installation left there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.engine.records import from_row
from wisp.foreign import json_data
from wisp.layout import CONDA_META
from wisp.specs.records import CondaRecord
from wisp.trust import LARGEST_LOCK, found_bytes
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class Installed:
    """A package in a prefix; `files` are paths relative to the prefix, with slashes."""

    record: CondaRecord
    files: tuple[str, ...]


def installed_packages(prefix: Path) -> tuple[Installed, ...]:
    """Return the packages of a prefix, sorted by name; a damaged record counts as none."""
    found = [
        one for file in (prefix / CONDA_META).glob("*.json") if (one := _read(file)) is not None
    ]
    return tuple(sorted(found, key=lambda one: one.record.name))


def _read(file: Path) -> Installed | None:
    try:
        row: Mapping[str, Any] = json_data(found_bytes(file, LARGEST_LOCK))
        return Installed(from_row(row), tuple(row.get("files", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
