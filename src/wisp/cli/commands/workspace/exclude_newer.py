"""`workspace exclude-newer`: from when on packages do not exist, and which do all the same."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.cutoffs import (
    IdleExemptions,
    NewCutoff,
    NewExemptions,
    OldExemptions,
    WhichCutoff,
    print_cutoffs,
    tell_pruned,
    tell_unexempted,
)
from wisp.cli.declare import Command, top
from wisp.cli.opening import open_workspace, usage_of


class Which(WhichCutoff, options.Manifest):
    """Which cut-off is meant."""


class Change(Which, options.LockAndInstall, options.Config):
    """What all changes take."""


class Get(Which):
    """What `get` takes."""

    json: bool = options.JSON


class Set(NewCutoff, Change):
    """What `set` takes."""


class Exempt(NewExemptions, Change):
    """What `exempt` takes."""


class Unexempt(OldExemptions, Change):
    """What `unexempt` takes."""


class Prune(IdleExemptions, Change):
    """What `prune` takes."""


def get(call: Call[Get]) -> int:
    """Print the cut-off and its exemptions."""
    listing = open_workspace(call).show.cutoffs(pypi=call.values.pypi)
    print_cutoffs(call.out, listing, json=call.values.json)
    return 0


def set_(call: Call[Set]) -> int:
    """Write the cut-off."""
    values = call.values
    open_workspace(call).edit.cutoffs.set(values.cutoff, pypi=values.pypi, usage=usage_of(call))
    call.out.success(f"Set {values.key} to {values.cutoff}")
    return 0


def unset(call: Call[Change]) -> int:
    """Take the cut-off away."""
    open_workspace(call).edit.cutoffs.unset(pypi=call.values.pypi, usage=usage_of(call))
    call.out.success(f"Removed {call.values.key}")
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
    tell_unexempted(call.out, values.names)
    return 0


def prune(call: Call[Prune]) -> int:
    """Take exemptions away that change nothing."""
    values = call.values
    edit = open_workspace(call).edit
    gone = edit.cutoffs.prune(pypi=values.pypi, dry_run=values.dry_run, usage=usage_of(call))
    tell_pruned(call.out, gone, dry_run=values.dry_run)
    return 0


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
