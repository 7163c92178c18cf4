"""rattler's warnings quote what channels say: told in one line, and as no terminal obeys it."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from rattler.exceptions import GatewayWarning

from wisp.printable import printable

#: How much is told of one: a channel may have written it without end.
_LONGEST = 1_000


def tell_plainly() -> None:
    """Have them told so wherever warnings are shown, those of others as ever.

    A program that uses wisp may have its own way to word warnings, and choose it at any time.
    """
    others = warnings.formatwarning
    if not isinstance(others, _Wording):
        warnings.formatwarning = _Wording(others)


class _Wording:
    """Words warnings of rattler's; others are left to who did so before."""

    __slots__ = ("_others",)

    def __init__(self, others: Callable[..., str]) -> None:
        self._others = others

    def __call__(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if not issubclass(category, GatewayWarning):
            return self._others(message, category, filename, lineno, line)
        words = " ".join(str(message)[:_LONGEST].split())
        return f"⚠️ {printable(words)}\n"
