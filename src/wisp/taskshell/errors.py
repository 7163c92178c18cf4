"""Why a script cannot be read or a word cannot be expanded."""

from __future__ import annotations

from wisp.errors import Place, TaskError

SNIPPET_LENGTH = 60
"""How much of the failing line is quoted, in characters."""


class ShellSyntaxError(TaskError):
    """A script that is no sentence of the shell language.

    `reason` is the bare sentence, `at` the 0-based offset into `script` where reading failed,
    None when no single spot is to blame (an empty script).
    """

    def __init__(
        self, reason: str, script: str, at: int | None, hints: tuple[str, ...] = ()
    ) -> None:
        super().__init__(describe(reason, script, at), hints=hints, place=_place(script, at))
        self.reason = reason
        self.script = script
        self.at = at


class ExpansionError(Exception):
    """A word has no value: the command it belongs to fails with status 1 and this text."""


def describe(reason: str, script: str, at: int | None) -> str:
    """Word a fault as Pixi does: sentence, line number if there are several, snippet, tilde."""
    if at is None:
        return reason
    where = f" (line {script.count(chr(10), 0, at) + 1})" if "\n" in script else ""
    snippet = script[at:].split("\n", 1)[0].rstrip("\r")[:SNIPPET_LENGTH]
    return f"{reason}{where}\n  {snippet}\n  ~"


def _place(script: str, at: int | None) -> Place | None:
    if at is None:
        return None
    line = script.count("\n", 0, at) + 1
    column = at - (script.rfind("\n", 0, at) + 1) + 1
    return Place("", line, column, text=script)
