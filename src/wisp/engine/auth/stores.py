"""All stores of credentials in their order, and which credential a URL gets.

Order: the file of `RATTLER_AUTH_FILE`, the keyring, `~/.rattler/credentials.json`, netrc.
`authentication-override-file` (and `--auth-file`) stand for all of them.

Lookup, as Pixi does: the host; else `*.host`, and so on with each label taken from its front, so
that `*.prefix.dev` means `prefix.dev` and `repo.prefix.dev`. Ours beyond that: a key with a port
comes first, and means that port only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.keyring_store import KeyringStore
from wisp.engine.auth.netrc_store import NetrcStore
from wisp.errors import WispError
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, Credential, OAuth
from wisp.specs.settings import Network
from wisp.specs.urls import UserInfo, basic
from wisp.values import dataclass

_DEFAULT_FILE = ".rattler/credentials.json"


class Store(Protocol):
    """A place of credentials."""

    @property
    def name(self) -> str:
        """How people call it."""

    def get(self, host: str) -> Credential | None:
        """Return the credential of one host. Raises `CredentialError`."""

    def all(self) -> Mapping[str, Credential]:
        """Return what is in it by host, as it is now. Raises `CredentialError`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A credential, the key that matched, and the store it comes from."""

    credential: Credential
    key: str
    store: str


class Credentials:
    """The stores of one user; files are read once, when the first URL asks.

    A store that cannot be read is passed over, as for Pixi, and told in `faults`.
    """

    def __init__(self, stores: Sequence[Store]) -> None:
        self.stores = tuple(stores)
        self.faults: list[WispError] = []

    @classmethod
    def of(cls, network: Network, environ: Mapping[str, str]) -> Credentials:
        """Find the stores that settings and environment mean."""
        if network.auth_file is not None:
            return cls([FileStore(network.auth_file)])
        named = environ.get("RATTLER_AUTH_FILE")
        home = home_of(environ)
        stores: list[Store | None] = [
            FileStore(Path(named)) if named else None,
            KeyringStore.find(environ),
            FileStore(home / _DEFAULT_FILE) if home else None,
            NetrcStore.of(environ, home),
        ]
        return cls([store for store in stores if store is not None])

    def of_url(self, url: str) -> Found | None:
        """Return the credential that is for a URL."""
        for key in keys_of(url):
            for store in self.stores:
                if credential := self._asked(store, key):
                    return Found(credential, key, store.name)
        return None

    def sign(self, url: str) -> tuple[str, str | None]:
        """Return the URL to ask, perhaps with a token in its path, and `Authorization`."""
        found = self.of_url(url)
        if found is None:
            return url, None
        if isinstance(found.credential, CondaToken):
            return with_conda_token(url, found.credential), None
        return url, authorization(found.credential)

    def everything(self) -> list[tuple[Store, Mapping[str, Credential]]]:
        """Return all stores with what is in them now, in their order."""
        found: list[tuple[Store, Mapping[str, Credential]]] = []
        for store in self.stores:
            try:
                found.append((store, store.all()))
            except WispError as error:
                self._tell(error)
        return found

    def _asked(self, store: Store, key: str) -> Credential | None:
        try:
            return store.get(key)
        except WispError as error:
            self._tell(error)
            return None

    def _tell(self, error: WispError) -> None:
        if str(error) not in map(str, self.faults):
            self.faults.append(error)


def home_of(environ: Mapping[str, str]) -> Path | None:
    """Return the home folder that an environment names, None where it names none."""
    name = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(name) if name else None


def keys_of(url: str) -> Iterator[str]:
    """Give the keys under which the credential of a URL may be stored, the closest first."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host:
        return
    try:
        port = parts.port
    except ValueError:
        return
    if port is not None:
        yield f"{host}:{port}"
    yield host
    if ":" in host or host.replace(".", "").isdigit():
        return  # an address has no domain
    labels = host.split(".")
    for number in range(len(labels)):
        yield "*." + ".".join(labels[number:])


def authorization(credential: Credential) -> str | None:
    """Return the value of `Authorization`, None for kinds that are sent in another way."""
    match credential:
        case BearerToken(token):
            return f"Bearer {token}"
        case OAuth():
            return f"Bearer {credential.access_token}"
        case BasicHTTP(username, password):
            return basic(UserInfo(username, password))
    return None


def with_conda_token(url: str, credential: CondaToken) -> str:
    """Put a token into the path of a URL, unless there is one."""
    parts = urlsplit(url)
    if parts.path.startswith("/t/"):
        return url
    return parts._replace(path=f"/t/{credential.token}{parts.path}").geturl()
