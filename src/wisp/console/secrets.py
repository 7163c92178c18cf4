"""Credentials, in URLs or known, taken out of whatever is said to a person or a log."""

from __future__ import annotations

import sys


def without_secrets(text: str) -> str:
    """Return a text with three asterisks for each password, token and signature of a URL in it.

    What was read from a store is hidden wherever it stands; who has read it has loaded that module.
    """
    is_known = "wisp.specs.known_secrets" in sys.modules
    if not is_known and "//" not in text and "@" not in text:
        return text
    from wisp.specs.url_secrets import without_secrets

    return without_secrets(text)


def data_without_secrets(data: object) -> object:
    """Return plain data, such as becomes JSON, with the secrets of all texts in it hidden.

    In JSON itself nobody could tell a quote in a password from one that ends a text.
    """
    match data:
        case str():
            return without_secrets(data)
        case dict():
            return {data_without_secrets(key): data_without_secrets(data[key]) for key in data}
        case list() | tuple():
            return [data_without_secrets(one) for one in data]
    return data
