"""Reading words: quotes, escapes, variables, substitutions, tildes."""

from __future__ import annotations

from wisp.taskshell.braces import read_braces
from wisp.taskshell.source import BLANKS
from wisp.taskshell.tree import Quoted, Substitution, Text, Tilde, Variable, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.source import Source
    from wisp.taskshell.tree import Part

WORD_ENDS = BLANKS + "\n;|&<>()"
ESCAPABLE = '$`"()~&|;<> '
ESCAPABLE_IN_QUOTES = "$`\"()~'"
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
UNSUPPORTED_VARIABLES = "#$*"


def read_word(source: Source) -> Word | None:
    """Read the word that starts here; None, without moving, if none does."""
    start = source.at
    parts = read_parts(source)
    if source.at == start:
        return None
    return Word(parts, source.text[start : source.at], start, source.at)


def read_name(source: Source) -> str:
    """Read letters, digits and underscores; may be empty."""
    start = source.at
    while source.peek() in NAME_CHARACTERS:
        source.at += 1
    return source.text[start : source.at]


def ends_word(source: Source, ends: str = "") -> bool:
    """Say whether an unquoted word stops here; `ends` are further characters that stop it."""
    character = source.peek()
    return (
        not character or character in WORD_ENDS or character in ends or source.newline_length() > 0
    )


def read_parts(source: Source, ends: str = "") -> list[Part]:
    """Read adjacent parts up to the end of the word or one of `ends`."""
    parts: list[Part] = []
    if source.peek() == "~":
        parts.append(_read_tilde(source, ends))
    while not ends_word(source, ends):
        part = _read_part(source)
        last = parts[-1] if parts else None
        if isinstance(part, Text) and isinstance(last, Text):
            last.text += part.text
        else:
            parts.append(part)
    return parts


def _read_part(source: Source) -> Part:
    character = source.peek()
    if character == "'":
        return _read_single_quotes(source)
    if character == '"':
        return _read_double_quotes(source)
    if character == "`":
        return _read_backticks(source)
    if character == "$":
        return _read_dollar(source)
    if character == "{":
        return read_braces(source, read_parts) or _take(source)
    if character == "\\":
        return _read_escape(source, ESCAPABLE)
    return _take(source)


def _take(source: Source, length: int = 1) -> Text:
    source.at += length
    return Text(source.text[source.at - length : source.at])


def _read_escape(source: Source, escapable: str) -> Text:
    if joint := source.joint_length():
        source.at += joint
        return Text("")
    following = source.peek(1)
    if following and following in escapable:
        source.at += 1
        return _take(source)
    # `\{` keeps both characters and starts no alternatives.
    return _take(source, 2 if following == "{" else 1)


def _read_tilde(source: Source, ends: str) -> Tilde:
    source.at += 1
    if not (source.peek() == "/" or ends_word(source, ends)):
        source.fail("Unsupported tilde expansion.", source.at - 1)
    return Tilde()


def _read_single_quotes(source: Source) -> Quoted:
    start = source.at
    end = source.text.find("'", start + 1)
    if end < 0:
        source.fail("Expected closing single quote.")
    source.at = end + 1
    return Quoted([Text(source.text[start + 1 : end])])


def _read_double_quotes(source: Source) -> Quoted:
    start = source.at
    source.at += 1
    parts: list[Part] = []
    if source.peek() == "~":
        parts.append(_read_tilde(source, '"'))
    while (character := source.peek()) != '"':
        if not character:
            source.fail("Expected closing double quote.", start)
        if character == "$":
            parts.append(_read_dollar(source))
        elif character == "`":
            parts.append(_read_backticks(source))
        elif character == "\\":
            parts.append(_read_escape(source, ESCAPABLE_IN_QUOTES))
        else:
            parts.append(_take(source, _plain_length(source)))
    source.at += 1
    return Quoted(parts)


def _plain_length(source: Source) -> int:
    end = source.at
    while end < len(source.text) and source.text[end] not in '"$`\\':
        end += 1
    return end - source.at


def _read_dollar(source: Source) -> Part:
    source.at += 1
    character = source.peek()
    if character == "(":
        return _read_substitution(source)
    if character == "?":
        source.at += 1
        return Variable("?")
    if character and character in UNSUPPORTED_VARIABLES:
        source.fail(f"${character} is currently not supported.")
    if name := read_name(source):
        return Variable(name)
    # `${` is literal, so that its brace starts no alternatives.
    return Text("$" + _take(source).text) if character == "{" else Text("$")


def _read_substitution(source: Source) -> Substitution:
    start = source.at - 1
    source.at += 1
    items = source.read_list(source)
    if source.peek() != ")":
        source.fail("Expected closing parenthesis for command substitution.", start)
    source.at += 1
    return Substitution(items)


def _read_backticks(source: Source) -> Substitution:
    start = source.at
    end = source.text.find("`", start + 1)
    while end > 0 and source.text[end - 1] == "\\":
        end = source.text.find("`", end + 1)
    if end < 0:
        source.fail("Expected closing backtick.")
    body = source.inner(source.text[start + 1 : end].replace("\\`", "`"), start + 1)
    items = body.read_list(body)
    if body.peek():
        body.fail("Unexpected character.")
    source.at = end + 1
    return Substitution(items)
