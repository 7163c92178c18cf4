"""Users and passwords that stand in the addresses of channels.

They are for the origin that they are written for: not for another port of its host, which on a
shared machine may be somebody else's, and what is for `https` is not sent in the clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from wisp.specs.credentials import BasicHTTP, remember
from wisp.specs.urls import Origin, url_origin, without_userinfo
from wisp.values import dataclass


def logins_in(addresses: Iterable[str]) -> dict[Origin, BasicHTTP]:
    """Return them by origin; of two for one the first counts.

    What is no address of the web is passed over: whoever asks there says what is wrong with it.
    """
    found: dict[Origin, BasicHTTP] = {}
    for address in addresses:
        with suppress(ValueError):
            info = without_userinfo(address)[1]
            if info is not None:
                origin, login = url_origin(address), BasicHTTP(info.user, info.password or "")
                remember(login)
                found.setdefault(origin, login)
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
    def of(cls, logins: Mapping[Origin, BasicHTTP]) -> Detours:
        """Make one for each login."""
        hosts = {f"login-{number}.invalid": origin for number, origin in enumerate(logins)}
        ways = {f"http://{host}/": f"{origin}/" for host, origin in hosts.items()}
        return cls(
            {origin: [way] for way, origin in ways.items()},
            {way: [origin] for way, origin in ways.items()},
            {host: logins[origin] for host, origin in hosts.items()},
        )


def login_of(url: str, logins: Mapping[Origin, BasicHTTP]) -> BasicHTTP | None:
    """Return the login for a URL, None for one of another origin."""
    if not logins:
        return None
    try:
        return logins.get(url_origin(url))
    except ValueError:
        return None
