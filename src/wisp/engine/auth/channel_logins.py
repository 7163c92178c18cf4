"""Users and passwords that stand in the addresses of channels and of package indexes.

They are for the origin that they are written for: not for another port of its host, which on a
shared machine may be somebody else's, and what is for `https` is not sent in the clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from wisp.specs.credentials import BasicHTTP, remember
from wisp.specs.urls import Origin, url_origin, without_userinfo
from wisp.values import dataclass


def logins_in(addresses: Iterable[str]) -> dict[str, BasicHTTP]:
    """Return them by address, without them; of two for one the first counts.

    What is no address of the web is passed over: whoever asks there says what is wrong with it.
    """
    found: dict[str, BasicHTTP] = {}
    for address in addresses:
        with suppress(ValueError):
            bare, info = without_userinfo(address)
            url_origin(bare)
            if info is not None:
                login = BasicHTTP(info.user, info.password or "")
                remember(login)
                found.setdefault(f"{bare.rstrip('/')}/", login)
    return found


@dataclass(frozen=True, slots=True)
class Detours:
    """Ways for a client that tells hosts apart, but no ports: by a host of its own for each login.

    A request for the origin is sent `there`, signed with what `stored` has for that host, and sent
    `back` before it leaves. Nobody is ever asked for such a host.
    """

    there: Mapping[str, list[str]]
    back: Mapping[str, list[str]]
    stored: Mapping[str, BasicHTTP]

    @classmethod
    def of(cls, logins: Mapping[str, BasicHTTP]) -> Detours:
        """Make one for each address, and for each origin with the first login of it."""
        first = {f"{origin}/": login for origin, login in by_origin(logins).items()}
        places = {**first, **logins}
        hosts = {f"login-{number}.invalid": place for number, place in enumerate(places)}
        ways = {f"http://{host}/": place for host, place in hosts.items()}
        return cls(
            {place: [way] for way, place in ways.items()},
            {way: [place] for way, place in ways.items()},
            {host: places[place] for host, place in hosts.items()},
        )


def by_origin(logins: Mapping[str, BasicHTTP]) -> dict[Origin, BasicHTTP]:
    """Return the first login of each origin."""
    found: dict[Origin, BasicHTTP] = {}
    for address, login in logins.items():
        found.setdefault(url_origin(address), login)
    return found


def login_of(url: str, logins: Mapping[str, BasicHTTP]) -> BasicHTTP | None:
    """Return the login of the closest address above a URL, else the first of its origin."""
    if not logins:
        return None
    above = [address for address in logins if url.startswith(address)]
    if above:
        return logins[max(above, key=len)]
    try:
        return by_origin(logins).get(url_origin(url))
    except ValueError:
        return None
