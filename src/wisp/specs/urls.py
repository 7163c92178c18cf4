"""Addresses taken apart and compared: whose they are, and the credentials in them.

Sources: RFC 3986, sections 3.2 (authority) and 6.2 (comparison); RFC 6454 (origin).
"""

from __future__ import annotations

from functools import cache
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from wisp.specs.url_secrets import shown
from wisp.values import dataclass

_PORTS = {"http": 80, "https": 443}
#: What may stand in a path as it is (RFC 3986, `pchar` and the slash).
_IN_PATHS = "/:@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom a URL asks: credentials for one origin are not for another (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, by its name or address."""
        numbers = self.host.replace(".", "")
        return self.host in {"localhost", "::1"} or (
            self.host.startswith("127.") and numbers.isascii() and numbers.isdigit()
        )

    @property
    def is_of_this_machine(self) -> bool:
        """Whether only this machine can ask it: loopback and link-local addresses."""
        return self.is_loopback or self.host.startswith(("169.254.", "fe80:", "::ffff:"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@dataclass(frozen=True, slots=True)
class UserInfo:
    """User and password of a URL, decoded; a lone token is a user without a password."""

    user: str
    password: str | None = None

    def __repr__(self) -> str:
        return "UserInfo(***)"


def url_origin(url: str) -> Origin:
    """Return whom an `http` or `https` URL asks. Raises `ValueError` for any other text."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"`{shown(url)}` is not an address of the web")
    return Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])


def without_userinfo(url: str) -> tuple[str, UserInfo | None]:
    """Part a URL from the credentials in it."""
    parts = urlsplit(url)
    info, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, colon, password = info.partition(":")
    bare = SplitResult(parts.scheme, host, parts.path, parts.query, parts.fragment).geturl()
    return bare, UserInfo(unquote(user), unquote(password) if colon else None)


def with_userinfo(url: str, info: UserInfo) -> str:
    """Put credentials into a URL that has none."""
    parts = urlsplit(url)
    password = "" if info.password is None else f":{quote(info.password, safe='')}"
    netloc = f"{quote(info.user, safe='')}{password}@{parts.netloc}"
    return SplitResult(parts.scheme, netloc, parts.path, parts.query, parts.fragment).geturl()


def basic(info: UserInfo) -> str:
    """Return the value of `Authorization` for user and password (RFC 7617)."""
    import base64

    pair = f"{info.user}:{info.password or ''}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def is_url(text: str) -> bool:
    """Tell a URL from a path."""
    return "://" in text


def without_credentials(url: str) -> str:
    """Drop user and password from a URL."""
    parts = urlsplit(url)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return urlunsplit(parts._replace(netloc=host))


@cache
def normal_url(url: str) -> str:
    """Spell a URL so that equal ones are equal texts.

    Scheme and host are in lower case, default ports, `.` and `..` in the path, slashes at its
    end and the name of this machine before a file are gone, and each character of the path is
    escaped or not as it has to be. Query and fragment stay. Raises `ValueError` for a port that is
    none. Source: RFC 3986, sections 5.2.4 and 6.2; RFC 8089, section 2.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    user, at, _ = parts.netloc.rpartition("@")
    host = (parts.hostname or "").lower()
    if parts.port is not None and parts.port != _PORTS.get(scheme):
        host += f":{parts.port}"
    if scheme == "file" and host == "localhost":
        host = ""
    path = quote(unquote(_without_dots(parts.path)), safe=_IN_PATHS).rstrip("/")
    return urlunsplit(parts._replace(scheme=scheme, netloc=f"{user}{at}{host}", path=path))


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(1, len(kept) - 1) :]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)
