"""Words to arguments: braces, variables, substitutions, splitting, files.

The dialect is not sh's: a value loses outer blanks and runs of blanks collapse even inside
double quotes, and the results of expansion are matched against files but not expanded again.
"""

from __future__ import annotations

from wisp.taskshell import globs
from wisp.taskshell.braces import alternatives
from wisp.taskshell.errors import ExpansionError
from wisp.taskshell.tree import Quoted, Substitution, Text, Tilde, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from wisp.taskshell.state import State
    from wisp.taskshell.tree import ListItem, Part, Word

    Field: TypeAlias = list[tuple[str, bool]]
    """One argument in the making: pieces of text, and whether each was quoted."""


class Expander:
    """Expands words with the variables of a state.

    `substitute` runs the list of a command substitution and gives its tidied output.
    """

    __slots__ = ("_state", "_substitute")

    def __init__(self, state: State, substitute: Callable[[list[ListItem]], str]) -> None:
        self._state = state
        self._substitute = substitute

    def words(self, words: list[Word]) -> list[str]:
        """Give the arguments a command gets.

        Raises `ExpansionError`: `failglob` is on and a pattern matches nothing; no home
        folder.
        """
        return [argument for word in words for argument in self.word(word)]

    def word(self, word: Word) -> list[str]:
        """Give the arguments of one word: none, one or several."""
        return [
            argument
            for parts in alternatives(word.parts)
            for field in self._fields(parts)
            for argument in self._match(field)
        ]

    def value(self, word: Word) -> str:
        """Give the value of an assignment: the arguments joined by blanks."""
        return " ".join(self.word(word))

    def _fields(self, parts: list[Part]) -> list[Field]:
        fields: list[Field] = [[]]
        for part in parts:
            if isinstance(part, Text):
                fields[-1].append((part.text, False))
            elif isinstance(part, Quoted):
                fields[-1].append((self._quoted(part), True))
            elif isinstance(part, Tilde):
                # A home folder is one path, whatever blanks and wildcards are in it.
                fields[-1].append((self._home(), True))
            else:
                _append_split(fields, self._expanded(part))
        return [field for field in fields if field]

    def _quoted(self, quoted: Quoted) -> str:
        fields = self._fields(quoted.parts)
        return " ".join("".join(text for text, _ in field) for field in fields)

    def _expanded(self, part: Part) -> str:
        if isinstance(part, Variable):
            return self._state.get(part.name) or ""
        assert isinstance(part, Substitution)
        return self._substitute(part.items)

    def _home(self) -> str:
        home = self._state.home()
        if home is None:
            raise ExpansionError("Failed resolving home directory for tilde expansion.")
        return home

    def _match(self, field: Field) -> list[str]:
        plain = "".join(text for text, _ in field)
        if not any(char in text for text, quoted in field if not quoted for char in "*?["):
            return [plain]
        pattern = "".join(globs.quote(text) if quoted else text for text, quoted in field)
        return self._find(pattern)

    def _find(self, pattern: str) -> list[str]:
        options = self._state.options
        try:
            found = globs.find(pattern, self._state.cwd, globstar="globstar" in options)
        except globs.PatternError:
            return [pattern]
        if found:
            return found
        if "failglob" in options:
            where = self._state.path(pattern)
            raise ExpansionError(
                f"glob: no matches found '{where}' "
                "(run `shopt -u failglob` to pass unmatched glob patterns literally)"
            )
        return [] if "nullglob" in options else [pattern]


def _append_split(fields: list[Field], value: str) -> None:
    """Add a value: its first word ends the last field, each further one starts a field."""
    words = [word for word in value.split(" ") if word]
    for index, word in enumerate(words):
        if index:
            fields.append([])
        fields[-1].append((word, False))
