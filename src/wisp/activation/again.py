"""Leaving what is active before it is activated once more, so that twice is as once.

Variables of the manifest and of the workspace are put back as they were kept. What scripts have
put together cannot be: they add to it a second time, and what they add is then known.
"""

from __future__ import annotations

import os

from wisp.activation.variables import (
    deactivation_steps,
    is_name,
    read_prefix,
    restored,
    without_prefix,
)
from wisp.layout import ENV_IN_SHELL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wisp.activation.variables import Activation, Step

#: Variables that activating sets whatever they were.
_SET_ANYWAY = ("PATH", "CONDA_SHLVL", "CONDA_PREFIX")


def is_active(activation: Activation, caller: Mapping[str, str]) -> bool:
    """Whether it is what was activated last in the environment `caller`."""
    return ENV_IN_SHELL in caller and caller.get("CONDA_PREFIX") == activation.prefix


def left(
    activation: Activation,
    caller: Mapping[str, str],
    extensions: Sequence[str],
    *,
    windows: bool = False,
) -> tuple[dict[str, str], list[Step]]:
    """Return the variables once the active prefix is left, and the steps of leaving it.

    `extensions` are those of the scripts that are run; their effects are in the steps alone.
    """
    active = caller.get("CONDA_PREFIX")
    if not active:
        return dict(caller), []
    contents = read_prefix(active, extensions)
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


def once(
    activation: Activation, before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, str]:
    """Return what variables ought to be that scripts have added to a second time.

    `before` is how an environment was left, `after` how it is entered again.
    """
    kept = {name for name in activation.env if name != "PATH"}
    found = {}
    for name, new in after.items():
        old = before.get(name)
        if old and old != new and name not in kept and not name.startswith("CONDA_"):
            right = _added_once(old, new)
            if right != new:
                found[name] = right
    return _followed(activation, {**after, **found}, found)


def _followed(
    activation: Activation, variables: dict[str, str], found: dict[str, str]
) -> dict[str, str]:
    """Add the manifest's own variables that name one of those found, expanded anew."""
    from wisp.activation.expansion import expand

    for name, value in activation.env.items():
        named = any(f"${one}" in value or f"${{{one}" in value for one in found)
        if name not in found and named and (text := expand(value, variables)) is not None:
            found[name] = variables[name] = text
    return found


def _added_once(old: str, new: str) -> str:
    """Take from a value what was added around it, if that had been there already."""
    at = new.rfind(old)
    if at < 0:
        return new
    front, back = new[:at], new[at + len(old) :]
    if old.startswith(front) and old[len(front) :].endswith(back):
        return old
    sign = os.pathsep
    if (front and not front.endswith(sign)) or (back and not back.startswith(sign)):
        return new
    rest = old.split(sign)
    for entry in (*front.split(sign)[:-1], *back.split(sign)[1:]):
        if entry in rest:
            rest.remove(entry)
    if rest:
        return front + sign.join(rest) + back
    return front[:-1] + back if front else back[1:]
