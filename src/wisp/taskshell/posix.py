"""A script of the task shell, said in the language of a POSIX `sh`.

What means the same there is written so, and what does not is refused with its place: a script
that runs where no wisp is must not do something else instead. Differences that cannot be seen in
a text remain: `sh` keeps runs of blanks in values between double quotes, and `cp`, `rm`, `xargs` …
are the programs found on PATH.

Source: POSIX.1-2024, "Shell Command Language".
"""

from __future__ import annotations

from wisp.taskshell.errors import ShellSyntaxError
from wisp.taskshell.parser import parse
from wisp.taskshell.tree import (
    Assignment,
    Braces,
    Quoted,
    SimpleCommand,
    Substitution,
    Text,
    Tilde,
    Variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wisp.taskshell.tree import Command, Element, ListItem, Part, Pipeline, Redirect, Word

#: Characters that `sh` gives no meaning outside quotes.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^")
_WILDCARDS = frozenset("*?[]!")
#: Built-in commands whose options mean something else in `sh`, or nothing.
_REFUSED = frozenset({"set", "shopt"})
#: Words that would begin something else than a command.
_RESERVED = frozenset(
    "if then else elif fi do done case esac while until for in { } !".split()  # noqa: SIM905
)
#: Commands of `sh` itself, which `exec` cannot start.
_BUILT_IN = frozenset((":", ".", "cd", "echo", "eval", "exec", "exit", "export", "false", "pwd"))
_BUILT_IN |= frozenset(("read", "readonly", "set", "test", "trap", "true", "umask", "unset"))
#: The task shell's `echo` knows no options and no escapes; that of `sh` differs everywhere.
ECHO = "echo() { (IFS=' '; printf '%s\\n' \"$*\"); }"


def to_posix(script: str, *, last: bool = False) -> str:
    """Write a script for `sh`, an item to a line.

    `last` says that nothing follows: then a script of one command lets that take its place, so
    that signals reach it.

    Raises:
        ShellSyntaxError: The script is no sentence, or says what `sh` cannot; tells where.

    """
    items = parse(script).items
    writer = _Writer(script)
    if last and len(items) == 1 and _may_replace(items[0]):
        return "exec " + writer.item(items[0])
    return "\n".join(map(writer.item, items))


def _may_replace(item: ListItem) -> bool:
    """Tell whether an item is one plain command that is a program."""
    if len(item.elements) != 1 or isinstance(item.elements[0], Assignment):
        return False
    pipeline = item.elements[0]
    command = pipeline.commands[0]
    if pipeline.negated or len(pipeline.commands) > 1 or not isinstance(command, SimpleCommand):
        return False
    if command.assignments or not command.words:
        return False
    name = command.words[0].parts
    known = len(name) == 1 and isinstance(name[0], Text)
    return known and isinstance(name[0], Text) and name[0].text not in _BUILT_IN


class _Writer:
    """Writes nodes as text; `script` is what places refer to."""

    __slots__ = ("script",)

    def __init__(self, script: str) -> None:
        self.script = script

    def fail(self, reason: str, at: int) -> ShellSyntaxError:
        return ShellSyntaxError(f"{reason} cannot be said in a POSIX shell.", self.script, at)

    def item(self, item: ListItem) -> str:
        if item.background:
            raise self.fail("A command in the background", item.start)
        text = self.element(item.elements[0])
        for operator, element in zip(item.operators, item.elements[1:], strict=True):
            text += f" {operator} {self.element(element)}"
        return text

    def element(self, element: Element) -> str:
        if isinstance(element, Assignment):
            return self.assignment(element)
        return self.pipeline(element)

    def assignment(self, assignment: Assignment) -> str:
        return f"{assignment.name}={self.single(assignment.value)}"

    def pipeline(self, pipeline: Pipeline) -> str:
        text = "! " if pipeline.negated else ""
        for at, command in enumerate(pipeline.commands):
            if at:
                text += " 2>&1 | " if pipeline.with_errors[at - 1] else " | "
            text += self.command(command)
        return text

    def command(self, command: Command) -> str:
        if isinstance(command, SimpleCommand):
            text = self.simple(command)
        else:
            text = f"({self.inner(command.items)})"
        if command.redirect is not None:
            text += " " + self.redirect(command.redirect)
        return text

    def simple(self, command: SimpleCommand) -> str:
        words = [text for word in command.words for text in self.words(word)]
        if command.words:
            name = command.words[0].source
            if name in _REFUSED:
                raise self.fail(f"`{name}`", command.start)
            if name in _RESERVED:
                words[0] = f"'{name}'"
            if words == ["exit"]:
                words.append("1")  # `sh` would take the status of the command before
        return " ".join([*map(self.assignment, command.assignments), *words])

    def redirect(self, redirect: Redirect) -> str:
        stream = "" if redirect.stream is None else str(redirect.stream)
        if isinstance(redirect.target, int):
            return f"{stream}{redirect.operator}&{redirect.target}"
        text = f"{stream}{redirect.operator}{self.single(redirect.target)}"
        return text + (" 2>&1" if redirect.both else "")

    def single(self, word: Word) -> str:
        found = self.words(word)
        if len(found) != 1:
            raise self.fail("Several words here", word.start)
        return found[0] or "''"

    def words(self, word: Word) -> list[str]:
        return ["".join(parts) or "''" for parts in self.spelled(word.parts, word)]

    def spelled(self, parts: Iterable[Part], word: Word) -> list[list[str]]:
        """Return the words that parts stand for: several where there are braces."""
        found: list[list[str]] = [[]]
        for part in parts:
            if isinstance(part, Braces):
                inner = [text for one in part.alternatives for text in self.spelled(one, word)]
                found = [[*before, *after] for before in found for after in inner]
            else:
                text = self.part(part, word)
                found = [[*before, text] for before in found]
        return found

    def part(self, part: Part, word: Word) -> str:
        if isinstance(part, Text):
            if "**" in part.text:
                raise self.fail("`**`", word.start)
            return "".join(map(_bare, part.text))
        if isinstance(part, Quoted):
            return '"' + "".join(self.quoted(one, word) for one in part.parts) + '"'
        if isinstance(part, Tilde):
            return '"$HOME"'
        return self.value(part, word)

    def quoted(self, part: Part, word: Word) -> str:
        if isinstance(part, Text):
            return "".join(f"\\{char}" if char in '$`"\\' else char for char in part.text)
        if isinstance(part, Tilde):
            return "$HOME"
        if isinstance(part, Quoted):
            return "".join(self.quoted(one, word) for one in part.parts)
        return self.value(part, word)

    def value(self, part: Part, word: Word) -> str:
        if isinstance(part, Variable):
            return "$?" if part.name == "?" else f"${{{part.name}}}"
        if isinstance(part, Substitution):
            return f"$({self.inner(part.items)})"
        raise self.fail("This", word.start)

    def inner(self, items: Sequence[ListItem]) -> str:
        """Write what stands in parentheses; two of them side by side would mean to calculate."""
        text = "; ".join(map(self.item, items))
        return f" {text}" if text.startswith("(") else text


def _bare(char: str) -> str:
    if char in _PLAIN or char in _WILDCARDS or ord(char) > 127:
        return char
    return "'\n'" if char == "\n" else f"\\{char}"
