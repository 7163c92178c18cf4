"""Whom we believe on the other side of a TLS connection.

`SSL_CERT_FILE` and `SSL_CERT_DIR` of the environment that we were given come first, then
`REQUESTS_CA_BUNDLE`, which conda and pip heed, then the system's list. There is no list of our
own, so `tls-root-certs = "webpki"` reads the system's here.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from wisp.engine.certificates import certificate_variables
from wisp.specs.settings import Network

#: Where systems keep their list; Python's own build may have been told another place.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def tls_context(network: Network, environ: Mapping[str, str]) -> ssl.SSLContext:
    """Make the context of all connections, with hosts checked unless the user forbids it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if network.tls_no_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if not _load_named(context, environ):
        _load_of_system(context)
    return context


def _load_named(context: ssl.SSLContext, environ: Mapping[str, str]) -> bool:
    """Load what the variables name; what is unreadable counts as not named."""
    named = certificate_variables(environ)
    loaded = "SSL_CERT_FILE" in named and _load(context, cafile=named["SSL_CERT_FILE"])
    # The variable may name several folders, as a path does.
    for folder in named.get("SSL_CERT_DIR", "").split(os.pathsep):
        if folder and Path(folder).is_dir():
            loaded = _load(context, capath=folder) or loaded
    return loaded


def _load_of_system(context: ssl.SSLContext) -> None:
    paths = ssl.get_default_verify_paths()
    named = (paths.openssl_cafile, paths.openssl_capath)
    if Path(named[0]).is_file() and _load(context, cafile=named[0]):
        return
    if (
        Path(named[1]).is_dir()
        and any(Path(named[1]).iterdir())
        and _load(context, capath=named[1])
    ):
        return
    for bundle in _BUNDLES:
        if Path(bundle).is_file() and _load(context, cafile=bundle):
            return
    context.load_default_certs()


def _load(context: ssl.SSLContext, cafile: str | None = None, capath: str | None = None) -> bool:
    try:
        context.load_verify_locations(cafile, capath)
    except (OSError, ValueError):
        return False
    return True
