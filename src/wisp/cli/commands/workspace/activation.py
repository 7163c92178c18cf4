"""`workspace activation`: scripts and variables of activation."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.places import ENVIRONMENT, FEATURE, TARGET, place_of
from wisp.cli.declare import Argument, Command
from wisp.cli.opening import open_workspace
from wisp.errors import UsageError


def show(call: Call) -> int:
    """Print scripts and variables."""
    return show_scripts(call) or show_variables(call)


def show_scripts(call: Call) -> int:
    """Print the scripts, one a line."""
    from wisp.api.edits.activations import scripts_of

    for script in scripts_of(open_workspace(call).manifest, place_of(call)):
        call.out.result(script)
    return 0


def show_variables(call: Call) -> int:
    """Print the variables, one a line."""
    from wisp.api.edits.activations import variables_of

    for name, value in variables_of(open_workspace(call).manifest, place_of(call)).items():
        call.out.result(f"{name}={value}")
    return 0


def add_scripts(call: Call) -> int:
    """Add scripts behind the others."""
    return _add_scripts(call, first=False)


def prepend_scripts(call: Call) -> int:
    """Add scripts before the others."""
    return _add_scripts(call, first=True)


def _add_scripts(call: Call, *, first: bool) -> int:
    from wisp.api.edits import activations

    scripts = call.values.scripts
    activations.add_scripts(open_workspace(call).manifest, scripts, place_of(call), first=first)
    for script in scripts:
        call.out.success(f"Added activation script {script}")
    return 0


def remove_scripts(call: Call) -> int:
    """Take scripts away."""
    from wisp.api.edits import activations

    scripts = call.values.scripts
    activations.remove_scripts(open_workspace(call).manifest, scripts, place_of(call))
    for script in scripts:
        call.out.success(f"Removed activation script {script}")
    return 0


def set_variables(call: Call) -> int:
    """Set variables."""
    from wisp.api.edits import activations

    pairs = [word.partition("=") for word in call.values.assignment]
    for name, mark, value in pairs:
        if not name or not mark:
            raise UsageError(f"invalid value '{name}{value}' for '<KEY=VALUE>...': no `=` in it")
    variables = {name: value for name, _, value in pairs}
    activations.set_variables(open_workspace(call).manifest, variables, place_of(call))
    for name, value in variables.items():
        call.out.success(f"Set activation variable {name}={value}")
    return 0


def remove_variables(call: Call) -> int:
    """Take variables away."""
    from wisp.api.edits import activations

    names = call.values.key
    activations.remove_variables(open_workspace(call).manifest, names, place_of(call))
    for name in names:
        call.out.success(f"Removed activation variable {name}")
    return 0


_PLACE = (FEATURE, ENVIRONMENT, TARGET)
_SCRIPTS = (Argument("scripts", "SCRIPT", "some", help="A path from the workspace root"),)

_SCRIPT = Command(
    name="script",
    summary="Scripts that activation sources",
    aliases=("scripts",),
    commands=(
        Command(
            name="add",
            summary="Add scripts behind the others",
            aliases=("a",),
            arguments=_SCRIPTS,
            options=_PLACE,
            run=add_scripts,
        ),
        Command(
            name="list",
            summary="List the scripts",
            aliases=("ls",),
            options=_PLACE,
            run=show_scripts,
        ),
        Command(
            name="prepend",
            summary="Add scripts before the others",
            arguments=_SCRIPTS,
            options=_PLACE,
            run=prepend_scripts,
        ),
        Command(
            name="remove",
            summary="Remove scripts",
            aliases=("rm",),
            arguments=_SCRIPTS,
            options=_PLACE,
            run=remove_scripts,
        ),
    ),
)

_ENV = Command(
    name="env",
    summary="Variables that activation sets",
    commands=(
        Command(
            name="list",
            summary="List the variables",
            aliases=("ls",),
            options=_PLACE,
            run=show_variables,
        ),
        Command(
            name="remove",
            summary="Remove variables",
            aliases=("rm", "unset"),
            arguments=(Argument("key", "KEY", "some", help="Name of a variable"),),
            options=_PLACE,
            run=remove_variables,
        ),
        Command(
            name="set",
            summary="Set variables",
            aliases=("add",),
            arguments=(Argument("assignment", "KEY=VALUE", "some", help="A variable"),),
            options=_PLACE,
            run=set_variables,
        ),
    ),
)

COMMAND = Command(
    name="activation",
    summary="Scripts and variables of activation",
    options=options.CONFIG_SOURCE,
    commands=(
        _ENV,
        Command(
            name="list",
            summary="List scripts and variables",
            aliases=("ls",),
            options=_PLACE,
            run=show,
        ),
        _SCRIPT,
    ),
)
