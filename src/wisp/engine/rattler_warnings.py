"""rattler's warnings quote what channels say: told in one line, and as no terminal obeys it."""

from __future__ import annotations

import warnings

from rattler.exceptions import GatewayWarning

from wisp.printable import printable

#: How much is told of one: a channel may have written it without end.
_LONGEST = 1_000
_as_python_does = warnings.formatwarning


def tell_plainly() -> None:
    """Have them told so wherever warnings are shown, those of others as ever."""
    warnings.formatwarning = _worded


def _worded(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    if not issubclass(category, GatewayWarning):
        return _as_python_does(message, category, filename, lineno, line)
    words = " ".join(str(message)[:_LONGEST].split())
    return f"⚠️ {printable(words)}\n"
