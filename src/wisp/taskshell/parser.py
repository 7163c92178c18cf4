"""Script text to tree: lists, boolean chains, pipelines, commands, redirects.

A script is read completely before anything of it runs. Words are read by `words`.
"""

from __future__ import annotations

from wisp.taskshell.errors import ShellSyntaxError
from wisp.taskshell.source import BLANKS, Source
from wisp.taskshell.tree import (
    Assignment,
    ListItem,
    Pipeline,
    Redirect,
    Script,
    SimpleCommand,
    Subshell,
    Word,
)
from wisp.taskshell.words import read_name, read_parts, read_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.tree import Command, Element

RESERVED = frozenset(
    "if then else elif fi do done case esac while until for in".split()  # noqa: SIM905
)

_NO_BLOCKS = (
    "the task shell has no loops and no `if`: write them in a script that the task calls, "
    "or give the text to a shell, as in `bash -c '…'`"
)


def parse(text: str) -> Script:
    """Read a script.

    Raises `ShellSyntaxError`: the text is not in the language, or holds no command.
    """
    source = Source(text, read_list)
    try:
        items = read_list(source)
    except RecursionError:
        raise ShellSyntaxError("Nested too deeply.", text, None) from None
    if source.peek():
        source.fail("Unexpected character.")
    if not items:
        raise ShellSyntaxError("Empty command.", text, None)
    return Script(text, items)


def read_list(source: Source) -> list[ListItem]:
    """Read items until one cannot start; the caller looks at what stands there."""
    items = []
    source.skip_lines()
    while item := _read_item(source):
        items.append(item)
        source.skip_blanks()
        if source.peek() == "&":
            item.background = True
        if source.peek() in ("&", ";"):
            source.at += 1
        source.skip_lines()
    return items


def _read_item(source: Source) -> ListItem | None:
    start = source.at
    element = _read_element(source)
    if element is None:
        return None
    elements, operators = [element], []
    end = source.at
    while operator := _boolean_operator(source):
        source.skip_lines()
        element = _read_element(source)
        if element is None:
            source.fail("Expected command following boolean operator.")
        elements.append(element)
        operators.append(operator)
        end = source.at
    return ListItem(elements, operators, False, start, end)


def _boolean_operator(source: Source) -> str:
    source.skip_blanks()
    operator = source.text[source.at : source.at + 2]
    if operator not in ("&&", "||"):
        return ""
    source.at += 2
    return operator


def _read_element(source: Source) -> Element | None:
    start = source.at
    negated = source.looking_at("! ") or source.looking_at("!\t")
    if negated:
        source.at += 1
        source.skip_blanks()
    first = _read_command(source)
    if isinstance(first, Assignment) and not negated:
        return first
    if first is None or isinstance(first, Assignment):
        source.at = start
        return None
    return _read_pipeline(source, negated, first, start)


def _read_pipeline(source: Source, negated: bool, first: Command, start: int) -> Pipeline:
    commands: list[Command] = [first]
    with_errors: list[bool] = []
    end = source.at
    while True:
        source.skip_blanks()
        if source.peek() != "|" or source.peek(1) == "|":
            return Pipeline(negated, commands, with_errors, start, end)
        with_errors.append(source.peek(1) == "&")
        source.at += 2 if with_errors[-1] else 1
        source.skip_lines()
        spot = source.at
        command = _read_command(source)
        if command is None or isinstance(command, Assignment):
            source.fail("Expected command following pipeline operator.", spot)
        commands.append(command)
        end = source.at


def _read_command(source: Source) -> Command | Assignment | None:
    if source.peek() == "(":
        return _read_subshell(source)
    start = source.at
    assignments = _read_assignments(source)
    words, redirect = _read_words(source)
    if words:
        return SimpleCommand(assignments, words, redirect, start, source.at)
    if len(assignments) > 1:
        source.fail(
            "Cannot set multiple environment variables when there is no following command.", start
        )
    return assignments[0] if assignments else None


def _read_subshell(source: Source) -> Subshell:
    start = source.at
    source.at += 1
    items = source.read_list(source)
    if source.peek() != ")":
        source.fail("Expected closing parenthesis on subshell.", start)
    source.at += 1
    end = source.at
    source.skip_blanks()
    redirect = _read_redirect(source)
    if redirect is None:
        source.at = end
    return Subshell(items, redirect, start, source.at)


def _read_assignments(source: Source) -> list[Assignment]:
    found = []
    while assignment := _read_assignment(source):
        found.append(assignment)
        source.skip_blanks()
    return found


def _read_assignment(source: Source) -> Assignment | None:
    start = source.at
    name = read_name(source)
    if not name or source.peek() != "=":
        source.at = start
        return None
    source.at += 1
    from_ = source.at
    parts = read_parts(source)
    value = Word(parts, source.text[from_ : source.at], from_, source.at)
    return Assignment(name, value, start, source.at)


def _read_words(source: Source) -> tuple[list[Word], Redirect | None]:
    words: list[Word] = []
    while True:
        end = source.at
        source.skip_blanks()
        redirect = _read_redirect(source) if words and source.at > end else None
        if redirect or source.peek() == "#" or _starts_redirect(source):
            return words, redirect
        word = read_word(source)
        if word is None:
            return words, None
        if not words and word.source in RESERVED:
            source.fail("Unsupported reserved word.", word.start, (_NO_BLOCKS,))
        words.append(word)


def _starts_redirect(source: Source) -> bool:
    spot = source.at
    while source.text[spot : spot + 1].isdecimal():
        spot += 1
    if spot == source.at and source.peek() == "&":
        spot += 1
    return source.text[spot : spot + 1] in ("<", ">")


def _read_redirect(source: Source) -> Redirect | None:
    """Read the one redirect a command may have; it must not be followed by another."""
    if not _starts_redirect(source):
        return None
    start = source.at
    redirect = _read_one_redirect(source)
    end = source.at
    source.skip_blanks()
    if source.at > end and _starts_redirect(source):
        source.fail("Multiple redirects are currently not supported.", start)
    source.at = end
    return redirect


def _read_one_redirect(source: Source) -> Redirect:
    start = source.at
    both = source.peek() == "&"
    source.at += both
    while source.peek().isdecimal():
        source.at += 1
    number = "" if both else source.text[start : source.at]
    spot = source.at
    operator = _redirect_operator(source)
    target = _read_target(source)
    if target is None:
        source.fail("Expected redirect path.", spot)
    stream = int(number) if number else None
    return Redirect(stream, both, operator, target, start, source.at)


def _redirect_operator(source: Source) -> str:
    for sign, operator in ((">>", ">>"), (">|", ">"), (">", ">")):
        if source.looking_at(sign):
            source.at += len(sign)
            return operator
    source.at += 1
    return "<"


def _read_target(source: Source) -> Word | int | None:
    if source.peek() == "&":
        source.at += 1
        start = source.at
        while source.peek().isdecimal():
            source.at += 1
        return int(source.text[start : source.at]) if source.at > start else None
    if source.peek() in BLANKS or source.joint_length():
        source.skip_blanks()
    return read_word(source)
