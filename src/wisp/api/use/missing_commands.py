"""What may help where a command does not exist: a file of that name, or a package that has it."""

from __future__ import annotations

import os
from pathlib import Path

from wisp.api.elsewhere import option_of, packages_at_hand
from wisp.errors import WispError
from wisp.foreign import json_object
from wisp.layout import CONDA_META
from wisp.patterns import pattern
from wisp.printable import typed
from wisp.trust import found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wisp.api.opened import OpenedWorkspace

#: What runs a file of some ending.
_RUNNERS = {
    ".py": "python",
    ".sh": "bash",
    ".bash": "bash",
    ".R": "Rscript",
    ".r": "Rscript",
    ".jl": "julia",
    ".js": "node",
    ".pl": "perl",
    ".rb": "ruby",
}
#: What a package may be called; numbers are arguments that stand in the wrong place.
_NAME = pattern(r"(?![0-9.]+$)[A-Za-z0-9][A-Za-z0-9_.-]*")


def advice(
    workspace: OpenedWorkspace, environment: str, name: str, cwd: Path, *, guess: bool
) -> Iterator[str]:
    """Word what to do where an environment has no command of a name, wanted in the folder `cwd`.

    Nothing is asked of the network: channels are looked up as far as they were read before. With
    `guess` a package is also offered of which nobody knows whether there is one.
    """
    file = cwd / name
    runner = _RUNNERS.get(file.suffix)
    # What cannot be looked at (too long a name, a closed folder) is no file for us.
    if os.path.isfile(file):  # noqa: PTH113
        yield from _of_file(name, file, runner)
    elif runner is not None:
        yield f"there is no file `{name}` in `{cwd}`"
    elif _NAME.fullmatch(name):
        yield from _of_package(workspace, environment, name, guess)


def _of_file(name: str, file: Path, runner: str | None) -> Iterator[str]:
    if runner is not None:
        yield f"`{name}` is a file: `pixi run {runner} {typed(name)}`"
    elif os.access(file, os.X_OK):
        yield f"`{name}` is a file of this folder: `pixi run ./{typed(name)}`"


def _brings(prefix: Path, name: str) -> bool | None:
    """Whether an installed package of a name brings a command of its name; None: there is none."""
    for record in (prefix / CONDA_META).glob(f"{name}-*.json"):
        try:
            found = json_object(found_bytes(record))
        except (OSError, ValueError):
            continue
        if found.get("name") == name:
            return f"bin/{name}" in (found.get("files") or ())
    return None


def _of_package(
    workspace: OpenedWorkspace, environment: str, name: str, guess: bool
) -> Iterator[str]:
    place = option_of(workspace.require_environment(environment))
    try:
        inputs = workspace.inputs(environment, workspace.best_platform(environment))
    except WispError:  # whoever runs there nevertheless has vouched for it
        return
    brings = _brings(workspace.prefix(environment), name)
    if brings is not None:
        there = f"the package `{name}` is there"
        yield (
            f"{there}: `pixi reinstall` brings its command back"
            if brings
            else (f"{there}, and has no command of its name")
        )
    elif name.lower() in packages_at_hand(workspace.session, inputs):
        yield f"the channels have a package of that name: `pixi add{place} {name}`"
    elif guess:
        yield (
            f"if a package of that name brings it, add it: `pixi add{place} {name}`, or from PyPI "
            f"`pixi add{place} --pypi {name}`"
        )
