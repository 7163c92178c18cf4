"""Which files of certificates the user's environment names for TLS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

#: What all our engines look at.
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def certificate_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name certificates, so far as these are there.

    A file or folder that is missing, or holds none, counts as not named. For engines, which know
    no more than `SSL_CERT_FILE` and `SSL_CERT_DIR` and end where these name nothing.
    """
    file, folders = environ.get("SSL_CERT_FILE", ""), environ.get("SSL_CERT_DIR", "")
    found: dict[str, str] = {}
    if _holds_certificates(file):
        found["SSL_CERT_FILE"] = file
    if any(map(_has_certificates_in, folders.split(os.pathsep))):
        found["SSL_CERT_DIR"] = folders
    bundle = environ.get("REQUESTS_CA_BUNDLE", "")
    if not found and _holds_certificates(bundle):
        return {"SSL_CERT_FILE": bundle}
    if not found and _has_certificates_in(bundle):
        return {"SSL_CERT_DIR": bundle}
    return found


def _has_certificates_in(folder: str) -> bool:
    try:
        files = (one for one in Path(folder).iterdir() if one.is_file()) if folder else ()
        return any(map(_holds_certificates, files))
    except OSError:
        return False


def _holds_certificates(path: str | Path) -> bool:
    try:
        with Path(path).open("rb") as file:
            return any(b"CERTIFICATE-----" in line for line in file)
    except OSError:
        return False
