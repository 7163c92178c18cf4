"""The TOML block in the comments of a Python script (PEP 723), taken out and put back."""

from __future__ import annotations

from wisp.errors import ManifestError
from wisp.manifest.script import ScriptError, find_block
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class ScriptFrame:
    """What stands before and behind the TOML of a text; both empty for a plain manifest."""

    before: str = ""
    after: str = ""
    commented: bool = False

    def wrap(self, toml: str) -> str:
        """Put a TOML text back into its place."""
        if not self.commented:
            return toml
        lines = (f"# {line}" if line else "#" for line in toml.splitlines())
        return f"{self.before}{''.join(line + chr(10) for line in lines)}{self.after}"


def unwrap(text: str) -> tuple[str, ScriptFrame]:
    """Split a script into the TOML of its block and the frame around it.

    Raises `ManifestError` when there is no block or more than one.
    """
    try:
        block = find_block(text)
    except ScriptError as error:
        raise ManifestError(str(error)) from None
    if block is None:
        raise ManifestError("the script does not contain a PEP 723 metadata block")
    lines = text.splitlines(keepends=True)
    end = block.line + block.text.count("\n")
    frame = ScriptFrame("".join(lines[: block.line]), "".join(lines[end:]), commented=True)
    return block.text, frame
