"""Which proxy a host is reached through: variables of the environment, else the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from wisp.specs.settings import Network
from wisp.specs.urls import Origin
from wisp.values import dataclass

#: The names that reqwest looks at, in rattler and in uv; of two that differ in capital letters only
#: the former counts.
PROXY_VARIABLES = (
    *("HTTP_PROXY", "http_proxy"),
    *("HTTPS_PROXY", "https_proxy"),
    *("ALL_PROXY", "all_proxy"),
)
SPARING_VARIABLES = ("NO_PROXY", "no_proxy")
#: Who has it answers requests of the web, by whose headers `HTTP_PROXY` can be forged.
_OF_CGI = "REQUEST_METHOD"
#: The kinds of proxies that one of the engines knows.
_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy (a URL, perhaps with credentials) per scheme, and the hosts that are spared."""

    http: str = ""
    https: str = ""
    spared: tuple[str, ...] = ()

    def of(self, origin: Origin) -> str | None:
        """Return the proxy that leads to an origin, None if it is asked directly."""
        proxy = self.http if origin.scheme == "http" else self.https
        if not proxy or any(_covers(entry, origin) for entry in self.spared):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"


def has_proxy(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment names a proxy; then configured ones do not count."""
    return bool(named_proxies(environ))


def named_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies that the environment names, under names of small letters.

    An empty variable counts as unset.
    """
    found: dict[str, str] = {}
    for name in PROXY_VARIABLES:
        if environ.get(name) and not (name.lower() == "http_proxy" and _OF_CGI in environ):
            found.setdefault(name.lower(), environ[name])
    return found


def spared_hosts(environ: Mapping[str, str]) -> str:
    """Return the hosts that the environment wants asked without a proxy, parted by commas."""
    return next((environ[name] for name in SPARING_VARIABLES if environ.get(name)), "")


def choose_proxies(network: Network, environ: Mapping[str, str]) -> Proxies:
    """Choose proxies as rattler and uv do."""
    named = named_proxies(environ)
    if not named:
        return Proxies(network.http_proxy or "", network.https_proxy or "", network.non_proxy_hosts)
    everything = named.get("all_proxy", "")
    return Proxies(
        named.get("http_proxy", everything),
        named.get("https_proxy", everything),
        tuple(entry.strip() for entry in spared_hosts(environ).split(",") if entry.strip()),
    )


def malformed_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name a proxy that can be none, with what they say."""
    return {
        name: environ[name]
        for name in PROXY_VARIABLES
        if environ.get(name) and not _is_proxy(environ[name])
    }


def decides(name: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a variable counts for any scheme: `all_proxy` does not beside those of each.

    Desktops set all of them, and `all_proxy` to a `socks://` that no engine knows.
    """
    own = {"http_proxy", "https_proxy"} <= named_proxies(environ).keys()
    return not own or name.lower() != "all_proxy"


def _is_proxy(text: str) -> bool:
    """Tell whether a text is the address of a proxy, whose `http://` may be left out."""
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and _can_be(parts)
    except ValueError:
        return False


def _can_be(parts: SplitResult) -> bool:
    """Raise `ValueError` for a port that is none, and refuse signs that no address has."""
    return parts.port != 0 and not any(sign.isspace() or sign < " " for sign in parts.netloc)


def _covers(entry: str, origin: Origin) -> bool:
    """Tell whether an entry of `no_proxy` means a host: name, domain, address, network, port."""
    if entry == "*":
        return True
    if "/" in entry:
        return _in_network(entry, origin.host)
    name, colon, port = entry.rpartition(":")
    if colon and port.isdigit() and (":" not in name or name.endswith("]")):
        return int(port) == origin.port and _covers(name, origin)
    name = entry.strip("[]").removeprefix("*").lstrip(".").lower()
    return bool(name) and (origin.host == name or origin.host.endswith(f".{name}"))


def _in_network(entry: str, host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
