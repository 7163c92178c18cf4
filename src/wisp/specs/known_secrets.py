"""The secrets that this process has read, so that nothing it says repeats them.

What an address holds is found by taking it apart. But whoever is given a secret may say it in words
of their own: a server that quotes what it got, a program that fails on it. What was read from a
store or an address is known, and hidden wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable

_HIDDEN = "***"
#: What is shorter, or may be a word, would be found where nobody means it.
_SHORTEST = 8
_known: dict[str, None] = {}


def remember_texts(secrets: Iterable[object]) -> None:
    """Hide these texts from now on; what is none, or may be a word, is passed over."""
    for secret in secrets:
        if isinstance(secret, str) and len(secret) >= _SHORTEST and not secret.isalpha():
            _known[secret] = None


def without_known(text: str) -> str:
    """Return a text with three asterisks for each secret that is known."""
    found = [secret for secret in tuple(_known) if secret in text]
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text
