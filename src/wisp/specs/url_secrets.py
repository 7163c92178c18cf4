"""The secrets in addresses: found, hidden, and left out of what others are given.

A secret in a URL is found by parsing, not by its looks: who parses as a browser does sees the
same user, password, token and signature that the server will see.

Sources: RFC 3986, section 3.2 (authority); the `/t/TOKEN/` in paths of conda channels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from wisp.patterns import pattern
from wisp.specs.known_secrets import without_known

_HIDDEN = "***"
_WEB = ("http", "https")
#: Scheme and slashes. It has a length, since letters without end, which are a name or nothing at
#: all, would be tried from each of them on to their end.
_SCHEME_TEXT = r"[A-Za-z][A-Za-z0-9+.-]{0,63}://"
_SCHEME = pattern(_SCHEME_TEXT)
#: Where an address begins in a text: one without a scheme has two slashes, or user and password.
#: Addresses of letters, names of packages with a version, and digests have the same form.
_START = pattern(
    rf"{_SCHEME_TEXT}|(?<![\w.:/\\-])//(?=[^\s/])"
    r"|(?<![\w.%+@/:-])(?!(?:mailto|npm|jsr):)[^\s:/\"'`<>=,;()\[\]{}]{1,255}:[^\s/@][^\s/]{0,4000}@"
    r"(?=[\w\[])(?!sha(?:256|384|512):|[0-9]+(?:\.[0-9]+){0,2}(?![\w.:]))"
)
_END_OF_URL = pattern(r"[\s\"'`<>]")
_AUTHORITY_END = pattern(r"[/?#]")
#: What a browser takes for an address all the same: slashes that are missing, or lean backwards.
_MISSPELT = pattern(r"(?i)\b(https?:)(?!//[^/\\])[/\\]*[^\s/\\:@]{0,255}:[^\s@]{0,999}@")
#: What is longer and escaped is hidden unread.
_ESCAPED_LENGTH = 4096
#: The same where a whole text is one address, and its password has a blank, or a slash behind what
#: is no port: the host has a port, or ends in letters, as no version does.
_ODD = pattern(
    r"(?!(?:mailto|npm|jsr):)[^\s:/@.\"'`<>]{1,255}:(?=[^@]*\s|(?![0-9]+/)[^\s/@]+/)[^@]{1,4000}@"
    r"(?:[\w.-]*[\w-]:[0-9]{1,5}|[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}|\[[0-9a-fA-F:.]+\])(?:/\S*)?"
)
#: The end of schemes behind which a user signs in by a key: `ssh`, `git+ssh`.
_SSH = "ssh://"
#: Users of protocols other than the web's, who have no password.
_KNOWN_USERS = frozenset({"git", "hg", "svn", "anonymous"})
#: Parts of the names of secrets in a query, their ends, and whole names. What answers a sign-in
#: (RFC 6749, RFC 7636, SAML) opens as much as a password does.
_SECRET_WORDS = (
    *("token", "signature", "secret", "password", "passwd", "passphrase", "credential", "session"),
    *("cookie", "assertion", "bearer", "verifier", "saml", "hmac", "ticket"),
)
_SECRET_ENDS = ("key", "sig", "auth", "authorization", "pwd", "jwt")
_SECRET_KEYS = frozenset(
    {
        *("pass", "pw", "pat", "otp", "sid", "state", "nonce", "hdnts", "hdnea", "accesskeyid"),
        *("code", "authcode", "authorizationcode", "devicecode", "usercode"),
    }
)


def shown(url: str) -> str:
    """Return a URL with three asterisks for each password, token and signature in it.

    Those that are known are hidden wherever they stand.
    """
    url = _respelt(without_known(url), f"{_HIDDEN}@")
    begun = _begun(url)
    if begun is None:
        return url
    scheme, rest = begun
    authority, tail = _parted(rest)
    info, at, host = authority.rpartition("@")
    if at and info != _plain_user(scheme, info):
        authority = f"{_HIDDEN}@{host}"
    return f"{scheme}{authority}{_hidden_tail(tail)}"


def _plain_user(scheme: str, info: str) -> str:
    """Return the user in an address if the name is no secret; "" if it may be one.

    Who asks by SSH has a key, and the address is none without the user. On the web a user without
    a password is mostly a token.
    """
    user = info.partition(":")[0]
    if scheme.lower().endswith(_SSH):
        return "" if ":" in unquote(user) else user
    return user if "http" not in scheme.lower() and user in _KNOWN_USERS else ""


def handed_on(url: str) -> str:
    """Return a URL without the credentials in it, for files that others are given.

    Passwords, users that may be tokens, the token in a path of conda's, and what a query names a
    secret are left out. What is no URL stays as it is.
    """
    url = _respelt(url, "")
    begun = _begun(url)
    if begun is None or shown(url) == url:
        return url
    scheme, rest = begun
    authority, tail = _parted(rest)
    info, _, host = authority.rpartition("@")
    user = _plain_user(scheme, info)
    authority = f"{user}@{host}" if user else host
    path, *query = re.split(r"(?=[?#])", tail, maxsplit=1)
    inner = _SCHEME.search(path)
    if inner:
        pieces = map(handed_on, _split(tail[inner.start() :]))
        return f"{scheme}{authority}{path[: inner.start()]}{''.join(pieces)}"
    path, *parameters = re.split(r"(?=;)", _without_tokens(path))
    for one in parameters:
        value, slash, further = one.partition("/")
        path += (value if _hidden_pair(value[1:]) == value[1:] else "") + slash + further
    pairs = re.split(r"(?=[&;#?])", "".join(query))
    kept = "".join(pair for pair in pairs if _hidden_pair(pair[1:]) == pair[1:])
    if kept[:1] in ("&", ";"):
        kept = f"?{kept[1:]}"
    return f"{scheme}{authority}{path}{kept}"


def _respelt(text: str, user: str) -> str:
    """Put others in the place of users and passwords behind a scheme that lacks its slashes."""
    return _MISSPELT.sub(rf"\1//{user}", text) if "@" in text else text


def _begun(url: str) -> tuple[str, str] | None:
    """Part what stands before a URL's authority from all else; None for what is no URL.

    That may be a scheme, two slashes, or nothing, where user and password come first.
    """
    scheme, sign, rest = url.partition("://")
    if sign:
        return scheme + sign, rest
    start = _START.match(url) or _ODD.fullmatch(url)
    if start is None:
        return None
    return ("//", url[2:]) if url.startswith("//") else ("", url)


def has_token(url: str) -> bool:
    """Tell whether a secret stands in an address of the web behind its host."""
    scheme, sign, rest = url.partition("://")
    tail = _parted(rest)[1]
    return bool(sign) and scheme.lower() in _WEB and _hidden_tail(tail) != tail


def without_secrets(text: str) -> str:
    """Return a text with the secrets of all URLs in it hidden, and all that are known."""
    return of_urls(shown, _respelt(without_known(text), f"{_HIDDEN}@"))


def of_urls(change: Callable[[str], str], text: str) -> str:
    """Return a text with each URL in it changed."""
    starts = list(_START.finditer(text)) if "//" in text or "@" in text else []
    if not starts:
        return text
    pieces = [text[: starts[0].start()]]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    for match, after in zip(starts, ends, strict=True):
        start = match.start()
        stop = _end_of_url(text, start, match.end(), after)
        url = text[start:stop].rstrip("),.;:]}")
        pieces += [change(url), text[start + len(url) : after]]
    return "".join(pieces)


def _split(text: str) -> list[str]:
    """Part a text that starts with a URL before each further one in it."""
    starts = [match.start() for match in _SCHEME.finditer(text)]
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _end_of_url(text: str, start: int, known: int, after: int) -> int:
    """Find where a URL in a text ends: at a blank, or a quote that is not part of a password.

    What lies before `known` belongs to it. A blank is part of a password where a line goes on to
    an `@`, and what stands before the blank is neither a host nor a host and its port.
    """
    end = _END_OF_URL.search(text, known, after)
    if end is None:
        return after
    authority = _authority_before(text[start : end.start()])
    if _lacks_host(authority):
        rest = text[end.start() : after]
        is_blank = end[0].isspace()
        word = rest.splitlines()[0] if is_blank else rest.split(maxsplit=1)[0]
        at = word.find("@") if is_blank else word.rfind("@")
        if at > 0 and not (is_blank and authority.partition(":")[2].isdigit()):
            end = _END_OF_URL.search(text, end.start() + at, after)
    return end.start() if end else after


def _authority_before(quoted: str) -> str:
    """Return the authority of a URL that a quote ends, without what escapes that quote."""
    rest = quoted.partition("//")[2].rstrip("\\")
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
    parts = path.split("/")
    tokens = dict(_tokens(parts))
    for number, part in enumerate(parts):
        if number in tokens:
            parts[number] = _HIDDEN
        elif ";" in part:
            parts[number] = ";".join(map(_hidden_pair, part.split(";")))
    pairs = re.split(r"([&;#?])", query) if query else []
    return "/".join(parts) + mark + "".join(map(_hidden_pair, pairs))


def _without_tokens(path: str) -> str:
    parts: list[str | None] = [*path.split("/")]
    for token, sign in _tokens(path.split("/")):
        parts[sign : token + 1] = [None] * (token + 1 - sign)
    return "/".join(part for part in parts if part is not None)


def _tokens(parts: list[str]) -> Iterator[tuple[int, int]]:
    """Find the tokens in a path of conda's, each behind a `t`: where they and their `t` stand.

    A server decodes, joins slashes, and may not heed capital letters. A shelf of sorted names is
    none: in `/t/tqdm/tqdm-1.tar.gz` the next name begins as this one.
    """
    named = [number for number, part in enumerate(parts) if part]
    for sign, token, after in zip(named, named[1:], [*named[2:], len(parts)], strict=False):
        if unquote(parts[sign]).lower() == "t":
            name, file = parts[token].lower(), parts[after : after + 1]
            is_shelf = name > "t" and name[0] == "t" and file and file[0].lower().startswith(name)
            if not is_shelf:
                yield token, sign


def names_secret(name: str) -> bool:
    """Tell whether what is called so, a key or a variable, is a password, a token or the like."""
    plain = name.lower().replace("-", "").replace("_", "")
    is_secret = plain in _SECRET_KEYS or plain.endswith(_SECRET_ENDS)
    return is_secret or any(word in plain for word in _SECRET_WORDS)


def _hidden_pair(pair: str) -> str:
    key, sign, value = pair.partition("=")
    is_secret = names_secret(unquote(key))
    if ("%" in value or "@" in value) and not is_secret:  # a whole address may stand there
        inner = unquote(value[:_ESCAPED_LENGTH])
        is_secret = len(value) > _ESCAPED_LENGTH or shown(inner) != inner
    return f"{key}={_HIDDEN}" if sign and value and is_secret else pair
