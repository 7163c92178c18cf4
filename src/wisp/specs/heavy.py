"""Requirements that nobody can bear: rattler's reader calls itself for each part of one.

A thread of rattler's has a stack of two megabytes, which some 1,500 parentheses within each other
fill, or some 3,000 conditions in a row. What is beyond that ends the process by a signal, without
a word. Honest requirements take some hundred characters and a pair of parentheses or two.
"""

from __future__ import annotations

from collections.abc import Collection

#: So many parentheses open in one requirement, and no more: few enough within each other.
MOST_PARENTHESES = 100
#: How many characters one may have.
LONGEST = 10_000
#: How many of them are shown of one that is refused.
_SHOWN = 60


def excess(text: str) -> str | None:
    """Say what is too much about a requirement, if anything is."""
    if len(text) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    if text.count("(") > MOST_PARENTHESES:
        return f"has more than {MOST_PARENTHESES} parentheses"
    return None


def beginning(text: str) -> str:
    """Return as much of a requirement that is refused as a message may show."""
    return f"{text[:_SHOWN]}…"


def all_bearable(texts: Collection[str]) -> bool:
    """Tell at one look that nothing is too much about any of some requirements, or may be."""
    joined = "".join(texts)
    return len(joined) <= LONGEST and joined.count("(") <= MOST_PARENTHESES
