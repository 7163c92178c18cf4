"""Credentials in URLs, taken out of whatever is said to a person or a log."""

from __future__ import annotations


def without_secrets(text: str) -> str:
    """Return a text with three asterisks for each password, token and signature of a URL in it."""
    if "://" not in text and not ("@" in text and "http" in text.lower()):
        return text
    from wisp.specs.urls import without_secrets

    return without_secrets(text)
