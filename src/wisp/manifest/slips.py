"""What people meant who wrote a text that is no TOML: the likely mend, as a hint.

The parser says where it gave up. What is wrong is usually plain from that line, and told in the
words of the line itself. Rules are tried in order; the first that knows the slip answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wisp.patterns import pattern
from wisp.values import dataclass

_KEY = r"[A-Za-z0-9_.-]+|\"[^\"\n]*\"|'[^'\n]*'"
_PAIR = pattern(rf"\s*(?P<key>{_KEY})\s*=\s*(?P<value>.*?)\s*(?P<comment>#.*)?")
_LIST = pattern(rf"\s*(?P<key>{_KEY})\s*=\s*\[(?P<words>[\w. ,<>=~!*-]*)\]\s*(?:#.*)?")
_COLON = pattern(rf"\s*(?:-\s+)?(?P<key>{_KEY})\s*:(?:\s+(?P<value>.*))?")
_COMPARED = pattern(rf"\s*(?P<key>{_KEY})\s*(?P<op>[=<>!~]=|[<>])\s*(?P<value>.*)")
_NAMED = pattern(rf"\s*(?P<key>{_KEY})\s*(?P<value>[\"'0-9\[{{].*)?")
_WORDS = {
    **dict.fromkeys(("True", "TRUE", "yes", "Yes", "on", "On"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "No", "off", "Off"), "false"),
}
_NOTHING = frozenset({"None", "null", "nil", "Null", "NULL", "~"})
_CURLY = dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛`´", "'")
_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2009\u200b\u202f\u3000\ufeff"
_OPEN_STRING = pattern("Unterminated string|Expected \"'{1,3}\"|Illegal character '\\\\n'")
_HEADER = pattern(r"\[[\w.\"'-]+\]\s*(?:#.*)?")
_LONGEST_TYPED = 1000
_OPEN = {"Unclosed array": "]", "Unclosed inline table": "}"}


@dataclass(frozen=True, slots=True)
class Slip:
    """The spot of a fault, by offset, and the words of the parser for it."""

    text: str
    offset: int
    message: str

    @property
    def line(self) -> str:
        """The line of the spot."""
        start = self.text.rfind("\n", 0, self.offset) + 1
        return self.text[start:].partition("\n")[0].removesuffix("\r")

    @property
    def rest(self) -> str:
        """What follows the spot on its line."""
        return self.text[self.offset :].partition("\n")[0].removesuffix("\r")


def likely_mend(slip: Slip) -> str | None:
    """Return how the line should probably read, None where that cannot be told.

    Nobody has typed a line of thousands of characters; expressions could take long over one.
    """
    if len(slip.line) > _LONGEST_TYPED:
        return None
    return next(filter(None, (rule(slip) for rule in _RULES)), None)


def _typographic(slip: Slip) -> str | None:
    strange = [letter for letter in slip.line.partition(" #")[0] if letter in _CURLY]
    if not strange or not _outside_strings(slip.line, strange[0]):
        return None
    return f"{strange[0]} is not a quote of TOML, write {_CURLY[strange[0]]}"


def _strange_blank(slip: Slip) -> str | None:
    found = next((letter for letter in slip.line if letter in _BLANKS), None)
    if found is None or not _outside_strings(slip.line, found):
        return None
    return f"the line holds the invisible character U+{ord(found):04X}, put a plain blank there"


def _foreign_comment(slip: Slip) -> str | None:
    word = slip.rest.lstrip()
    mark = next((mark for mark in ("//", "--", ";", "/*") if word.startswith(mark)), None)
    return None if mark is None else f"comments begin with `#`, not with `{mark}`"


def _unclosed_string(slip: Slip) -> str | None:
    found = _OPEN_STRING.fullmatch(slip.message)
    return None if found is None else "a quote is missing at the end of the string"


def _backslash(slip: Slip) -> str | None:
    if not slip.message.startswith(("Unescaped '\\'", "Invalid hex")):
        return None
    return "in quotes write `\\\\` for each `\\`, or take single quotes: 'C:\\folder'"


def _missing_comma(slip: Slip) -> str | None:
    end = _OPEN.get(slip.message)
    if end is None:
        return None
    starts = _PAIR.match(slip.rest) if end == "}" else slip.rest[:1] in {'"', "'", "[", "{"}
    if starts and not _HEADER.fullmatch(slip.rest):
        return "is a `,` missing in front of this?"
    return f"is a `{end}` missing in front of this?" if slip.rest else f"a `{end}` is missing"


def _header_in_array(slip: Slip) -> str | None:
    """A list whose last line ends in a comma, and the header of the next table."""
    start = slip.text.rfind("\n", 0, slip.offset) + 1
    above = slip.text[:start].rstrip()
    pairs = filter(None, (_PAIR.fullmatch(line) for line in reversed(above.splitlines())))
    opened = next((pair["value"] for pair in pairs), "")
    if not _HEADER.fullmatch(slip.line.strip()) or opened[:1] not in {"[", "{"}:
        return None
    end = "]" if opened[0] == "[" else "}"
    return None if above.endswith(end) else f"is a `{end}` missing at the end of what is above?"


def _word_of_python(slip: Slip) -> str | None:
    word = re.split(r"[\s,\]}#]", slip.rest, maxsplit=1)[0]
    if word in _WORDS:
        return f"write `{_WORDS[word]}` for `{word}`"
    return f"TOML has no `{word}`, leave the key out" if word in _NOTHING else None


def _header(slip: Slip) -> str | None:
    line = slip.line.partition("#")[0].strip()
    if line == "[]" or line == "[[]]":
        return "a name is missing in the brackets, as in `[dependencies]`"
    if line.startswith("[") and not line.endswith("]"):
        return f"the brackets are not closed: write `{line}{']' * _depth(line)}`"
    if line.endswith("]") and "[" not in line and "=" not in line:
        return f"the brackets are not opened: write `[{line}`"
    if line.startswith("[[") and not line.endswith("]]"):
        return f"brackets differ: write `{line}]`"
    return None


def _depth(line: str) -> int:
    return 2 if line.startswith("[[") else 1


def _colon(slip: Slip) -> str | None:
    line = slip.line.partition(" #")[0].rstrip()
    match = _COLON.fullmatch(line)
    if match is None:
        item = re.fullmatch(r"\s*-\s+(.+)", line)
        return item and f"this looks like YAML; a list is written `[{_quoted(item[1])}]` in TOML"
    value = match["value"]
    if not value:
        return f"this looks like YAML; in TOML a table begins with `[{match['key']}]`"
    return f"TOML has `=` where YAML has `:`: write `{match['key']} = {_quoted(value)}`"


def _comparison(slip: Slip) -> str | None:
    """`numpy >= 1` and `a == "1"`, as requirements and programs have them."""
    match = _COMPARED.fullmatch(slip.line.partition("#")[0].strip())
    if match is None:
        return None
    value = match["value"].strip().strip("\"'")
    if match["op"] == "==" and match["value"][:1] in {'"', "'", "[", "{"}:
        return f"write `{match['key']} = {match['value'].strip()}`, with one `=`"
    if re.search(r"^[=<>!~]|[\"']", value):
        return None
    return f'write `{match["key"]} = "{match["op"]}{value}"`'


def _unquoted(slip: Slip) -> str | None:
    match = _PAIR.fullmatch(slip.line)
    if match is None or not match["value"]:
        return None
    value = match["value"]
    if value[0] in "\"'[{" or re.search("[\"'\\]}]", value):
        return None
    return f'values need quotes: write `{match["key"]} = "{value.rstrip(",;")}"`'


def _unquoted_list(slip: Slip) -> str | None:
    """A list of bare words, as other languages have them."""
    match = _LIST.fullmatch(slip.line.removeprefix("#"))
    if match is None:
        return None
    words = [word.strip() for word in match["words"].split(",") if word.strip()]
    return f"texts need quotes: write `{match['key']} = [{', '.join(map(_quoted, words))}]`"


def _missing_value(slip: Slip) -> str | None:
    match = _PAIR.fullmatch(slip.line)
    if match is None or match["value"]:
        return None
    return f'a value is missing: write for example `{match["key"]} = "*"`'


def _missing_equals(slip: Slip) -> str | None:
    line = slip.line.partition("#")[0].strip()
    match = _NAMED.fullmatch(line) if "=" not in line else None
    if match is None:
        return None
    value = match["value"] or '"*"'
    return f"a `=` is missing: write `{match['key']} = {value}`"


def _key_with_blank(slip: Slip) -> str | None:
    key, found, _ = slip.line.partition("=")
    key = key.strip()
    if not found or slip.message.startswith("Expected newline"):
        return None
    if re.fullmatch(r"[\w.-]+[ ()<>*@/:+][\w.()<>*@/:+ -]*", key):
        return (
            f'a key with other signs than letters, digits, `-` and `_` needs quotes: `"{key}" = …`'
        )
    return None


def _two_on_a_line(slip: Slip) -> str | None:
    if not slip.message.startswith("Expected newline"):
        return None
    rest = slip.rest.strip()
    if rest in {",", ";"}:
        return f"no `{rest}` belongs behind a value, take it away"
    if rest[:1] in "]}" and rest:
        return f"the `{rest[0]}` closes nothing that is open, take it away"
    return "each key needs a line of its own" if "=" in rest else None


def _quoted(value: str) -> str:
    value = value.strip()
    plain = value[:1] in {'"', "'", "[", "{"} or value in {"true", "false"}
    return value if plain else f'"{value}"'


def _outside_strings(line: str, letter: str) -> bool:
    """Whether a character stands outside of what plain quotes enclose."""
    return letter in re.sub(r"\"[^\"]*\"|'[^']*'", "", line)


_RULES: tuple[Callable[[Slip], str | None], ...] = (
    _typographic,
    _strange_blank,
    _foreign_comment,
    _unclosed_string,
    _backslash,
    _word_of_python,
    _missing_comma,
    _header_in_array,
    _two_on_a_line,
    _header,
    _colon,
    _comparison,
    _unquoted,
    _unquoted_list,
    _missing_value,
    _key_with_blank,
    _missing_equals,
)
