"""Steps of an activation as text, meant for `eval` (or `source`) in a running shell."""

from __future__ import annotations

from wisp.activation.variables import (
    activation_steps,
    deactivation_steps,
    read_prefix,
    without_prefix,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.activation.shells import Bash
    from wisp.activation.variables import Activation, Step


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
    """Return the script that leaves the active prefix, if any, and activates another one."""
    steps: list[Step] = []
    before = dict(caller)
    active = caller.get("CONDA_PREFIX")
    if active:
        steps += deactivation_steps(read_prefix(active, shell.extensions))
        before["PATH"] = without_prefix(caller.get("PATH", ""), active, windows=windows)
    contents = read_prefix(activation.prefix, shell.extensions)
    steps += activation_steps(activation, contents, before, windows=windows)
    text = render(steps, shell)
    extra = [shell.completions(activation.prefix)] if completions else []
    if change_prompt:
        extra.append(shell.prompt(activation.project.get("PIXI_PROMPT", "")))
    return text + "".join(line + "\n" for line in extra if line)
