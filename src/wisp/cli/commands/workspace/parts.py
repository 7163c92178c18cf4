"""Options that say which part of a manifest is meant."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.declare import value
from wisp.cli.names import environment_name, feature_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from wisp.cli.call import Call

    class Part(TypedDict):
        """A feature, or what an environment has of its own."""

        feature: str | None
        environment: str | None

    class TargetPart(Part):
        """The same, for some platforms only."""

        target: str | None


class InFeature(options.Global):
    """A feature, or what an environment has of its own."""

    feature: str | None = value("-f", "--feature", read=feature_name, help="The feature to change")
    environment: str | None = value(
        "-e",
        "--environment",
        conflicts=("--feature",),
        read=environment_name,
        help="The environment whose own content to change",
    )


class InTarget(InFeature):
    """The same, for some platforms only."""

    target: str | None = value("-t", "--target", help="A platform or pattern of platforms")


def part_of(call: Call[InFeature]) -> Part:
    """Return the feature or environment that the options name."""
    return {"feature": call.values.feature, "environment": call.values.environment}


def target_part_of(call: Call[InTarget]) -> TargetPart:
    """Return the part of the manifest that the options name."""
    return {**part_of(call), "target": call.values.target}
