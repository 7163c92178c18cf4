"""Credentials in URLs, taken out of whatever is said to a person or a log."""

from __future__ import annotations

import re

_HIDDEN = "***"
#: `https://user:password@host`, `https://token@host`; not the `git@` of an SSH address.
_USER = re.compile(r"(https?://|://(?=[^/\s@:]+:))[^/\s@]+@")
#: `https://host/t/TOKEN/channel`, as conda servers have it.
_TOKEN = re.compile(r"(://\S*?/t/)[^/\s\"'`)]+")


def without_secrets(text: str) -> str:
    """Return a text with three asterisks for each password and token of a URL in it."""
    if "://" not in text:
        return text
    return _TOKEN.sub(rf"\1{_HIDDEN}", _USER.sub(rf"\1{_HIDDEN}@", text))
