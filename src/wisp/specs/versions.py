"""Conda versions and version specs as text: whether they are well formed, how they are spelled.

The canonical spelling is what locks and listings show (`3.12.*`, `>=3.0,<5`, `==1.2`). Nothing is
compared here, and rattler is not asked: a manifest must be read in a few milliseconds. The
grammar is that of conda's version specs (CEP 29) in rattler's lenient reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wisp.patterns import pattern
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    #: A term as text, or a separator with the parts it joins.
    _Tree = Union[str, tuple[str, list["_Tree"]]]  # noqa: UP007 - refers to itself

_PART = r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*(?:\.?[_-]|__|--)?"
_VERSION = pattern(rf"(?:[0-9]+!)?{_PART}(?:\+{_PART})?")
_TERM = pattern(
    r"(?P<op>[<>=!~]*)"
    rf"(?:(?P<any>\*(?:\.\*)*)|(?P<version>{_VERSION.pattern})?(?P<glob>\.?\*(?:\.\*)*)?)"
)
_NUMBER = pattern(r"[0-9]+")
_OPERATORS = frozenset({"", "=", "==", "!=", "~=", "<", "<=", ">", ">="})
_MAX_NUMBER = 2**64
#: Python itself reads no number of thousands of digits.
_MOST_DIGITS = 20
_LONGEST_SHOWN = 40


class VersionSyntaxError(ValueError):
    """A text is no version or no version spec; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """A version spec in canonical spelling, and the bare versions (`1.2`) it was given with."""

    text: str
    bare: tuple[str, ...] = ()
    tree: _Tree = field(default="*", repr=False, compare=False)

    def holds(self, judge: Callable[[str], bool]) -> bool:
        """Evaluate the spec, each constraint (`>=1.2`) being judged by a function."""
        return _holds(self.tree, judge)


def normalize_version(text: str) -> str:
    """Spell a version as rattler prints it: lower case, numbers without leading zeros.

    Raises `VersionSyntaxError` if it is none.
    """
    if not _VERSION.fullmatch(text):
        raise VersionSyntaxError(f"'{text}' is not a valid version")
    if "-" in text and "_" in text:
        raise VersionSyntaxError(f"'{text}' uses both underscores and dashes as separators")
    return _NUMBER.sub(_plain_number, text.lower())


def _plain_number(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS or int(digits) >= _MAX_NUMBER:
        shown = digits if len(digits) <= _LONGEST_SHOWN else f"{digits[:_LONGEST_SHOWN]}…"
        raise VersionSyntaxError(f"'{shown}' is too large a number for a version")
    return digits


def parse_version_spec(text: str) -> VersionSpec:
    """Read a version spec. Raises `VersionSyntaxError` if it is none."""
    if not text:
        raise VersionSyntaxError("the version is empty, use '*' for any version")
    parser = _Parser(text)
    tree = parser.alternatives()
    if parser.at != len(text):
        raise VersionSyntaxError(_leftover(text, parser.at))
    return VersionSpec(_print(tree), tuple(parser.bare), tree)


def is_version_spec(text: str) -> bool:
    """Tell whether a text is a version spec."""
    try:
        parse_version_spec(text)
    except VersionSyntaxError:
        return False
    return True


def _leftover(text: str, at: int) -> str:
    rest = text[at:].strip()
    if not rest:
        return f"'{text}' ends in white space"
    return f"'{text}' is not a valid version spec: '{rest}' is left over, separate parts by ','"


#: Parentheses in parentheses: nobody needs more, and Python bears ten times as many.
_DEEPEST = 50


class _Parser:
    """Recursive descent over `|`, `,`, parentheses and terms."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.bare: list[str] = []
        self._depth = 0

    def alternatives(self) -> _Tree:
        return self._joined("|", self._conjunction)

    def _conjunction(self) -> _Tree:
        return self._joined(",", self._term)

    def _joined(self, separator: str, part: Callable[[], _Tree]) -> _Tree:
        parts = [part()]
        while self._accept(separator):
            self._skip_space()
            parts.append(part())
        return parts[0] if len(parts) == 1 else (separator, parts)

    def _term(self) -> _Tree:
        if not self.text.startswith("(", self.at):
            return self._constraint()
        self.at += 1
        self._skip_space()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise VersionSyntaxError(f"'{self.text[:60]}…' is nested too deeply")
        inner = self.alternatives()
        self._depth -= 1
        if not self._accept(")"):
            raise VersionSyntaxError(f"'{self.text}' has an unclosed parenthesis")
        return inner

    def _constraint(self) -> str:
        match = _TERM.match(self.text, self.at)
        if match is None or match.end() == self.at:
            raise VersionSyntaxError(f"'{self.text}' is not a valid version spec")
        self.at = match.end()
        operator = match["op"]
        if operator not in _OPERATORS:
            raise VersionSyntaxError(f"invalid operator '{operator}'")
        if match["any"] is not None:
            return self._anything(operator)
        if not match["version"]:
            raise VersionSyntaxError(f"a version is missing behind '{operator}'")
        version = normalize_version(match["version"])
        if not operator and match["glob"] is None:
            self.bare.append(match["version"])
        return _spell(operator, version, glob=match["glob"] is not None)

    def _anything(self, operator: str) -> str:
        if operator in {"!=", "<", "<=", ">"}:
            raise VersionSyntaxError(f"'*' is incompatible with '{operator}'")
        return "*"

    def _accept(self, mark: str) -> bool:
        before = self.at
        self._skip_space()
        if self.text.startswith(mark, self.at):
            self.at += 1
            return True
        self.at = before
        return False

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def _spell(operator: str, version: str, *, glob: bool) -> str:
    if operator == "=" or (glob and not operator):
        return f"{version}.*"
    if operator == "!=" and glob:
        return f"!={version}.*"
    if operator == ">" and glob:
        return f">={version}"
    return f"{operator or '=='}{version}"


def _print(tree: _Tree, inside: str = "") -> str:
    if isinstance(tree, str):
        return tree
    separator, parts = tree
    text = separator.join(_print(part, separator) for part in parts)
    return f"({text})" if separator == "|" and inside == "," else text


def _holds(tree: _Tree, judge: Callable[[str], bool]) -> bool:
    if isinstance(tree, str):
        return judge(tree)
    separator, parts = tree
    verdicts = (_holds(part, judge) for part in parts)
    return any(verdicts) if separator == "|" else all(verdicts)


_PIECE = pattern(r"[0-9]+|[a-z]+")
_LENGTH = 12


def version_order(version: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key that sorts plain versions; letters (`rc1`) come before the number.

    This is enough for versions of programs and kernels, which are what manifests compare.
    Packages are compared by `wisp.specs.match`.
    """
    pieces = _PIECE.findall(version.lower())
    order = [(True, int(p[:_MOST_DIGITS]), "") if p.isdigit() else (False, 0, p) for p in pieces]
    # A missing piece counts as zero: `1.0rc1` < `1` = `1.0` < `1.0.1`.
    return (*order, *[(True, 0, "")] * (_LENGTH - len(order)))
