"""News of long work, told downwards as calls and shown by whoever listens.

`Reporter` itself is the silent listener; `wisp.console.progress` has the one with a display.
Methods may be called from any thread.
"""

from __future__ import annotations


class Reporter:
    """A listener that does nothing. Subclasses override what they want to show."""

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        """Begin a piece of work and return a token for the calls that follow.

        `phase` is a verb in progress (`solving`, `downloading`, `linking`, `resolving`), `subject`
        what it is about (`default:linux-64`), `total` the expected amount in the caller's unit
        (bytes or items), or None when it is not known.
        """
        return 0

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        """Tell that `amount` more units are done; `total` corrects the expectation."""

    def finish(self, token: int) -> None:
        """End a piece of work, successful or not."""

    def warn(self, message: str, hints: tuple[str, ...] = ()) -> None:
        """Tell something that the user should know but that stops nothing."""

    def info(self, message: str) -> None:
        """Tell what is only of interest to somebody who looks for it (`-v`)."""

    def debug(self, message: str) -> None:
        """Tell a detail for a developer (`-vv`)."""


SILENT = Reporter()
