"""Options that say which part of a manifest is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.cli.call import Call
from wisp.cli.declare import Option

if TYPE_CHECKING:
    from wisp.api.edits.transaction import Place

FEATURE = Option(("-f", "--feature"), "FEATURE", "value", help="The feature to change")
ENVIRONMENT = Option(
    ("-e", "--environment"),
    "ENVIRONMENT",
    "value",
    conflicts=("--feature",),
    help="The environment whose own content to change",
)
TARGET = Option(("-t", "--target"), "TARGET", "value", help="A platform or pattern of platforms")


def place_of(call: Call) -> Place:
    """Return the part of the manifest that the options name."""
    from wisp.api.edits.transaction import place

    values = vars(call.values)
    return place(values.get("feature"), values.get("environment"), values.get("target"))
