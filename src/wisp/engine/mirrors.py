"""Where a URL is fetched instead."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.specs.urls import UserInfo, origin_of, with_userinfo, without_userinfo


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
        or origin_of(candidate) != origin_of(original)
    ):
        return candidate
    return with_userinfo(candidate, info)
