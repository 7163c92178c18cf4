"""What both groups of `exclude-newer`, of workspaces and of global tools, take and say."""

from __future__ import annotations

from wisp.cli.declare import Values, argument, arguments, flag, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp import CutoffListing
    from wisp.console.output import Output


class WhichCutoff(Values):
    """Which cut-off is meant."""

    pypi: bool = flag("--pypi", help="The cut-off of PyPI packages alone")

    @property
    def key(self) -> str:
        """The key of the manifest that it is."""
        return "pypi-exclude-newer" if self.pypi else "exclude-newer"


class NewCutoff(Values):
    """What `set` takes besides."""

    cutoff: str = argument("CUTOFF", help="A day, a time, a span back from now as 7d, or `now`")


class NewExemptions(Values):
    """What `exempt` takes besides."""

    specs: tuple[str, ...] = arguments("SPEC", help="A package, or a match spec")
    cutoff: str | None = value(
        "--cutoff",
        conflicts=("--no-cutoff",),
        help="Let in what appeared up to then; `now` where a version is given",
    )
    no_cutoff: bool = flag(
        "--no-cutoff", conflicts=("--cutoff",), help="Let in what appears later, too"
    )


class OldExemptions(Values):
    """What `unexempt` takes besides."""

    names: tuple[str, ...] = arguments("NAME", help="A package")


class IdleExemptions(Values):
    """What `prune` takes besides."""

    dry_run: bool = flag("--dry-run", help="Only say what would be removed")


def print_cutoffs(out: Output, listing: CutoffListing, *, json: bool) -> None:
    """Print the cut-off, if there is one, and what is exempt from it."""
    if json:
        out.public_json(listing.as_json())
        return
    if listing.cutoff is not None:
        out.result(listing.cutoff)
    for row in listing.exemptions:
        out.result(f"- {row.text}")


def tell_unexempted(out: Output, names: Iterable[str]) -> None:
    """Say which exemptions are gone."""
    for name in names:
        out.success(f"Removed the exemption of {name}")


def tell_pruned(out: Output, names: Iterable[str], *, dry_run: bool) -> None:
    """Say which exemptions changed nothing, and so are gone or would be."""
    gone = tuple(names)
    for name in gone:
        out.success(f"{'Would remove' if dry_run else 'Removed'} the exemption of {name}")
    if not gone:
        out.success("All exemptions are needed")
