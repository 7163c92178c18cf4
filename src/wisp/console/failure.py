"""How a failure looks: message, causes as a chain, the marked spot in its source, hints."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import WispError
from wisp.printable import few, in_measure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.errors import Place

    Painter = Callable[[str, str], str]

_RED = "31"
_CYAN = "36"

#: A line of a file is shown up to this many characters.
_WIDEST = 400


def render(error: WispError, *, color: bool = False) -> str:
    """Word a failure for a person, in the layout that users of Pixi know."""
    paint = _painter(color)
    lines = [f"Error:   {paint('×', _RED)} {_indent(error.message, '  │ ')}"]
    chain = few(_chain(error))
    for index, cause in enumerate(chain):
        last = index == len(chain) - 1
        head = "╰─▶ " if last else "├─▶ "
        lines.append(f"  {paint(head, _RED)}{_indent(cause, '      ' if last else '  │   ')}")
    if error.place is not None:
        lines += _excerpt(error.place, paint)
    lines += [f"  {paint('help:', _CYAN)} {_indent(hint, '        ')}" for hint in error.hints]
    return "\n".join(lines)


def _painter(color: bool) -> Painter:
    return lambda text, code: f"\x1b[{code}m{text}\x1b[0m" if color else text


def _indent(text: str, margin: str) -> str:
    return ("\n" + margin).join(in_measure(text.rstrip("\n")).split("\n"))


def _chain(error: WispError) -> list[str]:
    """Messages of all causes, outermost first."""
    found: list[str] = []
    for cause in error.causes:
        if isinstance(cause, WispError):
            found += [cause.message, *_chain(cause)]
        else:
            found.append(cause)
    return found


def _window(line: str, column: int) -> tuple[str, int]:
    """Cut what is around a column out of a line without measure; and how much was left out."""
    if len(line) <= _WIDEST:
        return line, 0
    first = max(0, min(column - _WIDEST // 2, len(line) - _WIDEST))
    return line[first : first + _WIDEST], first


def _is_behind_link(file: Path) -> bool:
    """Tell whether a file is a link, or in one that stands for a folder such as `.pixi`."""
    return file.is_symlink() or (file.parent.name.startswith(".") and file.parent.is_symlink())


def _excerpt(place: Place, paint: Painter) -> list[str]:
    """The marked line, with its neighbours, under its file, line and column.

    What lies behind a symbolic link may be a secret: of that no line is shown.
    """
    if not place.line:
        return [f"   ╭─[{place.file}]"] if not place.text else []
    if _is_behind_link(Path(place.file)):
        return [f"   ╭─[{place.file}:{place.line}] (a link: what it leads to is not shown)"]
    source = place.text.splitlines()
    width = len(str(place.line + 1))
    pad = " " * width
    spot = f"{place.line}:{place.column}" if place.length else f"{place.line}"
    rows = [f" {pad} ╭─[{place.file}:{spot}]"]
    for number in range(max(1, place.line - 1), min(len(source), place.line + 1) + 1):
        line, cut = _window(source[number - 1], place.column if number == place.line else 1)
        rows.append(f" {number:>{width}} │ {line}")
        if number == place.line:
            mark = "─" * min(max(1, place.length), _WIDEST)
            label = f" {in_measure(place.label)}" if place.label else ""
            rows.append(f" {pad} · {' ' * (place.column - 1 - cut)}{paint(mark + label, _RED)}")
    return [*rows, f" {pad} ╰────"]
