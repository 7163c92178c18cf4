"""What a deed on global tools changed, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from wisp.specs.records import CondaRecord
from wisp.values import dataclass

Kind = Literal[
    "environment added",
    "environment removed",
    "environment updated",
    "package added",
    "package removed",
    "package updated",
    "exposed",
    "unexposed",
    "shortcut added",
    "shortcut removed",
]


@dataclass(frozen=True, slots=True)
class ToolChange:
    """One change in an environment; `names` are packages (`name`, `name=version`) or names."""

    kind: Kind
    environment: str
    names: tuple[str, ...] = ()


def package_changes(
    environment: str,
    asked: Sequence[str],
    before: Mapping[str, CondaRecord],
    after: Mapping[str, CondaRecord],
) -> tuple[ToolChange, ...]:
    """Tell what became of packages that are asked for."""
    found: list[ToolChange] = []
    for name in asked:
        old, new = before.get(name), after.get(name)
        if new is not None and old is None:
            found.append(ToolChange("package added", environment, (f"{name}={new.version}",)))
        elif old is not None and new is None:
            found.append(ToolChange("package removed", environment, (name,)))
        elif old is not None and new is not None and old.version != new.version:
            found.append(
                ToolChange("package updated", environment, (name, old.version, new.version))
            )
    return tuple(found)
