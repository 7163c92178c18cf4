"""Comparing versions that are dotted numbers, which most are, without the solver's library.

Loading that library takes longer than judging a small lock. What is not as plain as this is left
to it (`wisp.specs.match`): epochs, letters, alternatives, compatible releases.

Source: the ordering of conda versions as CEP 33 describes it, for numbers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from operator import eq, ge, gt, le, lt, ne

Numbers = tuple[int, ...]

_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_TERM = re.compile(
    r"(?P<op>[<>]=?|[=!]=|=|)(?P<version>[0-9]+(?:\.[0-9]+)*)(?P<alpha>a0)?(?P<glob>\.\*)?"
)
_COMPARISONS: dict[str, Callable[[Numbers, Numbers], bool]] = {
    "": eq,
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
#: Operators that `1.2a0`, which comes just before `1.2`, leaves as they are for plain numbers.
_ALPHA_TOLERANT = frozenset({"<", ">="})


def in_plain_range(spec: str, version: str) -> bool | None:
    """Tell whether a version lies in a spec (`>=1.2,<2.0a0`); None if they are not that plain."""
    numbers = _numbers(version)
    if numbers is None:
        return None
    verdict = True
    for part in spec.split(","):
        found = _term_holds(part.strip(), numbers)
        if found is None:
            return None
        verdict = verdict and found
    return verdict


@cache
def _numbers(version: str) -> Numbers | None:
    if not _VERSION.fullmatch(version):
        return None
    return tuple(map(int, version.split(".")))


def _term_holds(term: str, numbers: Numbers) -> bool | None:
    match = _TERM.fullmatch(term)
    if match is None:
        return None
    operator, text, alpha, glob = match.groups()
    bound = tuple(map(int, text.split(".")))
    if alpha and (glob or operator not in _ALPHA_TOLERANT):
        return None
    if operator == "=" or glob:
        return _prefix_holds(operator, bound, numbers)
    return _COMPARISONS[operator](_stripped(numbers), _stripped(bound))


def _prefix_holds(operator: str, bound: Numbers, numbers: Numbers) -> bool | None:
    """Judge `1.2.*`, which `=1.2` is another spelling of, and its opposite."""
    if operator not in ("", "=", "!=") or len(numbers) < len(bound):
        return None
    return (numbers[: len(bound)] == bound) != (operator == "!=")


def _stripped(numbers: Numbers) -> Numbers:
    """Drop the zeros at the end: `1.0` and `1` are one version."""
    end = len(numbers)
    while end and not numbers[end - 1]:
        end -= 1
    return numbers[:end]
