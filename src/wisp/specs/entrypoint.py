"""How a conda-script is run: commands in a shell that has hardly anything, chosen by platform.

There are words, quotes, `${NAME}`, `$(commands)` and `&&`, as the draft of the standard has them;
whatever other shells know besides is refused, so that a script means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.patterns import pattern
from wisp.platforms import FAMILIES, SUBDIRS
from wisp.values import dataclass

#: The variable that holds the path of the script.
SCRIPT = "SCRIPT"
#: The variable that holds the script's own folder, which stays from one run to the next.
CACHE = "CACHE"

_SYSTEMS = ("linux", "osx", "win")
#: What an entrypoint may be chosen by, besides subdirs.
SELECTORS = (*_SYSTEMS, "unix")
_SPACE = " \t\r\n"
_DEEPEST = 20
_NAME = pattern(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ASSIGNMENT = pattern(r"[A-Za-z_][A-Za-z0-9_]*=")
_REFUSED = {
    "|": "there are no pipes and no `||` here",
    "&": "commands are joined by `&&` only",
    ";": "commands are joined by `&&`, not by `;`",
    "<": "there are no redirects here",
    ">": "there are no redirects here",
    "(": "there are no subshells here",
    ")": "there is no `$(` to this `)`",
    "`": "output is taken by `$(…)`, not by backquotes",
    "*": "there are no patterns of file names here; in quotes it is a plain character",
    "?": "there are no patterns of file names here; in quotes it is a plain character",
    "[": "there are no patterns of file names here; in quotes it is a plain character",
}


class EntrypointError(ValueError):
    """An entrypoint says what the shell does not have, in `length` characters from `start` on."""

    def __init__(self, message: str, start: int, length: int = 1) -> None:
        super().__init__(message)
        self.start = start
        self.length = length


@dataclass(frozen=True, slots=True)
class FixedText:
    """A piece of a word that stays as it is; an empty one, of quotes, makes a word too."""

    text: str


@dataclass(frozen=True, slots=True)
class VariableName:
    """A piece of a word that is the value of a variable, spaces and all."""

    name: str


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """A piece of a word that is what commands print; `quoted` it is not split into words."""

    commands: tuple[EntrypointCommand, ...]
    quoted: bool


EntrypointWord = tuple[FixedText | VariableName | CommandOutput, ...]
EntrypointCommand = tuple[EntrypointWord, ...]


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """The commands of a script by selector, as written; under an empty one those for all."""

    texts: Mapping[str, str]

    def text_for(self, subdir: str) -> str | None:
        """Return what is run on a platform: that of the narrowest selector, None without any."""
        system = subdir.partition("-")[0]
        families = [one for one in FAMILIES if system in FAMILIES[one] and one not in _SYSTEMS]
        for selector in (subdir, system, *families, ""):
            if selector in self.texts:
                return self.texts[selector]
        return None


def is_selector(text: str) -> bool:
    """Tell whether an entrypoint may be chosen by a text."""
    return text in SELECTORS or text in SUBDIRS


def parse_entrypoint(text: str) -> tuple[EntrypointCommand, ...]:
    """Read commands, of which each runs when the one before it has succeeded.

    Raises `EntrypointError` for what there is not, with its place.
    """
    reader = _Reader(text)
    return reader.commands(0)


class _Reader:
    """Reads a text from its beginning to its end."""

    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def commands(self, depth: int) -> tuple[EntrypointCommand, ...]:
        """Read commands up to the end, or to the parenthesis that ends an inner list."""
        found: list[EntrypointCommand] = []
        while True:
            found.append(self._command(depth))
            if not self._text.startswith("&&", self._at):
                return tuple(found)
            self._at += 2

    def _command(self, depth: int) -> EntrypointCommand:
        words: list[EntrypointWord] = []
        self._skip_space()
        while not self._is_end_of_command(depth):
            words.append(self._word(depth, is_first=not words))
            self._skip_space()
        if not words:
            raise EntrypointError("a command is missing here", max(0, self._at - 1))
        return tuple(words)

    def _is_end_of_command(self, depth: int) -> bool:
        char = self._char()
        return not char or (char == ")" and depth > 0) or self._text.startswith("&&", self._at)

    def _char(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_space(self) -> None:
        while self._char() and self._char() in _SPACE:
            self._at += 1

    def _word(self, depth: int, *, is_first: bool) -> EntrypointWord:
        assignment = _ASSIGNMENT.match(self._text, self._at) if is_first else None
        if assignment is not None:
            told = "variables cannot be set here"
            raise EntrypointError(told, assignment.start(), len(assignment[0]))
        pieces: list[FixedText | VariableName | CommandOutput] = []
        while not self._is_end_of_command(depth) and self._char() not in _SPACE:
            char = self._char()
            if char == "'":
                pieces.append(FixedText(self._single_quoted()))
            elif char == '"':
                pieces += self._double_quoted(depth)
            elif char == "$":
                pieces.append(self._expansion(depth, quoted=False))
            elif char in _REFUSED:
                raise EntrypointError(_REFUSED[char], self._at)
            else:
                pieces.append(FixedText(char))
                self._at += 1
        return _joined(pieces)

    def _single_quoted(self) -> str:
        start = self._at
        end = self._text.find("'", start + 1)
        if end < 0:
            raise EntrypointError("this quote is not closed", start)
        self._at = end + 1
        return self._text[start + 1 : end]

    def _double_quoted(self, depth: int) -> list[FixedText | VariableName | CommandOutput]:
        start = self._at
        self._at += 1
        pieces: list[FixedText | VariableName | CommandOutput] = [FixedText("")]
        while self._char() != '"':
            if not self._char():
                raise EntrypointError("this quote is not closed", start)
            if self._char() == "$":
                pieces.append(self._expansion(depth, quoted=True))
            else:
                pieces.append(FixedText(self._char()))
                self._at += 1
        self._at += 1
        return pieces

    def _expansion(self, depth: int, *, quoted: bool) -> VariableName | CommandOutput:
        start = self._at
        name = _NAME.match(self._text, start + 1)
        if name is not None:
            self._at = name.end()
            return VariableName(name[1])
        if not self._text.startswith("(", start + 1):
            told = "after `$` comes `{NAME}` or `(command)`; in single quotes it is a plain sign"
            raise EntrypointError(told, start)
        if depth == _DEEPEST:
            raise EntrypointError("commands are nested too deeply", start, 2)
        self._at = start + 2
        inner = self.commands(depth + 1)
        if self._char() != ")":
            raise EntrypointError("this `$(` is not closed", start, 2)
        self._at += 1
        return CommandOutput(inner, quoted)


def _joined(pieces: list[FixedText | VariableName | CommandOutput]) -> EntrypointWord:
    """Put neighbouring texts together."""
    joined: list[FixedText | VariableName | CommandOutput] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, FixedText) and isinstance(last, FixedText):
            joined[-1] = FixedText(last.text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)
