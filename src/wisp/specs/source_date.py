"""The time that results count as made at, where somebody says it (reproducible-builds.org)."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.errors import UsageError

_VARIABLE = "SOURCE_DATE_EPOCH"


def source_date(environ: Mapping[str, str]) -> int | None:
    """Return it in seconds since the epoch, None if nobody says it.

    Raises:
        UsageError: The variable is no number.

    """
    text = environ.get(_VARIABLE, "")
    if text and not text.isdecimal():
        raise UsageError(f"{_VARIABLE} is '{text}', not a number of seconds")
    return int(text) if text else None
