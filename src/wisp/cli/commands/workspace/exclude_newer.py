"""`workspace exclude-newer`: from when on packages do not exist, and which do all the same."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.cutoff_listing import print_cutoffs
from wisp.cli.declare import Command, argument, arguments, flag, top, value
from wisp.cli.opening import open_workspace, usage_of

_CUTOFF = "A day, a time, a span back from now as 7d, or `now`"


class Pypi(options.Manifest):
    """Which cut-off is meant."""

    pypi: bool = flag("--pypi", help="The cut-off of PyPI packages alone")


class Change(Pypi, options.LockAndInstall, options.Config):
    """What all changes take."""


class Get(Pypi):
    """What `get` takes."""

    json: bool = options.JSON


class Set(Change):
    """What `set` takes."""

    cutoff: str = argument("CUTOFF", help=_CUTOFF)


class Exempt(Change):
    """What `exempt` takes."""

    specs: tuple[str, ...] = arguments("SPEC", help="A package, or a match spec")
    cutoff: str | None = value(
        "--cutoff",
        conflicts=("--no-cutoff",),
        help="Let in what appeared up to then; `now` where a version is given",
    )
    no_cutoff: bool = flag(
        "--no-cutoff", conflicts=("--cutoff",), help="Let in what appears later, too"
    )


class Unexempt(Change):
    """What `unexempt` takes."""

    names: tuple[str, ...] = arguments("NAME", help="A package")


class Prune(Change):
    """What `prune` takes."""

    dry_run: bool = flag("--dry-run", help="Only say what would be removed")


def get(call: Call[Get]) -> int:
    """Print the cut-off and its exemptions."""
    listing = open_workspace(call).show.cutoffs(pypi=call.values.pypi)
    print_cutoffs(call.out, listing, json=call.values.json)
    return 0


def set_(call: Call[Set]) -> int:
    """Write the cut-off."""
    values = call.values
    open_workspace(call).edit.cutoffs.set(values.cutoff, pypi=values.pypi, usage=usage_of(call))
    call.out.success(f"Set {_key(values)} to {values.cutoff}")
    return 0


def unset(call: Call[Change]) -> int:
    """Take the cut-off away."""
    open_workspace(call).edit.cutoffs.unset(pypi=call.values.pypi, usage=usage_of(call))
    call.out.success(f"Removed {_key(call.values)}")
    return 0


def exempt(call: Call[Exempt]) -> int:
    """Exempt packages."""
    values = call.values
    done = open_workspace(call).edit.cutoffs.exempt(
        values.specs,
        cutoff=values.cutoff,
        forever=values.no_cutoff,
        pypi=values.pypi,
        usage=usage_of(call),
    )
    for one in done:
        call.out.success(f"Exempted {one.text}")
    return 0


def unexempt(call: Call[Unexempt]) -> int:
    """Take exemptions away."""
    values = call.values
    edit = open_workspace(call).edit
    edit.cutoffs.unexempt(values.names, pypi=values.pypi, usage=usage_of(call))
    for name in values.names:
        call.out.success(f"Removed the exemption of {name}")
    return 0


def prune(call: Call[Prune]) -> int:
    """Take exemptions away that change nothing."""
    values = call.values
    edit = open_workspace(call).edit
    gone = edit.cutoffs.prune(pypi=values.pypi, dry_run=values.dry_run, usage=usage_of(call))
    verb = "Would remove" if values.dry_run else "Removed"
    for name in gone:
        call.out.success(f"{verb} the exemption of {name}")
    if not gone:
        call.out.success("All exemptions are needed")
    return 0


def _key(values: Pypi) -> str:
    return "pypi-exclude-newer" if values.pypi else "exclude-newer"


COMMAND = top(
    "workspace exclude-newer",
    options.Manifest,
    commands=(
        Command(
            name="get",
            summary="Print the cut-off and its exemptions",
            values=Get,
            run=get,
            example="workspace exclude-newer get",
        ),
        Command(
            name="set",
            summary="Set the cut-off, lock and install anew",
            values=Set,
            run=set_,
            help_without_words=True,
            example="workspace exclude-newer set 7d",
        ),
        Command(
            name="unset",
            summary="Remove the cut-off, lock and install anew",
            values=Change,
            run=unset,
            example="workspace exclude-newer unset --pypi",
        ),
        Command(
            name="exempt",
            summary="Let packages in that are newer",
            values=Exempt,
            run=exempt,
            help_without_words=True,
            example="workspace exclude-newer exempt python=3.13.*",
        ),
        Command(
            name="unexempt",
            summary="Remove exemptions",
            values=Unexempt,
            run=unexempt,
            help_without_words=True,
            example="workspace exclude-newer unexempt python",
        ),
        Command(
            name="prune",
            summary="Remove exemptions that change nothing of what is locked",
            values=Prune,
            run=prune,
            example="workspace exclude-newer prune --dry-run",
        ),
    ),
)
