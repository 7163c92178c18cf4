"""Comparing versions without the solver's library, as far as they are of numbers and letters.

Loading that library takes longer than judging a small lock. What is not as plain as this is left
to it (`wisp.specs.match`): local versions, dashes, parentheses, patterns of letters.

Source: the ordering of conda versions, CEP 33.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import zip_longest
from operator import eq, ge, gt, le, lt, ne

from wisp.patterns import pattern

#: A run of digits or of letters; how the kinds compare, then the number, then the letters.
_Atom = tuple[int, int, str]
_Part = tuple[_Atom, ...]
#: The epoch as a part of its own, then what stands between dots.
_Version = tuple[_Part, ...]

_TEXT = r"(?:[0-9]+!)?[0-9a-z]+(?:\.[0-9a-z]+)*"
_VERSION = pattern(_TEXT)
_TERM = pattern(rf"(?P<op>[<>]=?|[=!~]=|=|)(?P<version>{_TEXT})(?P<glob>\.\*)?")
_RUN = pattern(r"[0-9]+|[a-z]+")

_DEV, _LETTERS, _NUMBER, _POST = range(4)
_KINDS = {"dev": _DEV, "post": _POST}
#: What is longer may hold a number that Python does not read.
_LONGEST = 1000
#: What a missing run of characters, and a missing part, count as.
_ZERO: _Atom = (_NUMBER, 0, "")
_ZERO_PART: _Part = (_ZERO,)

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "": eq,
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
#: What operators mean before `1.2.*`; all others take it for `1.2`.
_WITH_GLOB = {"": "=*", "=": "=*", "!=": "!=*", ">": ">="}


def in_plain_range(spec: str, version: str) -> bool | None:
    """Tell whether a version lies in a spec (`>=1.2,<2.0a0`); None if they are not that plain."""
    found = _parsed(version)
    if found is None:
        return None
    verdict = False
    for alternative in spec.split("|"):
        holds = [_term_holds(term, found) for term in alternative.split(",")]
        if None in holds:
            return None
        verdict = verdict or all(holds)
    return verdict


@cache
def _parsed(version: str) -> _Version | None:
    if len(version) > _LONGEST or not _VERSION.fullmatch(version):
        return None
    epoch, _, rest = version.rpartition("!")
    return (_part(epoch or "0"), *map(_part, rest.split(".")))


@cache
def _part(text: str) -> _Part:
    """Split a part into atoms; one that begins with letters has a zero before them."""
    runs = _RUN.findall(text if text[0].isdigit() else f"0{text}")
    return tuple(
        (_NUMBER, int(run), "") if run.isdigit() else (_KINDS.get(run, _LETTERS), 0, run)
        for run in runs
    )


def _term_holds(text: str, version: _Version) -> bool | None:
    term = _term(text)
    if term is None:
        return None
    operator, bound = term
    if operator in _COMPARISONS:
        return _COMPARISONS[operator](_order(version, bound), 0)
    if operator == "~=":
        return _is_compatible(bound, version)
    found = _starts_with(version, bound)
    return found if found is None else found != (operator == "!=*")


@cache
def _term(text: str) -> tuple[str, _Version] | None:
    """Split a term into operator and bound; `=*` and `!=*` compare the beginnings."""
    match = _TERM.fullmatch(text.strip())
    bound = _parsed(match["version"]) if match else None
    if match is None or bound is None:
        return None
    operator = match["op"]
    if operator == "=" or (match["glob"] and operator in _WITH_GLOB):
        operator = _WITH_GLOB[operator]
    return operator, bound


def _order(one: _Version, other: _Version) -> int:
    """Return a number below, equal to or above zero, as the versions compare."""
    for part, other_part in zip_longest(one, other, fillvalue=_ZERO_PART):
        if part == other_part:
            continue
        for atom, other_atom in zip_longest(part, other_part, fillvalue=_ZERO):
            if atom != other_atom:
                return -1 if atom < other_atom else 1
    return 0


def _is_compatible(bound: _Version, version: _Version) -> bool | None:
    """Judge `~=1.2.3`: not less, and alike but for the last part."""
    alike = _starts_with(version, bound[:-1])
    return alike if not alike else _order(version, bound) >= 0


def _starts_with(version: _Version, bound: _Version) -> bool | None:
    """Judge `1.2.*`; None where a part is more than a number, or the version is too short."""
    head = version[: len(bound)]
    if len(head) < len(bound) or any(len(part) > 1 for part in (*head, *bound)):
        return None
    return head == bound
