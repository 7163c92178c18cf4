"""Versions as people mistype them: turned operators, those of other tools, commas left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from wisp.patterns import pattern

_TURNED = {
    "=>": ">=",
    "=<": "<=",
    "=~": "~=",
    "=!": "!=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}
_AT_LEAST = pattern(r"(?<![\w.+<>=!~])(\d[\d.]*)\+(?=[\s,|]|$)")
#: What Poetry, npm and Cargo write for all that is compatible, and for what differs little.
_CARET = pattern(r"\^\s*(\d+(?:\.\d+)*)")
_TILDE = pattern(r"~(?!=)\s*(\d+(?:\.\d+)*)")
_ANY_PATCH = pattern(r"(?<![\w.])(\d+(?:\.\d+)*)\.[xX](?![\w.])")
_PARTED = pattern(r"([<>=!~])\s+=\s*")
_SINGLE = pattern(r"(?<![<>=!~])=(?!=)")
_NO_COMMA = pattern(r"(?<=[\w*])\s*(?:&&?|\band\b)?\s+(?=[<>=!~])")
_NAMED = pattern(
    r"(?P<name>[A-Za-z0-9][\w.-]*?)\s*(?P<version>(?:[<>=!~]=?|=)=?\s*[\w.*+!<>=~, ]+)"
)
_NAME = pattern(r"^[A-Za-z][\w-]*\s*(?=[<>=!~])")


def meant(text: str, is_valid: Callable[[str], bool]) -> tuple[str, ...]:
    """Word the hint for a text that is no version spec: the nearest that is one, if any is."""
    for candidate in _candidates(text):
        if candidate != text and is_valid(candidate):
            return (f"Did you mean '{candidate}'?",)
    return ()


def apart(text: str, is_valid: Callable[[str], bool]) -> tuple[str, ...]:
    """Word the hint for a name that has its version behind it, as in files of requirements."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return ()
    name, version = found["name"], found["version"].strip()
    if not is_valid(version):
        candidates = (one for one in _candidates(version) if "===" not in one)
        version = next(filter(is_valid, candidates), "")
    key = f'"{name}"' if "." in name else name
    return (f'write {key} = "{version}"',) if version else ()


def _candidates(text: str) -> Iterator[str]:
    turned = text
    for wrong, right in _TURNED.items():
        turned = turned.replace(wrong, right)
    yield turned
    yield _AT_LEAST.sub(r">=\1", turned)
    yield turned.strip(", ")
    yield _PARTED.sub(r"\1=", turned)
    yield _SINGLE.sub("==", turned)
    yield _NO_COMMA.sub(",", turned)
    yield _CARET.sub(_compatible, turned)
    yield _TILDE.sub(_alike, turned)
    yield _ANY_PATCH.sub(r"\1.*", turned)
    yield _ANY_PATCH.sub(r"==\1.*", turned)
    yield _NAME.sub("", turned)
    yield f"=={text}"


def _compatible(match: re.Match[str]) -> str:
    """Write what `^1.2` admits: as long as the first number stays that is not 0."""
    numbers = match[1].split(".")
    fixed = next((n for n, number in enumerate(numbers) if int(number)), len(numbers) - 1)
    return _below_next(match[1], numbers, fixed)


def _alike(match: re.Match[str]) -> str:
    """Write what `~1.2` admits: as long as the second number stays."""
    numbers = match[1].split(".")
    return _below_next(match[1], numbers, min(1, len(numbers) - 1))


def _below_next(version: str, numbers: list[str], fixed: int) -> str:
    above = ".".join([*numbers[:fixed], str(int(numbers[fixed]) + 1)])
    return f">={version},<{above}"
