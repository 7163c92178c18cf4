"""What running work looks like on a terminal: a few lines, made from what was told of it."""

from __future__ import annotations

from wisp.console.sizes import human_size
from wisp.printable import printable
from wisp.report import BYTES, DOWNLOADING
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wisp.console.style import Paint


#: A piece of work is shown only when it has lasted this long (seconds), so that quick
#: commands do not flicker.
PATIENCE = 0.25
#: After so many seconds without a byte a download is told to wait.
STALLED = 5.0
#: Work in which nothing could be counted for so long (seconds), such as a solve, names its host.
_LONG = 10.0
_BAR = 20
_MOST_LINES = 8
_MOST_NAMES = 3
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TURNS_PER_SECOND = 10
_BOLD, _DIM, _GREEN, _YELLOW, _CYAN = "1", "2", "32", "33", "36"


@dataclass(slots=True, kw_only=True)
class Row:
    """A piece of work as it was told. `began` and `moved` are seconds of one clock."""

    phase: str
    subject: str = ""
    source: str = ""
    unit: str = ""
    outer: bool = False
    total: int | None = None
    done: int = 0
    name: str = ""
    began: float = 0.0
    moved: float = 0.0

    @property
    def is_download(self) -> bool:
        """Whether it is one file of those that are told together."""
        return self.phase == DOWNLOADING and self.unit == BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """The files that are on their way: bytes so far, expected (None: unknown), per second."""

    rows: tuple[Row, ...]
    done: int
    total: int | None
    speed: float


def screen(
    rows: Sequence[Row],
    downloads: Downloads | None,
    now: float,
    width: int,
    paint: Paint,
    *,
    going_on: bool = False,
) -> list[str]:
    """Return the lines that tell what runs at the moment `now`, none wider than `width`.

    Where a command is `going_on`, work that has just begun is told rather than nothing.

    Files that are downloaded share a line, and have one each below it if there are several.
    Outer work is told while nothing inside of it is.
    """
    late = [row for row in rows if now - row.began >= PATIENCE]
    if going_on and not late:
        late = [*rows[-1:]]
    inner = [row for row in late if not row.outer] or late[-1:]
    turn = _SPINNER[int(now * _TURNS_PER_SECOND) % len(_SPINNER)]
    asks = now - max((row.moved for row in rows), default=now) >= _LONG
    lines = [[(turn, _GREEN), *_work(row, now, asks)] for row in inner if not row.is_download]
    if downloads is not None and any(row.is_download for row in inner):
        lines.append([(turn, _GREEN), *_together(downloads, now)])
        if len(downloads.rows) > 1:
            lines += [_file(row) for row in downloads.rows]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES + 1
        lines = [*lines[: _MOST_LINES - 1], [(f"  (+{more} more)", _DIM)]]
    return [_fitted(line, width, paint) for line in lines]


def _work(row: Row, now: float, asks: bool) -> Iterator[tuple[str, str]]:
    yield f"{row.phase} {row.subject}".strip(), _BOLD
    if row.total:
        yield _bar(row.done, row.total), _CYAN
        amount = human_size if row.unit == BYTES else str
        yield f"{amount(row.done)}/{amount(row.total)}", ""
    elif row.unit == BYTES and row.done:
        yield human_size(row.done), ""
        yield f"{human_size(int(row.done / max(now - row.began, PATIENCE)))}/s", _GREEN
    if row.name:
        yield row.name, ""
    yield f"{now - row.began:.0f} s", _DIM
    if row.source and asks:
        yield f"(asking {row.source})", _YELLOW


def _together(downloads: Downloads, now: float) -> Iterator[tuple[str, str]]:
    yield DOWNLOADING, _BOLD
    if downloads.total:
        yield _bar(downloads.done, downloads.total), _CYAN
        yield f"{human_size(downloads.done)} of {human_size(downloads.total)}", ""
    else:
        yield human_size(downloads.done), ""
    quiet = now - max(row.moved for row in downloads.rows)
    if quiet >= STALLED:
        hosts = dict.fromkeys(row.source for row in downloads.rows if row.source)
        asked = f" from {', '.join(hosts)}" if hosts else ""
        yield f"nothing for {quiet:.0f} s{asked}", _YELLOW
    else:
        yield f"{human_size(int(downloads.speed))}/s", _GREEN
    names = [row.subject for row in downloads.rows]
    more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    yield ", ".join(names[:_MOST_NAMES]) + more, _DIM


def _file(row: Row) -> list[tuple[str, str]]:
    amount = human_size(row.done) + (f" of {human_size(row.total)}" if row.total else "")
    return [(f"    {row.subject}", ""), (amount, _DIM)]


def _bar(done: int, total: int) -> str:
    full = min(_BAR, _BAR * done // total)
    return "━" * full + "╌" * (_BAR - full)


def _fitted(pieces: Sequence[tuple[str, str]], width: int, paint: Paint) -> str:
    """Join pieces by blanks, cut at the right edge; colours take no room."""
    shown: list[str] = []
    left = width
    for text, code in pieces:
        if left <= 0:
            break
        part = printable(text)[:left]
        left -= len(part) + 1
        shown.append(paint(part, code) if code else part)
    return " ".join(shown)
