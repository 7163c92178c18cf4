"""Python scripts with a PEP 723 block: a small workspace inside the comments of a program."""

from __future__ import annotations

from typing import Any

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table
from wisp.manifest.notebook import code_of, is_notebook
from wisp.patterns import pattern
from wisp.values import dataclass

#: The line that a block begins with.
OPENING = "# /// script"

_ROOT_KEYS = ("dependencies", "requires-python", "tool")
_TARGET_KEYS = ("activation", "constraints", "dependencies", "pypi-dependencies")
_PIXI_KEYS = (*_TARGET_KEYS, "system-requirements", "target", "workspace")
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
_OPENING = pattern(r"# /// (?P<type>[a-zA-Z0-9-]+)")


class ScriptError(ValueError):
    """The comments of a script hold no block, several, or one that is never closed."""


@dataclass(frozen=True, slots=True)
class Block:
    """The TOML text of a block and the number of lines of the file above it."""

    text: str
    line: int


def block_source(text: str) -> str:
    """Return the Python in which a block is looked for: of a notebook its first cell of code."""
    return code_of(text) if is_notebook(text) else text


def find_block(source: str) -> Block | None:
    """Return the block of type `script`, None if there is none. Raises `ScriptError`."""
    lines = [line.removesuffix("\r") for line in source.removeprefix("\ufeff").split("\n")]
    found: list[Block] = []
    at = 0
    while at < len(lines):
        opening = _OPENING.fullmatch(lines[at].rstrip())
        at += 1
        if opening is None:
            continue
        end = _end_of_block(lines, at)
        if opening["type"] == "script":
            if end is None:
                raise ScriptError("the `# /// script` block is not closed by a line `# ///`")
            found.append(Block("\n".join(line[2:] for line in lines[at:end]) + "\n", at))
        at = (end or at) + 1 if end is not None else at
    if len(found) > 1:
        raise ScriptError("there are several `# /// script` blocks, only one is allowed")
    return found[0] if found else None


def _end_of_block(lines: list[str], start: int) -> int | None:
    """Return the index of the last `# ///` of the comment lines that follow."""
    end = None
    for index in range(start, len(lines)):
        line = lines[index]
        if line.rstrip() == "# ///":
            end = index
        elif line != "#" and not line.startswith("# "):
            break
    return end


def with_block(source: str, block: str) -> str:
    r"""Put a block (with `\n` as line breaks) into a source that has none, as Pixi does.

    It comes behind what has to be the first lines, and takes the line breaks of the source. Between
    it and the line that names who runs the file stands an empty comment.
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
        first += "#\n"
    body = "".join(lines[head:])
    text = first + block + ("\n" if body else "")
    return mark + (text.replace("\r\n", "\n").replace("\n", _line_break(source))) + body


def _line_break(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


def check_script_tables(root: Table) -> Table:
    """Refuse what a script may not say; return its `[tool.pixi]`, empty if missing."""
    _refuse(root, _ROOT_KEYS)
    pixi = root.below("tool").below("pixi")
    _refuse(pixi, _PIXI_KEYS)
    _refuse(pixi.below("workspace"), _WORKSPACE_KEYS)
    for _, target in pixi.below("target").tables():
        _refuse(target, _TARGET_KEYS)
    return pixi


def _refuse(table: Table, allowed: tuple[str, ...]) -> None:
    unknown = [key for key in table.data if key not in allowed]
    if unknown:
        paths: list[ValuePath] = [(*table.path, key) for key in unknown]
        names = ", ".join("`" + ".".join(map(str, path)) + "`" for path in paths)
        raise Fault(f"PEP 723 scripts do not support: {names}", *paths, mark="key")


def with_defaults(
    pixi: dict[str, Any], channels: tuple[str, ...], platforms: tuple[str, ...]
) -> dict[str, Any]:
    """Fill in channels and platforms where the script leaves them to others."""
    workspace = pixi.get("workspace", {})
    defaults = {"channels": list(channels), "platforms": list(platforms)}
    return {**pixi, "workspace": {**defaults, **workspace}}
