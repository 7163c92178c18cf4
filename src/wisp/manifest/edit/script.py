"""The TOML block in the comments of a script, of either kind, taken out and put back."""

from __future__ import annotations

from wisp.errors import ManifestError
from wisp.manifest.notebook import is_notebook, with_code
from wisp.manifest.script_block import ScriptError, block_of, block_source
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.model import ManifestKind


@dataclass(frozen=True, slots=True)
class ScriptFrame:
    """What stands before and behind the TOML of a text; both empty for a plain manifest.

    Each line of the TOML begins with `prefix`, None for a plain manifest. They may be those of a
    cell in a `notebook`, which is kept as it was read.
    """

    before: str = ""
    after: str = ""
    prefix: str | None = None
    notebook: str | None = None

    def wrap(self, toml: str) -> str:
        """Put a TOML text back into its place."""
        if self.prefix is None:
            return toml
        lines = toml.removesuffix("\n").split("\n") if toml else ()
        block = "".join((self.prefix + line if line else self._bare) + "\n" for line in lines)
        text = self.before + block + self.after
        if self.notebook is None:
            return text
        # The last line of a cell has no line break.
        return with_code(self.notebook, text if self.after else text.removesuffix("\n"))

    @property
    def _bare(self) -> str:
        """What an empty line is in comments."""
        return (self.prefix or "").rstrip()


def unwrap(text: str, kind: ManifestKind) -> tuple[str, ScriptFrame]:
    """Split a script of a kind into the TOML of its block and the frame around it.

    Raises `ManifestError` when there is no block or more than one.
    """
    notebook = text if kind == "script" and is_notebook(text) else None
    try:
        block = block_of(text, kind)
    except ScriptError as error:
        raise ManifestError(str(error)) from None
    if block is None:
        raise ManifestError("the script does not contain a PEP 723 metadata block")
    # Only line feeds part lines here, as for who finds the block.
    lines = (text if notebook is None else block_source(text)).split("\n")
    end = block.line + block.text.count("\n")
    before = "".join(line + "\n" for line in lines[: block.line])
    frame = ScriptFrame(before, "\n".join(lines[end:]), block.prefix, notebook)
    return block.text, frame
