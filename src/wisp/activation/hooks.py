"""Steps of an activation as text, meant for `eval` (or `source`) in a running shell."""

from __future__ import annotations

import os

from wisp.activation.again import is_active, left
from wisp.activation.variables import activation_steps, is_name, read_prefix
from wisp.layout import ENV_EXE, ENV_IN_SHELL, ENV_PROMPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wisp.activation.shells import Bash
    from wisp.activation.variables import Activation, Step

#: Commands that may change the active environment.
_CHANGING = "add|a|remove|rm|install|i|update|upgrade|reinstall"


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
    steps = _steps(activation, shell, caller, windows=windows)
    text = render(steps, shell)
    extra = [shell.completions(activation.prefix)] if completions else []
    if change_prompt:
        old = caller.get(ENV_PROMPT, "") if ENV_IN_SHELL in caller else ""
        extra.append(shell.prompt(activation.project.get(ENV_PROMPT, ""), old))
    if shell.is_native:
        extra.append(refreshing(activation.project.get(ENV_EXE, "")))
    return text + "".join(line + "\n" for line in extra if line)


def _steps(
    activation: Activation, shell: Bash, caller: Mapping[str, str], *, windows: bool
) -> list[Step]:
    """Return the steps of leaving and entering, as the native shell does them.

    A shell that neither understands the scripts of bash nor expands as bash does gets what they
    lead to, as `run` has it, and then the scripts of its own kind.
    """
    extensions = ("bat",) if windows else ("sh",)
    before, steps = left(activation, caller, extensions, windows=windows)
    native = read_prefix(activation.prefix, extensions)
    steps += activation_steps(activation, native, before, windows=windows)
    scripts = [step[1] for step in steps if step[0] == "source"]
    expands = any(step[0] == "expand" for step in steps)
    if (shell.is_native or not expands) and all(map(shell.understands, scripts)):
        if is_active(activation, caller) and (scripts or expands):
            steps += _put_right(activation, caller, windows=windows)
        return steps
    return _computed(activation, shell, caller, steps, windows=windows)


def _put_right(activation: Activation, caller: Mapping[str, str], *, windows: bool) -> list[Step]:
    """Return steps that give variables the values of one activation, after scripts ran again."""
    from wisp.activation.session import activate

    return [("set", *item) for item in activate(activation, caller, windows=windows).once.items()]


def _computed(
    activation: Activation,
    shell: Bash,
    caller: Mapping[str, str],
    steps: Sequence[Step],
    *,
    windows: bool,
) -> list[Step]:
    from wisp.activation.session import activate, outcome

    if is_active(activation, caller):
        changes = activate(activation, caller, windows=windows)
    else:
        changes = outcome(steps, caller, windows=windows)
    after = changes.applied_to(caller)
    names = dict.fromkeys((*(step[1] for step in steps if step[0] != "source"), *changes.values))
    values: list[Step] = [
        ("set", name, after[name])
        for name in names
        if name in after and is_name(name, windows=windows)
    ]
    gone: list[Step] = [
        ("unset", name) for name in changes.removed if is_name(name, windows=windows)
    ]
    active = caller.get("CONDA_PREFIX")
    own_before = read_prefix(active, shell.own_extensions).deactivate if active else ()
    own = read_prefix(activation.prefix, shell.own_extensions).activate
    return [
        *(("source", script) for script in own_before),
        *gone,
        *values,
        *(("source", script) for script in own),
    ]


def refreshing(program: str) -> str:
    """Return a function (of any POSIX shell) that activates anew after changes of packages.

    The function that `shell-init` brings does so too, and stays.
    """
    name = os.path.basename(program)
    if not name.replace("-", "_").isidentifier():
        return ""
    return (
        f"command -v __{name}_in_place >/dev/null || {name}() {{\n"
        f'  if command {name} "$@"; then set -- 0 "$@"; else set -- $? "$@"; fi\n'
        f'  case "${{2:-}}" in {_CHANGING})\n'
        f'    eval "$(command {name} shell-hook --change-ps1 false)" ;;\n'
        "  esac\n"
        '  return "$1"\n'
        "}"
    )
