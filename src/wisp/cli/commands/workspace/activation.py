"""`workspace activation`: scripts and variables of activation."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.places import InTarget, place_of
from wisp.cli.declare import Command, arguments, top
from wisp.cli.opening import open_workspace
from wisp.errors import UsageError


class Look(InTarget, options.Manifest):
    """What the commands take that list."""


class Scripts(InTarget, options.Manifest):
    """What the commands take that change scripts."""

    scripts: tuple[str, ...] = arguments("SCRIPT", help="A path from the workspace root")


class SetVariables(InTarget, options.Manifest):
    """What `env set` takes."""

    assignment: tuple[str, ...] = arguments("KEY=VALUE", help="A variable")


class RemoveVariables(InTarget, options.Manifest):
    """What `env remove` takes."""

    key: tuple[str, ...] = arguments("KEY", help="Name of a variable")


def show(call: Call[Look]) -> int:
    """Print scripts and variables."""
    return show_scripts(call) or show_variables(call)


def show_scripts(call: Call[Look]) -> int:
    """Print the scripts, one a line."""
    for script in open_workspace(call).show.scripts(**place_of(call)):
        call.out.result(script)
    return 0


def show_variables(call: Call[Look]) -> int:
    """Print the variables, one a line."""
    for name, value in open_workspace(call).show.variables(**place_of(call)).items():
        call.out.result(f"{name}={value}")
    return 0


def add_scripts(call: Call[Scripts]) -> int:
    """Add scripts behind the others."""
    return _add_scripts(call, first=False)


def prepend_scripts(call: Call[Scripts]) -> int:
    """Add scripts before the others."""
    return _add_scripts(call, first=True)


def _add_scripts(call: Call[Scripts], *, first: bool) -> int:
    scripts = call.values.scripts
    edit = open_workspace(call).edit
    edit.activation.add_scripts(scripts, first=first, **place_of(call))
    for script in scripts:
        call.out.success(f"Added activation script {script}")
    return 0


def remove_scripts(call: Call[Scripts]) -> int:
    """Take scripts away."""
    scripts = call.values.scripts
    open_workspace(call).edit.activation.remove_scripts(scripts, **place_of(call))
    for script in scripts:
        call.out.success(f"Removed activation script {script}")
    return 0


def set_variables(call: Call[SetVariables]) -> int:
    """Set variables."""
    pairs = [word.partition("=") for word in call.values.assignment]
    for name, mark, value in pairs:
        if not name or not mark:
            raise UsageError(f"invalid value '{name}{value}' for '<KEY=VALUE>...': no `=` in it")
    variables = {name: value for name, _, value in pairs}
    open_workspace(call).edit.activation.set_variables(variables, **place_of(call))
    for name, value in variables.items():
        call.out.success(f"Set activation variable {name}={value}")
    return 0


def remove_variables(call: Call[RemoveVariables]) -> int:
    """Take variables away."""
    names = call.values.key
    open_workspace(call).edit.activation.remove_variables(names, **place_of(call))
    for name in names:
        call.out.success(f"Removed activation variable {name}")
    return 0


COMMAND = top(
    "workspace activation",
    options.Manifest,
    commands=(
        Command(
            name="env",
            summary="Variables that activation sets",
            values=options.Manifest,
            commands=(
                Command(
                    name="list",
                    summary="List the variables",
                    values=Look,
                    run=show_variables,
                    aliases=("ls",),
                    example="workspace activation env list",
                ),
                Command(
                    name="remove",
                    summary="Remove variables",
                    values=RemoveVariables,
                    run=remove_variables,
                    aliases=("rm", "unset"),
                    example="workspace activation env remove DEBUG",
                ),
                Command(
                    name="set",
                    summary="Set variables",
                    values=SetVariables,
                    run=set_variables,
                    aliases=("add",),
                    example="workspace activation env set DEBUG=1",
                ),
            ),
        ),
        Command(
            name="list",
            summary="List scripts and variables",
            values=Look,
            run=show,
            aliases=("ls",),
            example="workspace activation list",
        ),
        Command(
            name="script",
            summary="Scripts that activation sources",
            values=options.Manifest,
            aliases=("scripts",),
            commands=(
                Command(
                    name="add",
                    summary="Add scripts behind the others",
                    values=Scripts,
                    run=add_scripts,
                    aliases=("a",),
                    example="workspace activation script add setup.sh",
                ),
                Command(
                    name="list",
                    summary="List the scripts",
                    values=Look,
                    run=show_scripts,
                    aliases=("ls",),
                    example="workspace activation script list",
                ),
                Command(
                    name="prepend",
                    summary="Add scripts before the others",
                    values=Scripts,
                    run=prepend_scripts,
                    example="workspace activation script prepend first.sh",
                ),
                Command(
                    name="remove",
                    summary="Remove scripts",
                    values=Scripts,
                    run=remove_scripts,
                    aliases=("rm",),
                    example="workspace activation script remove setup.sh",
                ),
            ),
        ),
    ),
)
