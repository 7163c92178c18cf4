"""The TOML block in the comments of a Python script (PEP 723), taken out and put back."""

from __future__ import annotations

from wisp.errors import ManifestError
from wisp.manifest.notebook import is_notebook, with_code
from wisp.manifest.script import ScriptError, block_source, find_block
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class ScriptFrame:
    """What stands before and behind the TOML of a text; both empty for a plain manifest.

    They may be those of a cell in a `notebook`, which is kept as it was read.
    """

    before: str = ""
    after: str = ""
    commented: bool = False
    notebook: str | None = None

    def wrap(self, toml: str) -> str:
        """Put a TOML text back into its place."""
        if not self.commented:
            return toml
        lines = (f"# {line}" if line else "#" for line in toml.splitlines())
        text = f"{self.before}{''.join(line + chr(10) for line in lines)}{self.after}"
        if self.notebook is None:
            return text
        # The last line of a cell has no line break.
        return with_code(self.notebook, text if self.after else text.removesuffix("\n"))


def unwrap(text: str) -> tuple[str, ScriptFrame]:
    """Split a script into the TOML of its block and the frame around it.

    Raises `ManifestError` when there is no block or more than one.
    """
    notebook = text if is_notebook(text) else None
    text = block_source(text)
    try:
        block = find_block(text)
    except ScriptError as error:
        raise ManifestError(str(error)) from None
    if block is None:
        raise ManifestError("the script does not contain a PEP 723 metadata block")
    lines = text.splitlines(keepends=True)
    end = block.line + block.text.count("\n")
    before, after = "".join(lines[: block.line]), "".join(lines[end:])
    frame = ScriptFrame(before, after, commented=True, notebook=notebook)
    return block.text, frame
