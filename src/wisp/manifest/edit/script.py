"""The TOML block in the comments of a Python script (PEP 723), taken out and put back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wisp.errors import ManifestError

_BLOCK = re.compile(
    r"^# /// script[ \t]*\n(?P<body>(?:#(?: [^\n]*)?\n)*?)^# ///[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Frame:
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


def unwrap(text: str) -> tuple[str, Frame]:
    """Split a script into the TOML of its block and the frame around it.

    Raises `ManifestError` when there is no block or more than one.
    """
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != 1:
        raise ManifestError(
            "the script has several `# /// script` blocks"
            if blocks
            else "the script has no `# /// script` block"
        )
    start, end = blocks[0].span("body")
    toml = "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in text[start:end].splitlines(True)
    )
    return toml, Frame(text[:start], text[end:], commented=True)
