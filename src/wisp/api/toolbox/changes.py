"""What a deed on global tools changed, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

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
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> tuple[ToolChange, ...]:
    """Tell what became of packages that are asked for, by their versions."""
    found: list[ToolChange] = []
    for name in asked:
        old, new = before.get(name), after.get(name)
        if new is not None and old is None:
            found.append(ToolChange("package added", environment, (f"{name}={new}",)))
        elif old is not None and new is None:
            found.append(ToolChange("package removed", environment, (name,)))
        elif old is not None and new is not None and old != new:
            found.append(ToolChange("package updated", environment, (name, old, new)))
    return tuple(found)
