"""Which credential an address gets, by who sends it: channels, indexes and registries differ.

Channels are asked by rattler, which knows hosts without their ports; indexes by uv, which also
looks into variables and its own store; registries have the logins of Docker and podman besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from wisp.api.authorizing import StoredLogin, stored_login
from wisp.engine.auth.stores import ADDRESS
from wisp.engine.mirrors import mirrored
from wisp.engine.registry.credentials import RegistryLogins
from wisp.engine.uv import users_login
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, S3Credentials
from wisp.specs.urls import without_userinfo
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.context import SessionContext
    from wisp.engine.auth.stores import Found

#: What may ask an address.
CHANNEL, INDEX, REGISTRY = PURPOSES = ("channels", "package indexes", "registries")


@dataclass(frozen=True, slots=True)
class LoginUse:
    """A credential, and for whom of `PURPOSES` an address gets it."""

    login: StoredLogin
    purposes: tuple[str, ...]

    @property
    def is_for_all(self) -> bool:
        """Whether all that may ask send it."""
        return self.purposes == PURPOSES

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return self.login.as_json() | {"purposes": list(self.purposes)}


def login_uses(session: SessionContext, text: str) -> tuple[LoginUse, ...]:
    """Tell what an address, or a host, gets. Raises `CredentialError` as a registry would."""
    url = text if "://" in text else f"https://{text}"
    uses: dict[StoredLogin, list[str]] = {}
    for purpose, login in _logins(session, url):
        if login is not None:
            uses.setdefault(login, []).append(purpose)
    return tuple(LoginUse(login, tuple(purposes)) for login, purposes in uses.items())


def _logins(session: SessionContext, url: str) -> Iterator[tuple[str, StoredLogin | None]]:
    credentials, mirrors = session.credentials, session.settings.network.mirrors
    if urlsplit(url).scheme in {"http", "https", "s3", "gcs"}:
        asked = mirrored(url, mirrors)[0]
        own = _in_address(asked)
        yield CHANNEL, own or _told(credentials.of_channel(asked))
        if urlsplit(url).scheme in {"http", "https"}:
            found = credentials.matching_index(asked)
            # uv has no place for a token in a path, nor for the keys of a bucket.
            fit = found and not isinstance(found.credential, CondaToken | S3Credentials)
            yield INDEX, own or _told(found if fit else None) or _of_uv(session, asked)
    if urlsplit(url).scheme in {"http", "https", "oci"}:
        yield REGISTRY, _of_registry(session, url)


def _told(found: Found | None) -> StoredLogin | None:
    return stored_login(found.key, found.credential, found.store) if found else None


def _in_address(url: str) -> StoredLogin | None:
    """Tell of what is part of an address, which comes before what is stored."""
    bare, info = without_userinfo(url)
    parts = urlsplit(bare)
    if info is not None and info.password is not None:
        return stored_login(parts.netloc, BasicHTTP(info.user, ""), ADDRESS)
    if parts.path.startswith("/t/"):
        return stored_login(parts.netloc, CondaToken(""), ADDRESS)
    return None


def _of_uv(session: SessionContext, url: str) -> StoredLogin | None:
    """Tell of what uv knows beside our stores: its own, and the keyring if it may ask."""
    if (known := users_login(session.environ, url)) is not None:
        service, credential, store = known
        return stored_login(service, credential, store)
    if session.config.get("pypi-config.keyring-provider") == "subprocess":
        host = urlsplit(url).netloc
        return StoredLogin(host, "what it has for it", "the program `keyring`")
    return None


def _of_registry(session: SessionContext, url: str) -> StoredLogin | None:
    parts = urlsplit(without_userinfo(url)[0])
    path = parts.path.strip("/")
    logins = RegistryLogins(session.environ, session.credentials)
    found = logins.of(parts.netloc, path)
    session.credentials.faults += logins.faults
    if found is None:
        return None
    if (own := session.credentials.matching(f"https://{parts.netloc}/")) is not None and (
        own.store == found.source
    ):
        return _told(own)
    token = found.identity_token or found.bearer_token
    kind = BearerToken("") if token else BasicHTTP(found.username, "")
    return stored_login(parts.netloc, kind, found.source)
