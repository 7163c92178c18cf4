"""`requires-pixi`: whether this program is new enough for a manifest."""

from __future__ import annotations

from typing import Any

from wisp.layout import PIXI_VERSION
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import as_text
from wisp.specs.versions import VersionSyntaxError, parse_version_spec, version_order


def check_required_version(tables: dict[str, Any], prefix: ValuePath) -> None:
    """Refuse a manifest that needs another version of Pixi than the one we speak.

    This comes before everything else is read, so that the keys of a later version do not hide
    the reason why they are unknown.
    """
    for name in ("workspace", "project"):
        table = tables.get(name)
        if isinstance(table, dict) and "requires-pixi" in table:
            _check(table["requires-pixi"], (*prefix, name, "requires-pixi"))


def _check(value: object, path: ValuePath) -> None:
    text = as_text(value, path)
    if not satisfies_required(text, path):
        raise Fault(
            f"this project requires pixi '{text}', but you have pixi {PIXI_VERSION}",
            path,
            hints=("Install a version that the manifest allows, or change `requires-pixi`",),
        )


def satisfies_required(text: str, path: ValuePath = ()) -> bool:
    """Tell whether the version we speak is among those that a spec allows."""
    try:
        spec = parse_version_spec(text)
    except VersionSyntaxError as error:
        raise Fault(str(error), path) from None
    return spec.holds(_holds)


def _holds(constraint: str) -> bool:
    operator = constraint[: len(constraint) - len(constraint.lstrip("<>=!~"))]
    wanted = constraint[len(operator) :]
    if wanted == "*":
        return True
    order = _compare(PIXI_VERSION, wanted.removesuffix(".*"))
    if operator == "~=":
        stem = wanted.rpartition(".")[0]
        return order >= 0 and _starts(stem or wanted)
    if wanted.endswith(".*"):
        return _starts(wanted.removesuffix(".*")) != (operator == "!=")
    return {
        "==": order == 0,
        "!=": order != 0,
        ">=": order >= 0,
        "<=": order <= 0,
        ">": order > 0,
        "<": order < 0,
    }[operator]


def _starts(stem: str) -> bool:
    return f"{PIXI_VERSION}.".startswith(f"{stem}.")


def _compare(ours: str, wanted: str) -> int:
    left, right = version_order(ours), version_order(wanted)
    return (left > right) - (left < right)
