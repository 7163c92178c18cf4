"""The blocks of metadata in the comments of scripts: where they are, and the TOML in them.

There are two kinds: `# /// script` of Python (PEP 723), and `/// conda-script` behind whatever a
language begins its comments with, as the draft of that standard has it.
"""

from __future__ import annotations

from wisp.manifest.notebook import code_of, is_notebook
from wisp.patterns import pattern
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.model import ManifestKind

#: The line that a block of PEP 723 begins with.
OPENING = "# /// script"
#: What the line that a conda-script block begins with ends in, and the line that it ends with.
CONDA_OPENING = "/// conda-script"
CONDA_CLOSING = "/// end-conda-script"

_OPENING = pattern(r"# /// (?P<type>[a-zA-Z0-9-]+)")
_LETTER = pattern(r"\w")
_MARK = "\ufeff"


class ScriptError(ValueError):
    """The comments of a script hold no block, several, or one that is never closed.

    `line` is where, if that is known.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Block:
    """The TOML text of a block, the number of lines of the file above it, how each line begins."""

    text: str
    line: int
    prefix: str = "# "
    kind: ManifestKind = "script"


def block_source(text: str) -> str:
    """Return the Python in which a block is looked for: of a notebook its first cell of code."""
    return code_of(text) if is_notebook(text) else text


def block_of(text: str, kind: ManifestKind) -> Block | None:
    """Return the block of a script of one kind, None if there is none. Raises `ScriptError`."""
    return find_conda_block(text) if kind == "conda-script" else find_block(block_source(text))


def find_block(source: str) -> Block | None:
    """Return the block of type `script`, None if there is none. Raises `ScriptError`."""
    lines = _lines(source)
    found: list[Block] = []
    at = comments_end = 0
    end: int | None = None
    while at < len(lines):
        opening = _OPENING.fullmatch(lines[at].rstrip())
        at += 1
        if opening is None:
            continue
        if at >= comments_end:  # what closes no block closes none that opens further down
            end, comments_end = _end_of_block(lines, at)
        if opening["type"] == "script":
            if end is None:
                raise ScriptError("the `# /// script` block is not closed by a line `# ///`", at)
            found.append(Block("".join(line[2:] + "\n" for line in lines[at:end]), at))
        if end is not None:
            at = comments_end = end + 1
    if len(found) > 1:
        told = "there are several `# /// script` blocks, only one is allowed"
        raise ScriptError(told, found[1].line)
    return found[0] if found else None


def _lines(source: str) -> list[str]:
    return [line.removesuffix("\r") for line in source.removeprefix(_MARK).split("\n")]


def _end_of_block(lines: list[str], start: int) -> tuple[int | None, int]:
    """Return the index of the last `# ///` of the comments that follow, and where these end."""
    end = None
    for index in range(start, len(lines)):
        line = lines[index]
        if line.rstrip() == "# ///":
            end = index
        elif line != "#" and not line.startswith("# "):
            return end, index
    return end, len(lines)


def opens_block(source: str) -> bool:
    """Tell whether a text begins a block of PEP 723 somewhere; what it holds is not looked at."""
    return OPENING in _lines(source)


def opens_conda_block(source: str) -> bool:
    """Tell whether a text begins a conda-script block somewhere; what it holds is not looked at."""
    if CONDA_OPENING not in source:
        return False
    return any(_conda_prefix(line) is not None for line in _lines(source))


def find_conda_block(source: str) -> Block | None:
    """Return the conda-script block, None if there is none. Raises `ScriptError` with the line."""
    if CONDA_OPENING not in source:
        return None
    lines = _lines(source)
    found: Block | None = None
    at = 0
    while at < len(lines):
        prefix = _conda_prefix(lines[at])
        at += 1
        if prefix is None:
            continue
        if found is not None:
            raise ScriptError(
                f"there is a second conda-script block, only one is allowed; the first begins in "
                f"line {found.line}",
                at,
            )
        end = _end_of_conda_block(lines, at, prefix)
        inner = "".join(_without(prefix, line) + "\n" for line in lines[at:end])
        found = Block(inner, at, prefix, "conda-script")
        at = end + 1
    return found


def refuse_both(source: str, conda: Block) -> None:
    """Refuse a block of PEP 723 beside a conda-script block. Raises `ScriptError`."""
    inside = range(conda.line, conda.line + conda.text.count("\n"))
    for index, line in enumerate(_lines(source)):
        if index not in inside and line.rstrip() == OPENING:
            raise ScriptError(
                "there is a `# /// script` block beside the conda-script block that begins in "
                f"line {conda.line}: a script has one of them",
                index + 1,
            )


def _conda_prefix(line: str) -> str | None:
    """Return what comes before the words that open a block; None for any other line."""
    line = line.rstrip()
    if not line.endswith(CONDA_OPENING):
        return None
    prefix = line.removesuffix(CONDA_OPENING)
    if not prefix.strip() or _LETTER.search(prefix.replace("_", "")):
        return None
    return prefix


def _end_of_conda_block(lines: list[str], start: int, prefix: str) -> int:
    """Return the index of the line that closes a block which begins above `start`."""
    opened = f"the conda-script block that begins in line {start} is not closed"
    closing = prefix + CONDA_CLOSING
    last = len(lines) - (not lines[-1])
    for index in range(start, last):
        line = lines[index]
        if line.rstrip() == closing:
            return index
        if not line.startswith(prefix) and line.rstrip() != prefix.rstrip():
            raise ScriptError(f"{opened}: this line does not begin with `{prefix}`", index + 1)
        if _conda_prefix(line) == prefix:
            raise ScriptError(f"{opened}: another one begins here", index + 1)
    raise ScriptError(f"{opened} by a line `{closing}`", start)


def _without(prefix: str, line: str) -> str:
    return line.removeprefix(prefix) if line.startswith(prefix) else ""
