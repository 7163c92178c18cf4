"""Licences as packagers write them, and what of it is an SPDX expression.

Sources: core metadata 2.4 (`License-Expression`, `License`, `Classifier`); SPDX 2.3, annex D.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import HeaderParser
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Classifiers that mean one licence and no other.
_CLASSIFIED: Mapping[str, str] = {
    "Apache Software License": "Apache-2.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
_CLASSIFIER = "License :: "
#: A longer text is the licence itself, not its name.
_LONGEST_NAME = 120


def metadata_license(text: str) -> str | None:
    """Read the licence from the METADATA of a wheel: its expression, else how it is called."""
    headers = HeaderParser().parsestr(text)
    expression = str(headers.get("License-Expression") or "").strip()
    if expression:
        return expression
    classified = [
        str(one).rpartition(" :: ")[2]
        for one in headers.get_all("Classifier", [])
        if str(one).startswith(_CLASSIFIER) and not str(one).endswith(":: OSI Approved")
    ]
    named = str(headers.get("License") or "").strip()
    is_name = 0 < len(named) <= _LONGEST_NAME and "\n" not in named and named != "UNKNOWN"
    if len(classified) == 1 and classified[0] in _CLASSIFIED:
        return _CLASSIFIED[classified[0]]
    if is_name:
        return named
    return " AND ".join(_CLASSIFIED.get(one, one) for one in classified) or None


@cache
def spdx_expression(text: str) -> str | None:
    """Return a licence in SPDX's spelling, None if it is no expression of known licences."""
    from license_expression import ExpressionError, ParseError

    try:
        found = _known_licenses().parse(text, validate=True, strict=True)
    except (ExpressionError, ParseError):
        return None
    return str(found) if found is not None else None


@cache
def _known_licenses() -> Any:
    """Load SPDX's list once: it takes a fifth of a second."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()
