"""A cut-off with its exemptions, as both groups of `exclude-newer` print it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import CutoffListing
    from wisp.console.output import Output


def print_cutoffs(out: Output, listing: CutoffListing, *, json: bool) -> None:
    """Print the cut-off, if there is one, and what is exempt from it."""
    if json:
        out.public_json(listing.as_json())
        return
    if listing.cutoff is not None:
        out.result(listing.cutoff)
    for row in listing.exemptions:
        out.result(f"- {row.text}")
