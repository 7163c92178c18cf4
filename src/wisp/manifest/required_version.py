"""`requires-pixi`: the level that a manifest allows, and whether there is one."""

from __future__ import annotations

from wisp.compat import CompatLevel, chosen, preferred
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import as_text
from wisp.specs.versions import VersionSyntaxError, parse_version_spec, version_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def required_level(
    tables: dict[str, Any], prefix: ValuePath, wish: CompatLevel | None
) -> CompatLevel:
    """Choose the level of a manifest; refuse one that wants none of the releases we can follow.

    This comes before everything else is read, so that the keys of a later version do not hide
    the reason why they are unknown. `wish` is what was asked for outside of the manifest.
    """
    for name in ("workspace", "project"):
        table = tables.get(name)
        if isinstance(table, dict) and "requires-pixi" in table:
            return _level(table["requires-pixi"], (*prefix, name, "requires-pixi"), wish)
    return preferred(wish)


def _level(value: object, path: ValuePath, wish: CompatLevel | None) -> CompatLevel:
    text = as_text(value, path)
    level = level_for(text, wish, path)
    if level is None:
        raise Fault(
            f"this project requires pixi '{text}', but you have pixi {preferred(wish).release}",
            path,
            hints=("Install a version that the manifest allows, or change `requires-pixi`",),
        )
    return level


def level_for(text: str, wish: CompatLevel | None, path: ValuePath = ()) -> CompatLevel | None:
    """Choose among the releases that a spec allows; None if we can follow none of them."""
    try:
        spec = parse_version_spec(text)
    except VersionSyntaxError as error:
        raise Fault(str(error), path) from None
    return chosen(wish, lambda release: spec.holds(lambda one: _holds(release, one)))


def _holds(release: str, constraint: str) -> bool:
    operator = constraint[: len(constraint) - len(constraint.lstrip("<>=!~"))]
    wanted = constraint[len(operator) :]
    if wanted == "*":
        return True
    order = _compare(release, wanted.removesuffix(".*"))
    if operator == "~=":
        stem = wanted.rpartition(".")[0]
        return order >= 0 and _starts(release, stem or wanted)
    if wanted.endswith(".*"):
        return _starts(release, wanted.removesuffix(".*")) != (operator == "!=")
    return {
        "==": order == 0,
        "!=": order != 0,
        ">=": order >= 0,
        "<=": order <= 0,
        ">": order > 0,
        "<": order < 0,
    }[operator]


def _starts(release: str, stem: str) -> bool:
    return f"{release}.".startswith(f"{stem}.")


def _compare(ours: str, wanted: str) -> int:
    left, right = version_order(ours), version_order(wanted)
    return (left > right) - (left < right)
