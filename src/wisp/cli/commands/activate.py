"""`activate`: make an environment active in the shell that is running."""

from __future__ import annotations

import os
import sys

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.shell_init import init_hint
from wisp.cli.declare import flag, optional, top, value
from wisp.cli.launch import program_path
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.cli.shell_init_scripts import SHELLS
from wisp.errors import ManifestError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Options(options.LockInstallAsIs, options.Activation, options.Workspace, options.Config):
    """What `activate` takes."""

    name: str | None = optional(
        "WORKSPACE", help="Name of a registered workspace, or its folder (default: around here)"
    )
    environment: str | None = options.ENVIRONMENT
    change_ps1: str | None = options.CHANGE_PS1
    shell: str | None = value(
        "-s", "--shell", choices=SHELLS, help="Print what this shell has to evaluate"
    )
    follow: bool = flag("--follow", hidden=True, conflicts=("WORKSPACE", "--again"))
    again: bool = flag("--again", hidden=True, conflicts=("WORKSPACE", "--follow"))


def run(call: Call[Options]) -> int:
    """Make the environment ready, and print what the shell has to evaluate."""
    from wisp import InPlaceOptions

    values = call.values
    if values.shell is None:
        raise UsageError(
            "a program cannot activate the shell it is called from; the shell has to do it",
            hints=init_hint(call),
        )
    wanted = InPlaceOptions(
        shell=values.shell,
        current=call.environ,
        program=program_path(sys.argv[0]),
        environment=values.environment,
        usage=usage_of(call),
        change_prompt=None if values.change_ps1 is None else values.change_ps1 == "true",
    )
    session = open_session(call)
    if values.follow or values.again:
        found = (
            session.shells.follow(call.cwd, wanted)
            if values.follow
            else session.shells.reactivate(wanted)
        )
        if found.note:
            call.out.warning(found.note)
        text = found.script
    else:
        _mean(call, session.registered())
        workspace = open_workspace(call, environ=session.shells.without(call.environ))
        text = workspace.activate(wanted)
    call.out.raw(text)
    return 0


def _mean(call: Call[Options], registered: Mapping[str, object]) -> None:
    """Take the word for a registered workspace, or for a folder."""
    values = call.values
    word = values.name
    if word is None:
        return
    if values.workspace or values.manifest_path:
        raise UsageError("a workspace is named twice: by its word and by an option")
    if word in registered:
        values.workspace = word
    elif os.sep in word or (call.cwd / word).exists():
        values.manifest_path = word
    else:
        raise ManifestError(
            f"'{word}' is neither a registered workspace nor a folder",
            hints=("`wisp workspace register` names one; `wisp workspace register list` tells",),
        )


COMMAND = top("activate", Options, run, example="activate -e test")
