"""Exposed names as they should be against those that are there: what has to be done.

Pure. "Ours" is decided by what a file holds, never by its name: a file that somebody else put
among the exposed names is kept, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.toolbox.launcher import Launch, is_launcher, is_own_script, read_launch
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["launcher", "configure", "link", "remove"]


@dataclass(frozen=True, slots=True)
class Present:
    """What is there under a name: the bytes of its configuration and of its program."""

    configuration: bytes | None
    program: bytes | None


@dataclass(frozen=True, slots=True)
class Step:
    """One change: write the `launcher` of all names, `configure`, `link` or `remove` a name."""

    kind: Kind
    name: str = ""
    launch: Launch | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Changes in the order they are to be made, and names that a file of somebody's keeps."""

    steps: tuple[Step, ...] = ()
    kept: tuple[str, ...] = ()


def steps(
    desired: Mapping[str, Launch],
    present: Mapping[str, Present],
    launcher: bytes | None,
    owned: Iterable[str],
) -> Steps:
    """Compare names; `launcher` is the program of all of them, None where it is missing.

    Of names that are not desired only those `owned` by the environments at hand are removed. A
    configuration is written before the program that reads it, and removed after it.
    """
    found: list[Step] = []
    kept: list[str] = []
    good = launcher is not None and is_launcher(launcher)
    if desired and not good:
        found.append(Step("launcher"))
    for name, launch in desired.items():
        there = present.get(name, Present(None, None))
        if is_foreign(there.program, launcher):
            kept.append(name)
            continue
        if read_launch(there.configuration) != launch:
            found.append(Step("configure", name, launch))
        if not good or there.program != launcher:
            found.append(Step("link", name))
    for name in owned:
        there = present.get(name, Present(None, None))
        if name not in desired and not is_foreign(there.program, launcher):
            found.append(Step("remove", name))
    return Steps(tuple(found), tuple(kept))


def is_foreign(program: bytes | None, launcher: bytes | None) -> bool:
    """Tell whether a file is somebody else's: neither a launcher nor anything that wisp wrote."""
    if not program:  # missing, or emptied
        return False
    return program != launcher and not is_launcher(program) and not is_own_script(program)
