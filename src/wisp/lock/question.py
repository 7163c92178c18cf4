"""The question that judging a lock asks of each environment and platform."""

from __future__ import annotations

from collections.abc import Set

from wisp.lock.facts import SourceFacts
from wisp.lock.model import EnvironmentRow
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import Record
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformQuestion:
    """One environment on one platform: what is asked, what is locked, what is known besides.

    `group_requested` are the names of conda packages that conda specs of other environments of
    the solve group ask for.
    """

    inputs: EnvironmentInputs
    locked: EnvironmentRow
    lock_version: int
    facts: SourceFacts
    group_requested: Set[str] = frozenset()

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of the platform."""
        return self.locked.packages.get(self.inputs.platform.name, ())

    @property
    def where(self) -> dict[str, str]:
        """The place of a mismatch."""
        return {
            "environment": self.inputs.environment,
            "platform": self.inputs.platform.name,
        }
