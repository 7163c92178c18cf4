"""Python scripts with a PEP 723 block: a small workspace inside the comments of a program.

`wisp.manifest.script_block` finds the block; here is what may stand in it, and where a new one
goes.
"""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table
from wisp.patterns import pattern
from wisp.specs.similarity import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROOT_KEYS = ("dependencies", "requires-python", "tool")
#: What `[tool.pixi.target.…]` of a script may hold.
TARGET_KEYS = ("activation", "constraints", "dependencies", "pypi-dependencies")
_PIXI_KEYS = (*TARGET_KEYS, "system-requirements", "target", "workspace")
_WORKSPACE_KEYS = (
    "channel-priority",
    "channels",
    "platforms",
    "preview",
    "pypi-options",
    "requires-pixi",
    "solve-strategy",
)
#: What has to stay in the first two lines of a file: who runs it, and how it is encoded.
_HEAD = pattern(r"#!|#.*?coding[:=]|# vim")


def with_block(source: str, block: str, gap: str = "#\n") -> str:
    r"""Put a block (with `\n` as line breaks) into a source that has none, as Pixi does.

    It comes behind what has to be the first lines, and takes the line breaks of the source. Between
    it and the line that names who runs the file stands a `gap`, an empty comment.
    """
    mark = "\ufeff" if source.startswith("\ufeff") else ""
    lines = source.removeprefix(mark).splitlines(keepends=True)
    head = 0
    while head < min(2, len(lines)) and _HEAD.match(lines[head]):
        head += 1
    first = "".join(lines[:head])
    if first and not first.endswith("\n"):
        first += "\n"
    if head == 1 and first.startswith("#!"):
        first += gap
    body = "".join(lines[head:])
    text = first + block + ("\n" if body else "")
    return mark + (text.replace("\r\n", "\n").replace("\n", _line_break(source))) + body


def _line_break(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


def check_script_tables(root: Table) -> Table:
    """Refuse what a script may not say; return its `[tool.pixi]`, empty if missing."""
    refuse_others(root, _ROOT_KEYS)
    pixi = root.below("tool").below("pixi")
    refuse_others(pixi, _PIXI_KEYS)
    refuse_others(pixi.below("workspace"), _WORKSPACE_KEYS)
    for _, target in pixi.below("target").tables():
        refuse_others(target, TARGET_KEYS)
    return pixi


def refuse_others(
    table: Table,
    allowed: tuple[str, ...],
    scripts: str = "PEP 723 scripts",
    hints: tuple[str, ...] = (),
) -> None:
    """Refuse keys that a kind of scripts does not have. Raises `Fault`."""
    unknown = [key for key in table.data if key not in allowed]
    if unknown:
        paths: list[ValuePath] = [(*table.path, key) for key in unknown]
        near = [one for key in unknown for one in closest(key, allowed)]
        hints = (*hints, *(f"did you mean '{one}'?" for one in dict.fromkeys(near)))
        names = ", ".join("`" + ".".join(map(str, path)) + "`" for path in paths)
        raise Fault(f"{scripts} do not support: {names}", *paths, mark="key", hints=hints)


def with_defaults(
    pixi: dict[str, Any], channels: tuple[str, ...], platforms: tuple[str, ...]
) -> dict[str, Any]:
    """Fill in channels and platforms where the script leaves them to others."""
    workspace = pixi.get("workspace", {})
    defaults = {"channels": list(channels), "platforms": list(platforms)}
    return {**pixi, "workspace": {**defaults, **workspace}}
