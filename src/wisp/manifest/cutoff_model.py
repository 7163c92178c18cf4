"""A cut-off and its exemptions as a manifest or a configuration writes them."""

from __future__ import annotations

from wisp.specs.conda import CondaRequirement
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class Exemption:
    """Packages that the cut-off does not hold for; with a `cutoff` only those up to that.

    Of PyPI packages only the name counts.
    """

    requirement: CondaRequirement
    cutoff: str | None = None


@dataclass(frozen=True, slots=True)
class CutoffTable:
    """`exclude-newer`: the cut-off as written, None where there is none, and what it spares."""

    cutoff: str | None = None
    exemptions: tuple[Exemption, ...] = ()


NO_CUTOFF = CutoffTable()
