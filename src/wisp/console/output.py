"""The one place that prints: results on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys

from wisp.console.advice import typed_here
from wisp.errors import HostError, UsageError, WispError
from wisp.printable import in_measure, printable, printable_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TextIO

    from wisp.report import Reporter

PIXI = "pixi"


def json_text(data: object) -> str:
    """Write data as all commands do."""
    import json

    return printable_json(json.dumps(data, indent=2, ensure_ascii=False))


class Output:
    """Where a command's words go, and how they look."""

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        program: str = PIXI,
    ) -> None:
        self.program = program
        #: The options by which the call chose a workspace, as they are typed.
        self.choice = ""
        self._stdout = stdout
        self._stderr = stderr
        self._environ = environ
        self._reporter: Reporter | None = None
        self.verbosity = 0
        #: Whether a warning was given.
        self.warned = False
        #: What was printed as answer and beside it, for those who remember it.
        self.answered: list[str] = []
        self.noted: list[str] = []
        self.progress = stderr.isatty()
        self.configure("auto", 0, 0, False)

    @classmethod
    def of_process(cls, environ: Mapping[str, str], program: str) -> Output:
        """The output of this process, in UTF-8 whatever the locale says."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="surrogateescape")
        return cls(sys.stdout, sys.stderr, environ, program)

    def configure(self, color: str, verbose: int, quiet: int, no_progress: bool) -> None:
        """Apply the global options; FORCE_COLOR and NO_COLOR win over `--color`."""
        if "FORCE_COLOR" in self._environ:
            color = "always"
        elif "NO_COLOR" in self._environ:
            color = "never"
        self.color_out = color == "always" or (color == "auto" and self._stdout.isatty())
        self.color_err = color == "always" or (color == "auto" and self._stderr.isatty())
        self.verbosity = -1 if quiet else verbose
        self.progress = (
            self._stderr.isatty()
            and self._environ.get("TERM") != "dumb"
            and not no_progress
            and not quiet
        )

    # Results

    def result(self, text: str) -> None:
        """Print one line of the answer for people; what a terminal would obey is escaped."""
        self.raw(printable(text, coloured=self.color_out) + "\n")

    def raw(self, text: str) -> None:
        """Print a text of the answer as it is."""
        self.answered.append(text)
        self._pause()
        self._stdout.write(text)

    def json(self, data: object) -> None:
        """Print the answer as JSON, indented by two."""
        self.raw(json_text(data) + "\n")

    def public(self, text: str) -> None:
        """Print one line of an answer that ends up in logs; secrets in URLs are hidden."""
        from wisp.console.secrets import without_secrets

        self.result(without_secrets(text))

    def public_json(self, data: object) -> None:
        """Print such an answer as JSON."""
        from wisp.console.secrets import data_without_secrets

        self.raw(json_text(data_without_secrets(data)) + "\n")

    # Everything else

    def err(self, text: str) -> None:
        """Print one line on stderr, whatever the verbosity; secrets in URLs are hidden.

        A message that nobody can read changes nothing of what is done.
        """
        from wisp.console.secrets import without_secrets

        self._pause()
        shown = printable(without_secrets(text), coloured=self.color_err)
        self.noted.append(shown)
        try:
            self._stderr.write(shown + "\n")
        except (OSError, ValueError):  # the latter of a stream that is closed
            return

    def listing(self, text: str) -> None:
        """Print what may be run, and what may help, whatever the verbosity."""
        self.err(text.replace("\tpixi ", f"\t{self.program} "))

    def note(self, text: str) -> None:
        """Print one line beside the answer, unless quiet."""
        if self.verbosity >= 0:
            self.err(text)

    def success(self, text: str) -> None:
        """Tell that something was done."""
        self.note(f"{self.paint('✔', '32', error=True)} {text}")

    def soft_error(self, text: str) -> None:
        """Tell that something was not done although the command goes on."""
        self.err(f"{self.paint('❌', '31', error=True)} {text}")

    def warning(self, text: str, hints: Iterable[str] = ()) -> None:
        """Tell something that should be looked at."""
        self.warned = True
        self.note(f"{self.paint('⚠️', '33', error=True)} {self._under_our_name(in_measure(text))}")
        for hint in hints:
            self.note(f"  {self._under_our_name(hint)}")

    def paint(self, text: str, code: str, *, error: bool = False) -> str:
        """Give a text a colour (an SGR code) where colours are wanted."""
        wanted = self.color_err if error else self.color_out
        return f"\x1b[{code}m{text}\x1b[0m" if wanted else text

    def painter(self, *, error: bool = False) -> Callable[[str, str], str]:
        """Return what gives a text a colour, for texts that are made elsewhere."""
        return lambda text, code: self.paint(text, code, error=error)

    # Questions

    def confirm(self, question: str, *, hint: str) -> bool:
        """Ask something that is answered with yes or no; nothing typed means no.

        Raises `HostError` where nobody can answer; `hint` then tells another way.
        """
        answer = self.choose(question, "ny")
        if answer is None:
            raise HostError("IO error: not a terminal", hints=(hint,))
        return answer == "y"

    def choose(self, question: str, answers: str) -> str | None:
        """Ask something that is answered by a letter; the first is what nothing typed means.

        None where nobody can answer.
        """
        if not self.can_ask:
            return None
        self._pause()
        first, others = answers[0], answers[1:]
        self._stderr.write(f"{printable(question)} [{'/'.join([*others, first.upper()])}] ")
        self._stderr.flush()
        typed = sys.stdin.readline().strip().lower()[:1]
        return typed if typed and typed in others else first

    def select(self, question: str, options: Sequence[str], prompt: str) -> str | None:
        """Ask for one of several, by its number or its name; None without an answer.

        Who asks has seen to it that somebody can answer (`can_ask`).
        """
        self.err("\n".join([question, *(f"  {at}) {one}" for at, one in enumerate(options, 1))]))
        self._stderr.write(prompt)
        self._stderr.flush()
        answer: str = sys.stdin.readline().strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1]
        return answer if answer in options else None

    @property
    def can_ask(self) -> bool:
        """Whether somebody sees a question and can answer it."""
        return self._stderr.isatty() and sys.stdin.isatty()

    # Failures

    def failure(self, error: WispError) -> None:
        """Render a failure with its place, causes and hints."""
        from wisp.console.failure import render

        self.err(self._under_our_name(render(error, color=self.color_err)) + "\n")

    def _under_our_name(self, text: str) -> str:
        """Let commands that a text advises be those of the program that was called.

        Whoever words a hint does not know the program's name and writes Pixi's, nor how the call
        chose its workspace.
        """
        return typed_here(text, self.program, self.choice)

    def usage(self, error: UsageError) -> None:
        """Render a wrong command line."""
        self.err("\n\n".join([f"{self.paint('error:', '1;31', error=True)} {error.message}"]))
        for hint in error.hints:
            text = self._under_our_name(hint)
            self.err(f"\n{'  ' if hint.startswith('tip:') else ''}{text}")

    # Progress

    def reporter(self) -> Reporter:
        """The listener for long work: a display on a terminal, plain lines elsewhere."""
        if self._reporter is None:
            from wisp.console.progress import reporter_for

            self._reporter = reporter_for(self)
        return self._reporter

    def terminal_size(self) -> tuple[int, int]:
        """Columns and lines of the terminal that progress is shown on."""
        try:
            return os.get_terminal_size(self._stderr.fileno())
        except (OSError, ValueError):
            return 80, 24

    def draw(self, text: str) -> None:
        """Write a piece of a live display; a terminal that is gone shows nothing."""
        try:
            self._stderr.write(text)
            self._stderr.flush()
        except (OSError, ValueError):
            return

    def _pause(self) -> None:
        """Take a live display away before a line is written."""
        pause = getattr(self._reporter, "pause", None)
        if pause is not None:
            pause()

    def close(self) -> None:
        """End a live display, if there is one."""
        stop = getattr(self._reporter, "stop", None)
        if stop is not None:
            stop()

    def flush(self) -> None:
        """Bring everything to its stream; raises `OSError` for an answer that nobody takes."""
        try:
            self._stderr.flush()
        except (OSError, ValueError):
            pass
        self._stdout.flush()
