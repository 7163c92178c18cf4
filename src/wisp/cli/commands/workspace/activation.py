"""`workspace activation`: scripts and variables of activation."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.parts import InTarget, target_part_of
from wisp.cli.declare import Command, arguments, top
from wisp.cli.looking import remember
from wisp.cli.names import assignment, script_path
from wisp.cli.opening import open_workspace
from wisp.errors import WispError


class Look(InTarget, options.Script, options.Manifest):
    """What the commands take that list."""


class Scripts(InTarget, options.Script, options.Manifest):
    """What the commands take that change scripts."""

    scripts: tuple[str, ...] = arguments(
        "SCRIPT", read=script_path, help="A path from the workspace root"
    )


class SetVariables(InTarget, options.Script, options.Manifest):
    """What `env set` takes."""

    assignment: tuple[str, ...] = arguments("KEY=VALUE", read=assignment, help="A variable")


class RemoveVariables(InTarget, options.Script, options.Manifest):
    """What `env remove` takes."""

    key: tuple[str, ...] = arguments("KEY", help="Name of a variable")


def show(call: Call[Look]) -> int:
    """Print scripts and variables."""
    return _show(call, "activation scripts or environment variables")


def show_scripts(call: Call[Look]) -> int:
    """Print the scripts."""
    return _show(call, "activation scripts", variables=False)


def show_variables(call: Call[Look]) -> int:
    """Print the variables."""
    return _show(call, "activation environment variables", scripts=False)


def _show(call: Call[Look], what: str, *, scripts: bool = True, variables: bool = True) -> int:
    from wisp.console.activation_list import activation_blocks

    values = call.values
    workspace = open_workspace(call)
    found = workspace.show.activations(**target_part_of(call))
    lines = list(activation_blocks(found, scripts=scripts, variables=variables))
    filtered = values.feature or values.environment or values.target
    nothing = f"No {what} found " + ("for the given filter." if filtered else "in the manifest.")
    for line in lines or [nothing]:
        call.out.result(line)
    remember(call, workspace)
    return 0


def add_scripts(call: Call[Scripts]) -> int:
    """Add scripts behind the others."""
    return _add_scripts(call, first=False)


def prepend_scripts(call: Call[Scripts]) -> int:
    """Add scripts before the others."""
    return _add_scripts(call, first=True)


def _add_scripts(call: Call[Scripts], *, first: bool) -> int:
    workspace = open_workspace(call)
    done = workspace.edit.activation.add_scripts(
        call.values.scripts, first=first, **target_part_of(call)
    )
    where = _where(call.values)
    for script in done.added:
        call.out.success(f"Added activation script '{script}'{where}")
    for script in done.present:
        if first:
            call.out.success(f"Moved activation script '{script}' to the front{where}")
        else:
            told = f"Activation script '{script}' is already present{where}; nothing to do"
            call.out.success(told)
    for warning in done.warnings:
        call.out.warning(warning)
    return 0


def _where(values: InTarget) -> str:
    """Say which part of the manifest was changed, where that is not the plain one."""
    part = f" for target '{values.target}'" if values.target else ""
    if values.environment is not None:
        return f" in environment '{values.environment}'{part}"
    return (f" in feature '{values.feature}'" if values.feature else "") + part


def remove_scripts(call: Call[Scripts]) -> int:
    """Take scripts away."""
    scripts = call.values.scripts
    open_workspace(call).edit.activation.remove_scripts(scripts, **target_part_of(call))
    for script in scripts:
        call.out.success(f"Removed activation script '{script}'{_where(call.values)}")
    return 0


def set_variables(call: Call[SetVariables]) -> int:
    """Set variables."""
    pairs = (word.partition("=") for word in call.values.assignment)
    variables = {name: value for name, _, value in pairs}
    open_workspace(call).edit.activation.set_variables(variables, **target_part_of(call))
    for name, value in variables.items():
        told = f'Set activation environment variable {name}="{value}"'
        call.out.success(told + _where(call.values))
    return 0


def remove_variables(call: Call[RemoveVariables]) -> int:
    """Take variables away."""
    names = call.values.key
    for name in names:
        if "=" in name:
            raise WispError(f"pass just the variable name to remove, not an assignment: '{name}'")
    open_workspace(call).edit.activation.remove_variables(names, **target_part_of(call))
    for name in names:
        told = f"Removed activation environment variable '{name}'"
        call.out.success(told + _where(call.values))
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
