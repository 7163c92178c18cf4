"""News of long work on a screen: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from itertools import count

from wisp.report import Reporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.console.live import Downloads
    from wisp.console.output import Output
    from wisp.console.summary import Summary

#: Without a terminal only what lasted longer than this (seconds) gets a line, when it is done.
_WORTH_A_LINE = 10.0
#: How often a display is drawn anew, and over how long speed is measured (seconds).
_FRAME = 0.1
_SPEED_OVER = 3.0


def reporter_for(out: Output) -> Reporter:
    """Choose the listener that fits where the output goes."""
    return LiveReporter(out) if out.progress else PlainReporter(out)


class PlainReporter(Reporter):
    """A line for each long piece of work once it is done, warnings, and what `-v` asks for."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._tokens = count(1)
        self._began: dict[int, tuple[str, float]] = {}
        self._counted: Summary | None = None
        self._since = time.monotonic()
        self._notices: list[str] = []
        self._warned: set[tuple[str, tuple[str, ...]]] = set()

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        token = next(self._tokens)
        self._began[token] = (f"{phase} {subject}".strip(), time.monotonic())
        return token

    def describe(
        self, token: int, *, unit: str = "", source: str = "", outer: bool = False
    ) -> None:
        if outer:  # what is inside has its own lines
            self._began.pop(token, None)

    def finish(self, token: int) -> None:
        if token not in self._began:
            return
        text, began = self._began.pop(token)
        seconds = time.monotonic() - began
        if seconds >= _WORTH_A_LINE:
            self._out.note(f"{text}: {seconds:.0f} s")

    def count(self, deed: str, amount: int, kind: str = "") -> None:
        self._summary().count(deed, amount, kind)

    def _summary(self) -> Summary:
        if self._counted is None:
            from wisp.console.summary import Summary  # where nothing is done there is none

            self._counted = Summary()
        return self._counted

    def hand_over(self) -> None:
        """Print the summary, for those who look on and those who asked for details."""
        now = time.monotonic()
        text = self._counted.text(now - self._since) if self._counted else ""
        self._counted, self._since = None, now
        if text and (self.watched or self._out.verbosity >= 1):
            self._out.note(self._out.paint(text, "2", error=True))
        self.end()

    def end(self) -> None:
        notices, self._notices = self._notices, []
        for notice in notices:
            self._out.note(notice)

    def ask(self, question: str, answers: str) -> str | None:
        return self._out.choose(question, answers)

    def notice(self, message: str) -> None:
        self._notices.append(message)

    def warn(self, message: str, hints: tuple[str, ...] = ()) -> None:
        # A file that one part judges and another brings up to date is read twice.
        known = (message, tuple(hints))
        if known not in self._warned:
            self._warned.add(known)
            self._out.warning(message, hints)

    def info(self, message: str) -> None:
        if self._out.verbosity >= 1:
            self._out.err(f" INFO {message}")

    def debug(self, message: str) -> None:
        if self._out.verbosity >= 2:
            self._out.err(f"DEBUG {message}")


class LiveReporter(PlainReporter):
    """Lines on the terminal for what runs, drawn by a thread that lives as long as work does.

    No library draws them: the one that could takes longer to import than an engine, and the
    terminal would be blank until then.
    """

    watched = True

    def __init__(self, out: Output) -> None:
        super().__init__(out)
        import threading

        from wisp.console.live import Row

        self._row = Row
        self._guard = threading.RLock()
        self._rows: dict[int, Row] = {}
        self._drawn = 0
        self._going_on = False
        self._painter = False
        self._came: list[tuple[float, int]] = []
        self._past = (0, 0)

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        now = time.monotonic()
        row = self._row(phase=phase, subject=subject, total=total, began=now, moved=now)
        with self._guard:
            token = next(self._tokens)
            self._rows[token] = row
            if not self._painter:
                import threading

                self._painter = True
                threading.Thread(target=self._paint, daemon=True, name="wisp-progress").start()
        return token

    def describe(
        self, token: int, *, unit: str = "", source: str = "", outer: bool = False
    ) -> None:
        with self._guard:
            row = self._rows.get(token)
            if row is not None:
                row.unit, row.source, row.outer = unit, source, outer

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        with self._guard:
            row = self._rows.get(token)
            if row is None:
                return
            row.done += amount
            row.total = total or row.total
            row.moved = time.monotonic()
            if row.is_download:
                self._summary().downloaded += amount
                self._came.append((row.moved, amount))

    def mention(self, token: int, name: str) -> None:
        with self._guard:
            if token in self._rows:
                self._rows[token].name = name

    def finish(self, token: int) -> None:
        with self._guard:
            row = self._rows.pop(token, None)
            if row is not None and row.is_download:
                done, total = self._past
                self._past = (done + row.done, total + (row.total or row.done))
            if not self._rows:
                self._erase()
                self._past = (0, 0)

    def pause(self) -> None:
        """Take the display away, so that a line can be written; the next frame brings it back."""
        with self._guard:
            self._erase()

    def stop(self) -> None:
        """End the display for good."""
        with self._guard:
            self._rows.clear()
            self._erase()
            self._going_on = False

    def hand_over(self) -> None:
        self.stop()
        super().hand_over()

    def _paint(self) -> None:
        """Draw until nothing runs any more."""
        while True:
            time.sleep(_FRAME)
            with self._guard:
                if not self._rows:
                    self._painter = False
                    return
                self._draw()

    def _draw(self) -> None:
        from wisp.console.live import screen

        columns, lines = self._out.terminal_size()
        paint = self._out.painter(error=True)
        rows = tuple(self._rows.values())
        shown = screen(
            rows,
            self._downloads(),
            time.monotonic(),
            columns - 1,
            paint,
            going_on=self._going_on,
        )
        self._going_on = self._going_on or bool(shown)
        shown = shown[: max(lines - 1, 1)]
        if shown or self._drawn:
            self._out.draw(self._up() + "".join(f"{line}\x1b[K\n" for line in shown) + "\x1b[J")
        self._drawn = len(shown)

    def _downloads(self) -> Downloads | None:
        from wisp.console.live import Downloads

        rows = tuple(row for row in self._rows.values() if row.is_download)
        if not rows:
            return None
        now = time.monotonic()
        self._came = [(when, amount) for when, amount in self._came if now - when < _SPEED_OVER]
        span = max(min(_SPEED_OVER, now - min(row.began for row in rows)), _FRAME)
        done, total = self._past
        known = all(row.total for row in rows)
        return Downloads(
            rows=rows,
            done=done + sum(row.done for row in rows),
            total=total + sum(row.total or 0 for row in rows) if known else None,
            speed=sum(amount for _, amount in self._came) / span,
        )

    def _up(self) -> str:
        """Return what brings the cursor to the first line drawn."""
        return f"\x1b[{self._drawn}A\r" if self._drawn else ""

    def _erase(self) -> None:
        if self._drawn:
            self._out.draw(self._up() + "\x1b[J")
            self._drawn = 0
