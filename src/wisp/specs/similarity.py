"""How alike two names are, and which known names may have been meant by one that is unknown."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Word = TypeVar("Word", bound=str)

_NEAR = 0.6
_MOST = 5


def like_names(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that are like another one, nearest first; case counts."""
    scores = [(jaro(name, one), one) for one in dict.fromkeys(known)]
    near = [pair for pair in scores if pair[0] > _NEAR]
    near.sort(key=lambda pair: -pair[0])
    return [one for _, one in near[:_MOST]]


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Word a hint that names what is like an unknown name; nothing where nothing is."""
    near = like_names(name, known)
    told = "', '".join(near)
    return (f"did you mean '{told}'?",) if near else ()


def one_of(word: Word, known: Iterable[str]) -> Word:
    """Return a word that is among those known. Raises `UsageError` for another."""
    words = tuple(known)
    if word not in words:
        raise UsageError(f"'{word}' is none of {', '.join(words)}", hints=did_you_mean(word, words))
    return word


def closest(name: str, known: Iterable[str], most: int = 1, least: float = _NEAR) -> list[str]:
    """Return the few names that share the longest pieces with one; `least` of 0 takes any."""
    names = list(known)
    if not names:
        return []
    from difflib import get_close_matches

    return get_close_matches(name, names, most, least)


def mistyped(word: str, known: Iterable[str]) -> list[str]:
    """Word a hint that names what a command may have meant; few names, judged more strictly."""
    near = closest(word, sorted(known), 3)
    return [f"did you mean {' or '.join(f'`{name}`' for name in near)}?"] if near else []


def among(what: str, name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Word hints for a name that none of a workspace's things has: what is near, and all of them.

    `what` says in the plural what they are.
    """
    names = list(known)
    if not names:
        return (f"there are no {what}",)
    return (*mistyped(name, names), f"the {what} are: {', '.join(names)}")


def jaro(left: str, right: str) -> float:
    """Jaro similarity of two words, from 0 (nothing alike) to 1 (equal)."""
    if not left or not right:
        return float(left == right)
    window = max(max(len(left), len(right)) // 2 - 1, 0)
    taken = [False] * len(right)
    matched_left: list[str] = []
    for index, letter in enumerate(left):
        for other in range(max(0, index - window), min(len(right), index + window + 1)):
            if not taken[other] and right[other] == letter:
                taken[other] = True
                matched_left.append(letter)
                break
    if not matched_left:
        return 0.0
    matched_right = [letter for letter, hit in zip(right, taken, strict=True) if hit]
    moved = sum(a != b for a, b in zip(matched_left, matched_right, strict=True)) / 2
    count = len(matched_left)
    return (count / len(left) + count / len(right) + (count - moved) / count) / 3
