"""How uv and pip, when they replace wisp, are told whom to believe, as wisp was.

Both read proxies and most files of certificates by themselves; this is what only our options and
our configuration say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from wisp.engine.certificates import certificate_variables
from wisp.specs.settings import Network
from wisp.values import dataclass, field

#: Where the usual index has its files.
_USUAL = ("pypi.org", "files.pythonhosted.org")


@dataclass(frozen=True, slots=True)
class ToolTrust:
    """Words for uv and words for pip, and variables that only uv looks at."""

    uv: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def tool_trust(network: Network, environ: Mapping[str, str], indexes: Sequence[str]) -> ToolTrust:
    """Say in the words of the tools whose certificates count, for these package indexes.

    Where none are checked pip wants to know each host, uv takes all.
    """
    if network.tls_no_verify:
        hosts = dict.fromkeys([*map(_host, indexes), *_USUAL])
        pip = tuple(word for host in hosts for word in ("--trusted-host", host))
        return ToolTrust(("--allow-insecure-host", "*"), pip)
    named = certificate_variables(environ).get("SSL_CERT_FILE")
    pip = ("--cert", named) if named else ()
    if network.tls_root_certs is None:
        return ToolTrust(pip=pip)
    # By variables, as the option has another name in older releases of uv.
    switch = "true" if network.tls_root_certs == "system" else "false"
    return ToolTrust(pip=pip, variables={"UV_SYSTEM_CERTS": switch, "UV_NATIVE_TLS": switch})


def _host(url: str) -> str:
    """Return the host of an address, with its port, as pip wants it: without a user."""
    return urlsplit(url).netloc.rpartition("@")[2]
