"""What a server wants before it answers: the text of `WWW-Authenticate` to values.

Source: RFC 9110, section 11.6.1. Several challenges may stand in several lines, or in one, where a
comma parts parameters as well as challenges; quoted texts may hold commas, and escapes.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.patterns import pattern
from wisp.values import dataclass

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = pattern(rf"\s*({_TOKEN})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|({_TOKEN}))\s*(?=,|$)")
#: Values that servers leave unquoted though they are no tokens, such as URLs and scopes.
_LOOSE_PARAMETER = pattern(rf"\s*({_TOKEN})\s*=\s*()([^\s\",]*)\s*(?=,|$)")
_SCHEME = pattern(rf"\s*({_TOKEN})(?:\s+|(?=,|$))")
_TOKEN68 = pattern(r"\s*[A-Za-z0-9._~+/-]+=*\s*(?=,|$)")
_ESCAPE = pattern(r"\\(.)")
_LONGEST = 16 * 1024


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in: scheme and names of parameters in lower case."""

    scheme: str
    parameters: Mapping[str, str]


def parse_challenges(text: str) -> tuple[Challenge, ...]:
    """Read all challenges; what cannot be understood ends the reading."""
    found: list[Challenge] = []
    parameters: dict[str, str] = {}
    at, text = 0, text[:_LONGEST]
    while at < len(text):
        if text[at] in ", \t":
            at += 1
            continue
        if parameter := _PARAMETER.match(text, at) or _LOOSE_PARAMETER.match(text, at):
            name, quoted, plain = parameter.groups()
            parameters.setdefault(name.lower(), plain or _ESCAPE.sub(r"\1", quoted or ""))
            at = parameter.end()
        elif scheme := _SCHEME.match(text, at):
            parameters = {}
            found.append(Challenge(scheme[1].lower(), parameters))
            at = scheme.end()
            if not _PARAMETER.match(text, at) and (data := _TOKEN68.match(text, at)):
                at = data.end()
        else:
            break
    return tuple(found)


def choose_challenge(text: str, *, known: bool = True) -> Challenge | None:
    """Return the first challenge that can be met here: `bearer` with a realm, or `basic`.

    Who has no login that is `known` may still be given a token, but has nothing to say to `basic`.
    """
    for challenge in parse_challenges(text):
        if challenge.scheme == "basic" and known:
            return challenge
        if challenge.scheme == "bearer" and challenge.parameters.get("realm"):
            return challenge
    return None
