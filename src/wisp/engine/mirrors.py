"""Where a URL is fetched instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wisp.specs.urls import UserInfo, url_origin, with_userinfo, without_userinfo


def mirrored(url: str, mirrors: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return where a URL is to be fetched: the mirrors of its longest configured prefix, or it.

    Credentials of the URL are for its own host: they do not go with it to a mirror elsewhere.
    """
    bare, info = without_userinfo(url)
    prefixes = [prefix for prefix in mirrors if bare.startswith(prefix)]
    if not prefixes:
        return (url,)
    longest = max(prefixes, key=len)
    rest = bare.removeprefix(longest)
    found = (
        f"{mirror.rstrip('/')}/{rest.lstrip('/')}" if rest else mirror
        for mirror in mirrors[longest]
    )
    return tuple(_with_own(candidate, bare, info) for candidate in found)


def _with_own(candidate: str, original: str, info: UserInfo | None) -> str:
    if (
        info is None
        or without_userinfo(candidate)[1]
        or url_origin(candidate) != url_origin(original)
    ):
        return candidate
    return with_userinfo(candidate, info)


class TextMirrors:
    """Mirrors for a program that has no idea of them: addresses in quotes are exchanged.

    Only the first mirror of a prefix counts, since such a program cannot try others. What comes
    back from a mirror is called by its first name again, so that locks do not name mirrors.
    """

    def __init__(self, mirrors: Mapping[str, tuple[str, ...]]) -> None:
        pairs = {
            prefix.rstrip("/"): urls[0].rstrip("/")
            for prefix, urls in mirrors.items()
            if urls and urls[0].startswith(("http://", "https://"))
        }
        self._there = {k: v for k, v in pairs.items() if k != v}
        self._back: dict[str, str] = {}
        for prefix, mirror in self._there.items():
            self._back.setdefault(mirror, prefix)

    def url(self, url: str) -> str:
        """Return where a URL is asked for."""
        bare, info = without_userinfo(url)
        there = _exchanged(f'"{bare}"', self._there)[1:-1]
        return url if there == bare else _with_own(there, bare, info)

    def there(self, text: str) -> str:
        """Exchange the addresses in a text that is asked with."""
        return _exchanged(text, self._there)

    def back(self, text: str) -> str:
        """Exchange the addresses in a text that came as an answer."""
        return _exchanged(text, self._back)


def _exchanged(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    # A prefix ends where a part of the path does.
    found = re.compile(rf"""(?<=["'])({"|".join(longest_first)})(?=[/"'?#])""")
    return found.sub(lambda match: names[match[1]], text)
