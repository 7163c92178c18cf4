"""`exclude-newer` as a listing: the cut-off as written, and what it does not hold for."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.manifest.cutoff_model import CutoffTable, Exemption
from wisp.manifest.edit.cutoffs import exemption_data
from wisp.manifest.edit.literals import Data, key, literal
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    """A package and which of its records are exempted: a version, or a table as in the manifest."""

    name: str
    spec: Data

    @property
    def text(self) -> str:
        """The exemption as it is written in TOML."""
        return f"{key(self.name)} = {literal(self.spec)}"


@dataclass(frozen=True, slots=True)
class CutoffListing:
    """The cut-off as written, None where there is none, and its exemptions."""

    cutoff: str | None
    exemptions: tuple[ExemptionRow, ...]

    def as_json(self) -> dict[str, Data | None]:
        """Return the same as plain data."""
        return {
            "cutoff": self.cutoff,
            "exemptions": {row.name: row.spec for row in self.exemptions},
        }


def list_cutoffs(table: CutoffTable) -> CutoffListing:
    """List what a table says."""
    return CutoffListing(table.cutoff, exemption_rows(table.exemptions))


def exemption_rows(exemptions: Iterable[Exemption]) -> tuple[ExemptionRow, ...]:
    """List exemptions."""
    return tuple(
        ExemptionRow(one.requirement.source_name, exemption_data(one)) for one in exemptions
    )
