"""Sizes as bars in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wisp.console.sizes import human_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import PackageSize, SizeChange, SizeReport
    from wisp.console.style import Paint

_WIDTH = 24
_BOLD, _DIM, _BAR = "1", "2", "36"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def report_lines(report: SizeReport, paint: Paint, *, limit: int) -> Iterator[str]:
    """Yield what was weighed: the whole, packages, kinds of files, layers, what nothing uses."""
    yield f"{paint(report.subject, _BOLD)}: {human_size(report.size)}"
    shown = [one for one in report.packages if one.size][:limit]
    yield from _block("packages", [(_name(one), one.size, _why(one)) for one in shown], paint)
    left = report.packages[len(shown) :]
    if left:
        size = human_size(sum(one.size for one in left))
        yield paint(f"  and {len(left)} more, {size} together", _DIM)
    yield from _block("kinds of files", _rows(report.kinds), paint)
    layers = [(one.title, one.size, f"{human_size(one.packed)} packed") for one in report.layers]
    yield from _block("layers", layers, paint)
    if report.unused:
        yield ""
        names = ", ".join(report.unused)
        yield f"hint: nothing here imports or calls: {names}"


def _rows(table: Mapping[str, int]) -> list[tuple[str, int, str]]:
    return [(name, size, "") for name, size in table.items() if size]


def _name(package: PackageSize) -> str:
    return f"{package.name} {package.version}".rstrip()


def _why(package: PackageSize) -> str:
    return "← " + " ← ".join(reversed(package.why[:-1])) if len(package.why) > 1 else ""


def _block(title: str, rows: Sequence[tuple[str, int, str]], paint: Paint) -> Iterator[str]:
    if not rows:
        return
    most = max(size for _, size, _ in rows) or 1
    width = max(len(name) for name, _, _ in rows)
    yield ""
    yield paint(title, _BOLD)
    for name, size, note in rows:
        bar = paint(_bar(size / most), _BAR)
        text = f"  {human_size(size):>11}  {bar}  {name:<{width}}"
        yield f"{text}  {paint(note, _DIM)}".rstrip() if note else text.rstrip()


def _bar(share: float) -> str:
    eighths = round(share * _WIDTH * 8)
    whole = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return f"{whole:<{_WIDTH}}"


def change_lines(
    before: SizeReport, after: SizeReport, rows: Iterable[SizeChange], paint: Paint
) -> Iterator[str]:
    """Yield what has come and gone between two places."""
    whole = _signed(after.size - before.size)
    yield f"{paint(before.subject, _BOLD)}: {human_size(before.size)}"
    yield f"{paint(after.subject, _BOLD)}: {human_size(after.size)} ({whole})"
    for one in rows:
        versions = " → ".join(
            dict.fromkeys((one.version_before or "none", one.version_after or "none"))
        )
        yield f"  {_signed(one.difference):>12}  {one.name} {paint(versions, _DIM)}"


def _signed(amount: int) -> str:
    return f"{'-' if amount < 0 else '+'}{human_size(abs(amount))}"
