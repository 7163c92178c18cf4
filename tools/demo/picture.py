"""A picture of a terminal session, as SVG: what was typed and what came back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

_WIDTH = 84
#: rich's template loads a font from elsewhere; whoever looks at the picture has one of their own.
_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
#: Some programs that show pictures drop a space at the beginning of a text: it is moved past.
_INDENTED = re.compile(r'x="([\d.]+)"( y="[\d.]+") textLength="([\d.]+)"([^>]*)>((?:&#160;)+)')
_CELL = 12.2


def draw(session: Iterable[tuple[str, str]], file: Path) -> None:
    """Write the picture of a session: command lines and what each said, colours included."""
    console = Console(
        record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False
    )
    for command, said in session:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        console.print(Text.from_ansi(said.rstrip()))
        console.print()
    picture = console.export_svg(title="wisp", unique_id="wisp")
    file.write_text(_INDENTED.sub(_moved, _FONT.sub("", picture)))


def _moved(found: re.Match[str]) -> str:
    left, row, length, rest, spaces = found.groups()
    width = spaces.count("&") * _CELL
    return f'x="{float(left) + width:g}"{row} textLength="{float(length) - width:g}"{rest}>'
