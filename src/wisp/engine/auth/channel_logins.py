"""Users and passwords that stand in the addresses of channels."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from wisp.specs.credentials import BasicHTTP
from wisp.specs.urls import without_userinfo


def logins_in(addresses: Iterable[str]) -> dict[str, BasicHTTP]:
    """Return them by host, since rattler knows no ports; of two for one host the first counts."""
    found: dict[str, BasicHTTP] = {}
    for address in addresses:
        info, host = without_userinfo(address)[1], urlsplit(address).hostname
        if info is not None and host and address.startswith(("http://", "https://")):
            found.setdefault(host, BasicHTTP(info.user, info.password or ""))
    return found
