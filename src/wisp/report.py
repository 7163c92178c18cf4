"""News of long work, told downwards as calls and shown by whoever listens.

`Reporter` itself is the silent listener; `wisp.console.progress` has the one with a display.
Methods may be called from any thread.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

#: The unit of work that is counted in bytes.
BYTES = "B"
DOWNLOADING = "downloading"
#: What `Reporter.start` is told to begin, roughly in this order; uv has words of its own besides.
PHASES = (
    "checking",
    "locking",
    "solving",
    "reading",
    "resolving PyPI",
    "preparing",
    "installing",
    DOWNLOADING,
    "linking",
    "installing PyPI",
    "running",
    "packing",
    "pushing",
    "updating",
)


class Reporter:
    """A listener that does nothing. Subclasses override what they want to show."""

    #: Whether somebody looks on, so that engines should be asked for all they can tell.
    watched = False

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        """Begin a piece of work and return a token for the calls that follow.

        `phase` is a verb in progress, mostly one of `PHASES`, `subject` what it is about
        (`default:linux-64`), `total` the expected amount in the caller's unit (bytes or items), or
        None when it is not known.
        """
        return 0

    def describe(
        self, token: int, *, unit: str = "", source: str = "", outer: bool = False
    ) -> None:
        """Tell of a piece of work that it counts in `BYTES`, waits for a host, has others inside.

        What is inside of `outer` work tells more of it.
        """

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        """Tell that `amount` more units are done; `total` corrects the expectation."""

    def mention(self, token: int, name: str) -> None:
        """Tell what a piece of work is at, such as the name of a package."""

    def finish(self, token: int) -> None:
        """End a piece of work, successful or not."""

    def during(self, phase: str, subject: str = "") -> During:
        """Tell of outer work as long as a `with` block runs."""
        return During(self, phase, subject)

    def count(self, deed: str, amount: int, kind: str = "") -> None:
        """Tell what was done to how many packages (of a kind), for the summary at the end."""

    def hand_over(self) -> None:
        """Tell that a program of the user's has the terminal from here, or that all is done."""

    def warn(self, message: str, hints: tuple[str, ...] = ()) -> None:
        """Tell something that the user should know but that stops nothing."""

    def end(self) -> None:
        """Tell that all is over, whatever came of it."""

    def ask(self, question: str, answers: str) -> str | None:
        """Ask whoever sits there; return a letter of `answers`, None where nobody can answer.

        The first letter is what nothing typed, or anything else, means.
        """
        return None

    def notice(self, message: str) -> None:
        """Tell what a channel has to say, which is shown at the end of all."""

    def info(self, message: str) -> None:
        """Tell what is only of interest to somebody who looks for it (`-v`)."""

    def debug(self, message: str) -> None:
        """Tell a detail for a developer (`-vv`)."""


class During:
    """The `with` block of `Reporter.during`."""

    def __init__(self, reporter: Reporter, phase: str, subject: str) -> None:
        self._reporter = reporter
        self._told = (phase, subject)
        self._token = 0

    def __enter__(self) -> Self:
        phase, subject = self._told
        self._token = self._reporter.start(phase, subject)
        self._reporter.describe(self._token, outer=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._reporter.finish(self._token)


SILENT = Reporter()
