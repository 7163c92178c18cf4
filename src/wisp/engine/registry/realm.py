"""Whether a password may go where a registry says that its tokens are given out (pure).

Whoever answers for a registry may name any address in its challenge. So a password goes there only
by TLS, unless the registry itself is asked without, and only within the same site.
"""

from __future__ import annotations

import ipaddress

from wisp.specs.urls import Origin

#: Labels below which, under a country's domain, everybody may have a domain.
_SHARED = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "gv", "ltd", "net", "nom", "or", "org"}
)
#: Names below which each customer has a domain.
_OF_CUSTOMERS = (
    *("amazonaws.com", "azurecr.io", "pkg.dev", "run.app", "github.io", "gitlab.io"),
    *("cloudfront.net", "azurewebsites.net", "herokuapp.com", "ngrok.io", "ngrok-free.app"),
)


def why_foreign(realm: Origin, registry: Origin) -> str | None:
    """Return why a realm is not to be trusted with a password, None if it is."""
    if realm == registry:
        return None
    if realm.scheme != "https" and registry.scheme == "https":
        return "it is not reached by TLS"
    if leads_inside(realm, registry):
        return "its address is a private one"
    if realm.host == registry.host:
        return None
    if _is_address(realm.host) or _is_address(registry.host):
        return "it is another address"
    return None if site_of(realm.host) == site_of(registry.host) else "it belongs to another domain"


def leads_inside(realm: Origin, registry: Origin) -> bool:
    """Tell whether somebody outside sends us to an address of this network or machine."""
    return _is_private(realm) and not _is_private(registry)


def site_of(host: str) -> str:
    """Return the domain that one owner has: `h.org` of `a.h.org`, `h.co.uk` of `a.h.co.uk`."""
    labels = host.split(".")
    for suffix in _OF_CUSTOMERS:
        if host.endswith(f".{suffix}"):
            # One label more than the shared name.
            return ".".join(labels[-suffix.count(".") - 2 :])
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED else 2
    return ".".join(labels[-count:])


def _is_private(origin: Origin) -> bool:
    if origin.is_of_this_machine:
        return True
    return _is_address(origin.host) and not ipaddress.ip_address(origin.host).is_global


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
