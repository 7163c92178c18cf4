"""Options that say which part of a manifest is meant."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.declare import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.edits.transaction import Place
    from wisp.cli.call import Call


class InFeature(options.Global):
    """A feature, or what an environment has of its own."""

    feature: str | None = value("-f", "--feature", help="The feature to change")
    environment: str | None = value(
        "-e",
        "--environment",
        conflicts=("--feature",),
        help="The environment whose own content to change",
    )


class InTarget(InFeature):
    """The same, for some platforms only."""

    target: str | None = value("-t", "--target", help="A platform or pattern of platforms")


def place_of(call: Call[InFeature]) -> Place:
    """Return the part of the manifest that the options name."""
    from wisp.api.edits.transaction import place

    values = call.values
    target = values.target if isinstance(values, InTarget) else None
    return place(values.feature, values.environment, target)
