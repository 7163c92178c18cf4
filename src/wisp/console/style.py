"""What is painted how, everywhere: the colours that users of Pixi and uv know."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    #: Gives a text an SGR code where colours are wanted.
    Paint = Callable[[str, str], str]

HEADING = "1;36"
NAME = "1"
DIM = "2"
TASK = "32"
COMMAND = "34"
#: Of packages, by the kind of index they come from.
KINDS = {"conda": "32", "pypi": "34"}


def plain(text: str, _code: str) -> str:
    """Paint nothing."""
    return text
