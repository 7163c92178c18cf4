"""Whether the host of a URL is one that every reader takes for one."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from wisp.patterns import pattern

_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")
_OF_THE_WEB = ("http", "https")
_HOST = pattern(r"[a-z0-9._~-]+")
#: The last part of what is read as an address of numbers.
_NUMERIC = pattern(r"[0-9]+|0x[0-9a-f]*")
_ADDRESS = pattern(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:\.(?!$)|\.?$)){4}")


def require_sound(url: str) -> None:
    """See to it that a URL has a host that every reader takes for one, and a port if any.

    Raises `ValueError`. Source: WHATWG, URL standard, 3.5 ("host parser").
    """
    scheme, _, rest = url.partition("://")
    _require_host(scheme.lower(), rest.partition("/")[0])


@cache
def _require_host(scheme: str, authority: str) -> None:
    start = f"{scheme}://"
    if not _SCHEME.fullmatch(start):
        raise ValueError(f"'{scheme}' is no scheme of URLs")
    if scheme not in _OF_THE_WEB:
        return
    parts = urlsplit(start + authority)
    host = parts.hostname or ""
    _ = parts.port  # which raises for one that is none
    if not host.isascii():
        host = host.encode("idna").decode()
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host:  # an address of version 6, which was looked at when it was parted
        is_host = "%" not in host
    elif _NUMERIC.fullmatch(last):
        is_host = _ADDRESS.fullmatch(host) is not None
    else:
        is_host = bool(_HOST.fullmatch(host)) and "xn--" not in host.split(".")
    if not is_host:
        raise ValueError(f"'{host}' is no host")
