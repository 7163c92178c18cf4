"""`global exclude-newer`: from when on packages do not exist for tools, and which still do."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
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
from wisp.cli.declare import Command, flag


class Which(WhichCutoff, options.ConfigSource):
    """Which cut-off is meant."""


class Change(Which, options.Config):
    """What all changes take."""

    no_sync: bool = flag("--no-sync", help="Leave the environments alone")


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


def run_get(call: Call[Get]) -> int:
    """Print the cut-off and its exemptions."""
    listing = common.open_tools(call).cutoffs.listing(pypi=call.values.pypi)
    print_cutoffs(call.out, listing, json=call.values.json)
    return 0


def run_set(call: Call[Set]) -> int:
    """Write the cut-off."""
    values = call.values
    cutoffs = common.open_tools(call).cutoffs
    changes = cutoffs.set(values.cutoff, pypi=values.pypi, sync=not values.no_sync)
    call.out.success(f"Set {values.key} to {values.cutoff}")
    common.tell(call, changes)
    return 0


def run_unset(call: Call[Change]) -> int:
    """Take the cut-off away."""
    values = call.values
    cutoffs = common.open_tools(call).cutoffs
    changes = cutoffs.unset(pypi=values.pypi, sync=not values.no_sync)
    call.out.success(f"Removed {values.key}")
    common.tell(call, changes)
    return 0


def run_exempt(call: Call[Exempt]) -> int:
    """Exempt packages."""
    values = call.values
    done, changes = common.open_tools(call).cutoffs.exempt(
        values.specs,
        cutoff=values.cutoff,
        forever=values.no_cutoff,
        pypi=values.pypi,
        sync=not values.no_sync,
    )
    for one in done:
        call.out.success(f"Exempted {one.text}")
    common.tell(call, changes)
    return 0


def run_unexempt(call: Call[Unexempt]) -> int:
    """Take exemptions away."""
    values = call.values
    cutoffs = common.open_tools(call).cutoffs
    changes = cutoffs.unexempt(values.names, pypi=values.pypi, sync=not values.no_sync)
    tell_unexempted(call.out, values.names)
    common.tell(call, changes)
    return 0


def run_prune(call: Call[Prune]) -> int:
    """Take exemptions away that change nothing."""
    values = call.values
    gone, changes = common.open_tools(call).cutoffs.prune(
        pypi=values.pypi, dry_run=values.dry_run, sync=not values.no_sync
    )
    tell_pruned(call.out, gone, dry_run=values.dry_run)
    common.tell(call, changes)
    return 0


COMMAND = Command(
    name="exclude-newer",
    summary="Show and set the moment after which tools have nothing newer",
    values=options.Global,
    commands=(
        Command(
            name="get",
            summary="Print the cut-off and its exemptions",
            values=Get,
            run=run_get,
            example="global exclude-newer get",
        ),
        Command(
            name="set",
            summary="Set the cut-off, and bring all environments to it",
            values=Set,
            run=run_set,
            help_without_words=True,
            example="global exclude-newer set 7d",
        ),
        Command(
            name="unset",
            summary="Remove the cut-off",
            values=Change,
            run=run_unset,
            example="global exclude-newer unset",
        ),
        Command(
            name="exempt",
            summary="Let packages in that are newer",
            values=Exempt,
            run=run_exempt,
            help_without_words=True,
            example="global exclude-newer exempt ruff",
        ),
        Command(
            name="unexempt",
            summary="Remove exemptions, and bring all environments to that",
            values=Unexempt,
            run=run_unexempt,
            help_without_words=True,
            example="global exclude-newer unexempt ruff",
        ),
        Command(
            name="prune",
            summary="Remove exemptions that change nothing of what is installed",
            values=Prune,
            run=run_prune,
            example="global exclude-newer prune --dry-run",
        ),
    ),
)
