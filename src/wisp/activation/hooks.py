"""Steps of an activation as text, meant for `eval` (or `source`) in a running shell."""

from __future__ import annotations

import os

from wisp.activation.variables import (
    activation_steps,
    deactivation_steps,
    is_name,
    read_prefix,
    restored,
    without_prefix,
)
from wisp.layout import ENV_EXE, ENV_IN_SHELL, ENV_PROMPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.activation.shells import Bash
    from wisp.activation.variables import Activation, Step

#: Commands that may change the active environment.
_CHANGING = "add|a|remove|rm|install|i|update|upgrade|reinstall"
#: Variables that activating sets whatever they were.
_SET_ANYWAY = ("PATH", "CONDA_SHLVL", "CONDA_PREFIX")


def render(steps: Iterable[Step], shell: Bash) -> str:
    """Write steps as text of a shell, one line or more for each."""
    lines = [shell.preamble()] if shell.preamble() else []
    for step in steps:
        if len(step) == 3:
            write = shell.expand if step[0] == "expand" else shell.assign
            lines.append(write(step[1], step[2]))
        else:
            lines.append(shell.unset(step[1]) if step[0] == "unset" else shell.source(step[1]))
    return "".join(line + "\n" for line in lines)


def hook(
    activation: Activation,
    shell: Bash,
    caller: Mapping[str, str],
    *,
    change_prompt: bool = True,
    completions: bool = True,
    windows: bool = False,
) -> str:
    """Return the script that leaves the active prefix, if any, and activates another one.

    What was activated by us is undone first, so that twice is as once. Raises `ActivationError`.
    """
    before, steps = _left(activation, shell, caller, windows=windows)
    steps += _entered(activation, shell, before, windows=windows)
    text = render(steps, shell)
    extra = [shell.completions(activation.prefix)] if completions else []
    if change_prompt:
        old = caller.get(ENV_PROMPT, "") if ENV_IN_SHELL in caller else ""
        extra.append(shell.prompt(activation.project.get(ENV_PROMPT, ""), old))
    if shell.is_native:
        extra.append(refreshing(activation.project.get(ENV_EXE, "")))
    return text + "".join(line + "\n" for line in extra if line)


def _left(
    activation: Activation, shell: Bash, caller: Mapping[str, str], *, windows: bool
) -> tuple[dict[str, str], list[Step]]:
    """Return the variables once the active prefix is left, and the steps of leaving it."""
    active = caller.get("CONDA_PREFIX")
    if not active:
        return dict(caller), []
    contents = read_prefix(active, shell.extensions)
    steps = deactivation_steps(contents)
    if ENV_IN_SHELL not in caller:
        path = without_prefix(caller.get("PATH", ""), active, windows=windows)
        return {**caller, "PATH": path}, steps
    before = restored(caller, activation, contents.static, windows=windows)
    steps += [
        ("set", name, value)
        for name, value in before.items()
        if caller.get(name) != value and name not in ("PATH", "CONDA_SHLVL")
    ]
    # Of what is gone, PATH, level and prefix are set in any case.
    gone = [name for name in caller if name not in before and name not in _SET_ANYWAY]
    steps += [("unset", name) for name in gone if is_name(name, windows=windows)]
    return before, steps


def _entered(
    activation: Activation, shell: Bash, before: Mapping[str, str], *, windows: bool
) -> list[Step]:
    """Return the steps of activating.

    A shell that neither understands the scripts of bash nor expands as bash does gets what they
    lead to, as `run` has it, and then the scripts of its own kind.
    """
    native = read_prefix(activation.prefix, ("bat",) if windows else ("sh",))
    steps = activation_steps(activation, native, before, windows=windows)
    scripts = [step[1] for step in steps if step[0] == "source"]
    is_free = shell.is_native or not any(step[0] == "expand" for step in steps)
    if is_free and all(map(shell.understands, scripts)):
        return steps
    from wisp.activation.session import activate

    changes = activate(activation, before, windows=windows)
    computed: list[Step] = [("unset", name) for name in changes.removed]
    names = (step[1] for step in steps if step[0] != "source")
    values = {name: before[name] for name in names if name in before} | changes.values
    computed += [
        ("set", name, value)
        for name, value in values.items()
        if name not in changes.removed and is_name(name, windows=windows)
    ]
    own = read_prefix(activation.prefix, (shell.name,) if shell.is_native else shell.extensions)
    return [*computed, *(("source", script) for script in own.activate)]


def refreshing(program: str) -> str:
    """Return a function (bash, zsh) that activates anew after commands that change packages.

    The function that `shell-init` brings does so too, and stays.
    """
    name = os.path.basename(program)
    if not name.replace("-", "_").isidentifier():
        return ""
    return (
        f"command -v __{name}_in_place >/dev/null || {name}() {{\n"
        f'  command {name} "$@"\n'
        "  local code=$?\n"
        f'  case "${{1:-}}" in {_CHANGING})\n'
        f'    eval "$(command {name} shell-hook --change-ps1 false)" ;;\n'
        "  esac\n"
        "  return $code\n"
        "}"
    )
