"""The tree of an environment marker, out of the one private attribute that the parser has.

`packaging` parses markers and evaluates them, but shows nobody what they consist of; the tree is
read here and nowhere else, so that another release of it can break one module only.

Source: PEP 508, environment markers.
"""

from __future__ import annotations

from collections.abc import Sequence

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packaging.markers import Marker


@dataclass(frozen=True, slots=True)
class Comparison:
    """`VARIABLE OPERATOR "VALUE"`; `mirrored` if the value was written first."""

    variable: str
    operator: str
    value: str
    mirrored: bool = False


#: A comparison, or comparisons and lists joined by the words `and` and `or`, `and` binding closer.
MarkerTree = Comparison | Sequence["MarkerTree | str"]


def marker_tree(marker: Marker) -> MarkerTree:
    """Return what a marker consists of."""
    return _read(marker._markers)


def _read(node: Any) -> MarkerTree:
    if isinstance(node, tuple):
        return _comparison(*node)
    return [part if isinstance(part, str) else _read(part) for part in node]


def _comparison(left: Any, operator: Any, right: Any) -> Comparison:
    if type(left).__name__ == "Variable":
        return Comparison(left.value, operator.value, right.value)
    return Comparison(right.value, operator.value, left.value, mirrored=True)
