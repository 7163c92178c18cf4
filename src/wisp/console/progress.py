"""News of long work on a screen: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from itertools import count

from wisp.report import Reporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.console.output import Output

#: A piece of work is shown only when it has lasted this long (seconds), so that quick
#: commands do not flicker.
_PATIENCE = 0.25
#: Without a terminal only what lasted longer than this (seconds) gets a line, when it is done.
_WORTH_A_LINE = 10.0


def reporter_for(out: Output) -> Reporter:
    """Choose the listener that fits where the output goes."""
    return LiveReporter(out) if out.progress else PlainReporter(out)


class PlainReporter(Reporter):
    """A line for each long piece of work once it is done, warnings, and what `-v` asks for."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._tokens = count(1)
        self._began: dict[int, tuple[str, float]] = {}

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        token = next(self._tokens)
        self._began[token] = (f"{phase} {subject}".strip(), time.monotonic())
        return token

    def finish(self, token: int) -> None:
        text, began = self._began.pop(token)
        seconds = time.monotonic() - began
        if seconds >= _WORTH_A_LINE:
            self._out.note(f"{text}: {seconds:.0f} s")

    def warn(self, message: str, hints: tuple[str, ...] = ()) -> None:
        self._out.warning(message, hints)

    def info(self, message: str) -> None:
        if self._out.verbosity >= 1:
            self._out.err(f" INFO {message}")

    def debug(self, message: str) -> None:
        if self._out.verbosity >= 2:
            self._out.err(f"DEBUG {message}")


class LiveReporter(PlainReporter):
    """One line per running piece of work, through rich, which is imported when the first lasts."""

    def __init__(self, out: Output) -> None:
        super().__init__(out)
        import threading

        self._guard = threading.Lock()
        self._next = 1
        self._rows: dict[int, tuple[str, float, int, int | None]] = {}
        self._tasks: dict[int, Any] = {}
        self._display: Any = None

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        with self._guard:
            token = self._next
            self._next += 1
            self._rows[token] = (f"{phase} {subject}".strip(), time.monotonic(), 0, total)
            if len(self._rows) == 1 and self._display is None:
                import threading

                threading.Timer(_PATIENCE, self._refresh).start()
            return token

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        with self._guard:
            row = self._rows.get(token)
            if row is None:
                return
            text, began, done, known = row
            self._rows[token] = (text, began, done + amount, total or known)
        self._refresh()

    def finish(self, token: int) -> None:
        with self._guard:
            self._rows.pop(token, None)
            task = self._tasks.pop(token, None)
            if task is not None and self._display is not None:
                self._display.remove_task(task)

    def _refresh(self) -> None:
        with self._guard:
            now = time.monotonic()
            late = {t: r for t, r in self._rows.items() if now - r[1] >= _PATIENCE}
            if not late:
                return
            display = self._display or self._open()
            for token, (text, _, done, total) in late.items():
                if token not in self._tasks:
                    self._tasks[token] = display.add_task(text, total=total)
                display.update(self._tasks[token], completed=done, total=total)

    def _open(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._display = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._display.start()
        return self._display

    def pause(self) -> None:
        """Take the display away, so that a line can be written; the next news brings it back."""
        with self._guard:
            if self._display is not None:
                self._display.stop()
                self._display = None
                self._tasks.clear()

    def stop(self) -> None:
        """End the display for good."""
        self.pause()
        with self._guard:
            self._rows.clear()
