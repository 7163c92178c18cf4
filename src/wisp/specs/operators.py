"""Versions as people mistype them: turned operators, a plus or a comma behind, none in front."""

from __future__ import annotations

from collections.abc import Callable

from wisp.patterns import pattern

_TURNED = {"=>": ">=", "=<": "<=", "=~": "~=", "=!": "!="}
_AT_LEAST = pattern(r"(?<![\w.+<>=!~])(\d[\d.]*)\+(?=[\s,|]|$)")


def meant(text: str, is_valid: Callable[[str], bool]) -> tuple[str, ...]:
    """Word the hint for a text that is no version spec: the nearest that is one, if any is."""
    turned = text
    for wrong, right in _TURNED.items():
        turned = turned.replace(wrong, right)
    for candidate in (turned, _AT_LEAST.sub(r">=\1", turned), turned.strip(", "), f"=={text}"):
        if candidate != text and is_valid(candidate):
            return (f"Did you mean '{candidate}'?",)
    return ()
