"""Options that mean nothing for a script, which has one environment and no tasks of a workspace."""

from __future__ import annotations

from wisp.errors import WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

#: What a script has none of, in the order in which it is told.
_OF_WORKSPACES = ("feature", "environment", "host", "build", "skip_deps")


def check_script_options(path: str, given: Collection[str]) -> None:
    """Refuse options of workspaces beside `--script`, before the script is read or fetched.

    `path` is the command as typed, `given` names what stood in the command line.
    """
    wrong = [f"--{name.replace('_', '-')}" for name in _OF_WORKSPACES if name in given]
    if "script" not in given or not wrong:
        return
    program, *words = path.split()
    command = " ".join(words[:2] if words[:1] == ["workspace"] else words[:1])
    tasks = " and no Pixi task graph" if command == "run" else ""
    raise WispError(
        f"`{program} {command} --script` does not support {', '.join(wrong)}",
        hints=(f"A script has one implicit default run environment{tasks}.",),
    )
