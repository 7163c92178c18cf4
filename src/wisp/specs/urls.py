"""Addresses taken apart and compared: whose they are, the credentials in them, how they are shown.

A secret in a URL is found by parsing, not by its looks: who parses as a browser does sees the
same user, password, token and signature that the server will see.

Sources: RFC 3986, sections 3.2 (authority) and 6.2 (comparison); RFC 6454 (origin); the
`/t/TOKEN/` in paths of conda channels.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from wisp.patterns import pattern
from wisp.values import dataclass

_HIDDEN = "***"
_PORTS = {"http": 80, "https": 443}
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")
#: What may stand in a path as it is (RFC 3986, `pchar` and the slash).
_IN_PATHS = "/:@!$&'()*+,;=-._~"
_END_OF_URL = pattern(r"[\s\"'`<>]")
_HOST = pattern(r"[a-z0-9._~-]+")
#: The last part of what is read as an address of numbers.
_NUMERIC = pattern(r"[0-9]+|0x[0-9a-f]*")
_ADDRESS = pattern(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:\.(?!$)|\.?$)){4}")
_AUTHORITY_END = pattern(r"[/?#]")
#: What a server decodes and joins before it compares: `%74` is `t`, two slashes are one.
_TOKEN_IN_PATH = pattern(r"/(?:t|%74)/+[^/]+(?=/|$)")
#: What a browser takes for an address all the same: slashes that are missing, or lean backwards.
_MISSPELT = pattern(r"(?i)\b(https?:)(?!//[^/\\])[/\\]*[^\s/\\:@]{0,255}:[^\s@]{0,999}@")
#: What is longer and escaped is hidden unread.
_ESCAPED_LENGTH = 4096
_SECRET_WORDS = ("token", "signature", "secret", "password", "passwd", "credential", "apikey")
_SECRET_KEYS = frozenset(
    {"sig", "key", "pwd", "pass", "auth", "authorization", "accesskey", "jwt", "pat"}
)


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


def shown(url: str) -> str:
    """Return a URL with three asterisks for each password, token and signature in it."""
    url = _MISSPELT.sub(rf"\1//{_HIDDEN}@", url)
    scheme, sign, rest = url.partition("://")
    if not sign:
        return url
    authority, tail = _parted(rest)
    info, at, host = authority.rpartition("@")
    if at and ("http" in scheme.lower() or ":" in info):
        authority = f"{_HIDDEN}@{host}"
    return f"{scheme}://{authority}{_hidden_tail(tail)}"


def handed_on(url: str) -> str:
    """Return a URL without the credentials in it, for files that others are given.

    User and password, the token in a path of conda's, and what a query names a secret are left out.
    What is no URL stays as it is.
    """
    url = _MISSPELT.sub(r"\1//", url)
    scheme, sign, rest = url.partition("://")
    if not sign or shown(url) == url:
        return url
    authority, tail = _parted(rest)
    path, *query = re.split(r"(?=[?#])", tail, maxsplit=1)
    inner = _SCHEME.search(path)
    if inner:
        pieces = map(handed_on, _split(tail[inner.start() :]))
        return f"{scheme}://{authority.rpartition('@')[2]}{path[: inner.start()]}{''.join(pieces)}"
    path, *parameters = re.split(r"(?=;)", _TOKEN_IN_PATH.sub("", path))
    for one in parameters:
        value, slash, further = one.partition("/")
        path += (value if _hidden_pair(value[1:]) == value[1:] else "") + slash + further
    pairs = re.split(r"(?=[&;#?])", "".join(query))
    kept = "".join(pair for pair in pairs if _hidden_pair(pair[1:]) == pair[1:])
    if kept[:1] in ("&", ";"):
        kept = f"?{kept[1:]}"
    return f"{scheme}://{authority.rpartition('@')[2]}{path}{kept}"


def has_token(url: str) -> bool:
    """Tell whether a secret stands in an address of the web behind its host."""
    scheme, sign, rest = url.partition("://")
    tail = _parted(rest)[1]
    return bool(sign) and scheme.lower() in _PORTS and _hidden_tail(tail) != tail


def without_secrets(text: str) -> str:
    """Return a text with the secrets of all URLs in it hidden."""
    return of_urls(shown, _MISSPELT.sub(rf"\1//{_HIDDEN}@", text))


def of_urls(change: Callable[[str], str], text: str) -> str:
    """Return a text with each URL in it changed."""
    starts = [match.start() for match in _SCHEME.finditer(text)] if "://" in text else []
    if not starts:
        return text
    pieces = [text[: starts[0]]]
    for start, after in zip(starts, [*starts[1:], len(text)], strict=True):
        stop = _end_of_url(text, start, after)
        url = text[start:stop].rstrip("),.;:]}")
        pieces += [change(url), text[start + len(url) : after]]
    return "".join(pieces)


def _split(text: str) -> list[str]:
    """Part a text that starts with a URL before each further one in it."""
    starts = [match.start() for match in _SCHEME.finditer(text)]
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _end_of_url(text: str, start: int, after: int) -> int:
    """Find where a URL in a text ends: at a blank, or a quote that is not part of a password."""
    end = _END_OF_URL.search(text, start, after)
    if end and not end[0].isspace() and _lacks_host(_authority_before(text[start : end.start()])):
        word = text[end.start() : after].split(maxsplit=1)[0]
        if "@" in word:
            end = _END_OF_URL.search(text, end.start() + word.rindex("@"), after)
    return end.start() if end else after


def _authority_before(quoted: str) -> str:
    """Return the authority of a URL that a quote ends, without what escapes that quote."""
    rest = quoted.partition("://")[2].rstrip("\\")
    end = _AUTHORITY_END.search(rest)
    return rest[: end.start()] if end else rest


def _lacks_host(authority: str) -> bool:
    """Tell whether what should be host and port looks like the start of user and password."""
    host, colon, port = authority.partition(":")
    is_host = "." in host or host == "localhost" or host.startswith("[")
    return (
        "@" not in authority
        and bool(colon)
        and not (port.isdigit() and is_host)
        and host[:1] != "["
    )


def _parted(rest: str) -> tuple[str, str]:
    """Part what follows `://` behind the authority.

    A slash in a password ends the authority too early: then there is something like a port that
    is none, and a `@` further on. Whoever wrote that meant the last one.
    """
    end = _AUTHORITY_END.search(rest)
    stop = end.start() if end else len(rest)
    if _lacks_host(rest[:stop]):
        last = rest.rfind("@")
        if last > 0:
            end = _AUTHORITY_END.search(rest, last)
            stop = end.start() if end else len(rest)
    return rest[:stop], rest[stop:]


def _hidden_tail(tail: str) -> str:
    path, mark, query = tail.partition("?")
    if not mark:
        path, mark, query = tail.partition("#")
    inner = _SCHEME.search(path)
    if inner:  # a mirror or a proxy that has the address of another host in its path
        return _hidden_tail(path[: inner.start()]) + without_secrets(tail[inner.start() :])
    parts, before = path.split("/"), ""
    for number, part in enumerate(parts):
        if part and before == "t":
            parts[number] = _HIDDEN
        elif ";" in part:
            parts[number] = ";".join(map(_hidden_pair, part.split(";")))
        before = unquote(part) if part else before
    pairs = re.split(r"([&;#?])", query)
    return "/".join(parts) + mark + "".join(map(_hidden_pair, pairs))


def _hidden_pair(pair: str) -> str:
    key, sign, value = pair.partition("=")
    plain = unquote(key).lower().replace("-", "").replace("_", "")
    is_secret = plain in _SECRET_KEYS or any(word in plain for word in _SECRET_WORDS)
    if "%" in value and not is_secret:  # a whole address may stand there, escaped
        inner = unquote(value[:_ESCAPED_LENGTH])
        is_secret = len(value) > _ESCAPED_LENGTH or shown(inner) != inner
    return f"{key}={_HIDDEN}" if sign and value and is_secret else pair


def is_url(text: str) -> bool:
    """Tell a URL from a path."""
    return "://" in text


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
    if scheme not in _PORTS:
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
