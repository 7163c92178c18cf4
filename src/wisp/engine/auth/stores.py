"""All stores of credentials in their order, and which credential a URL gets.

Order: the file of `RATTLER_AUTH_FILE`, the keyring, `~/.rattler/credentials.json`, netrc.
`authentication-override-file` (and `--auth-file`) stand for all of them.

Lookup, as Pixi does: the host; else `*.host`, and so on with each label taken from its front, so
that `*.prefix.dev` means `prefix.dev` and `repo.prefix.dev`. Ours beyond that: a key with a port
comes first, and means that port only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from wisp.engine.auth.channel_logins import login_of
from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.index_variables import IndexVariables
from wisp.engine.auth.keyring_store import KeyringStore
from wisp.engine.auth.netrc_store import NetrcStore
from wisp.errors import WispError
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, Credential, OAuth, remember
from wisp.specs.settings import Network
from wisp.specs.urls import UserInfo, basic
from wisp.values import dataclass

#: The store of what stands in variables.
ENVIRONMENT = "environment"
#: The same of what is part of an address.
ADDRESS = "the address itself"
#: What of a token stands in a path as it is, as rattler leaves it.
_IN_TOKENS = "/%:@!$&'()*+,;=|~[]"
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


Renew = Callable[[OAuth], OAuth]


class Credentials:
    """The stores of one user; files are read once, when the first URL asks.

    A store that cannot be read is passed over, as for Pixi, and told in `faults`. OAuth tokens
    that end are renewed by `renew` when a URL wants them, and stored again. `environ` may hold
    logins of package indexes; `logins` stand in addresses of channels and of package indexes.
    """

    def __init__(
        self,
        stores: Sequence[Store],
        renew: Renew | None = None,
        environ: Mapping[str, str] | None = None,
        logins: Mapping[str, BasicHTTP] | None = None,
    ) -> None:
        self.stores = tuple(stores)
        self._logins = logins or {}
        self.faults: list[WispError] = []
        self._renew = renew
        self._variables = IndexVariables(environ or {})

    @classmethod
    def of(cls, network: Network, environ: Mapping[str, str]) -> Credentials:
        """Find the stores that settings and environment mean."""

        def renew(credential: OAuth) -> OAuth:
            from wisp.engine.auth.oauth.tokens import renewed
            from wisp.engine.http import HttpClient

            return renewed(HttpClient(network, environ), credential)

        if network.auth_file is not None:
            return cls([FileStore(network.auth_file)], renew, environ, network.logins)
        named = environ.get("RATTLER_AUTH_FILE")
        home = home_of(environ)
        stores: list[Store | None] = [
            FileStore(Path(named)) if named else None,
            KeyringStore.find(environ),
            FileStore(home / _DEFAULT_FILE) if home else None,
            NetrcStore.of(environ, home),
        ]
        found = [store for store in stores if store is not None]
        return cls(found, renew, environ, network.logins)

    def of_url(self, url: str) -> Found | None:
        """Return the credential that is for a URL, fresh if it is one that ends."""
        found = self.matching(url)
        if found is None or not isinstance(found.credential, OAuth):
            return found
        fresh = self._fresh(found, found.credential)
        return Found(fresh, found.key, found.store) if fresh else None

    def matching(self, url: str) -> Found | None:
        """Return the credential that is for a URL as it is stored; nobody is asked."""
        for key in keys_of(url):
            for store in self.stores:
                if credential := self._asked(store, key):
                    return Found(credential, key, store.name)
        return None

    def _fresh(self, found: Found, credential: OAuth) -> OAuth | None:
        """Renew a token that ends. One that has ended and cannot be renewed is not sent."""
        from wisp.engine.auth.oauth.tokens import has_ended, is_stale

        if self._renew is None or not is_stale(credential):
            return credential
        renew = self._renew

        def change(stored: Credential) -> Credential:
            # Another process may have been quicker; then the old words for renewal are worn out.
            return renew(stored) if isinstance(stored, OAuth) and is_stale(stored) else stored

        try:
            for store in self.stores:
                if store.name == found.store and isinstance(store, FileStore | KeyringStore):
                    new = store.replace(found.key, change)
                    return new if isinstance(new, OAuth) else None
        except WispError as error:
            self._tell(error)
        return None if has_ended(credential) else credential

    def of_index(self, url: str) -> Found | None:
        """Return the credential that is for a package index: variables first, as for uv."""
        return self._named(url) or self.of_url(url)

    def matching_index(self, url: str) -> Found | None:
        """Return that of a package index as it is stored; nobody is asked."""
        return self._named(url) or self.matching(url)

    def _named(self, url: str) -> Found | None:
        named = self._variables.of(url)
        if named is None:
            return None
        remember(named[0])
        return Found(named[0], named[1], ENVIRONMENT)

    def of_channel(self, url: str) -> Found | None:
        """Return the credential that rattler sends: it knows hosts without their ports."""
        return self._in_address(url) or self.matching(_without_port(url))

    def sendable(self, spared: frozenset[str] = frozenset()) -> dict[str, Credential]:
        """Return what each key stands for, for a program that has no stores: OAuth is a token.

        `spared` keys are left out.
        """
        table: dict[str, Credential] = {}
        for store, stored in self.everything():
            for key, credential in stored.items():
                if key in table or key in spared:
                    continue
                if isinstance(credential, OAuth):
                    fresh = self._fresh(Found(credential, key, store.name), credential)
                    if fresh is None:
                        continue
                    credential = BearerToken(fresh.access_token)
                table[key] = credential
        return table

    @property
    def are_files_of_rattler(self) -> bool:
        """Whether rattler finds all of it by itself, and understands it as we do.

        Its keyring may be another one than Python's; in netrc it knows neither quotes nor comments.
        """
        return not any(
            isinstance(store, KeyringStore) or (isinstance(store, NetrcStore) and store.is_there)
            for store in self.stores
        )

    def sign(self, url: str) -> tuple[str, str | None]:
        """Return the URL to ask, perhaps with a token in its path, and `Authorization`."""
        return _signed(url, self._in_address(url) or self.of_index(url))

    def sign_channel(self, url: str) -> tuple[str, str | None]:
        """Return the same as rattler would sign it."""
        return _signed(url, self._in_address(url) or self.of_url(_without_port(url)))

    def _in_address(self, url: str) -> Found | None:
        login = login_of(url, self._logins)
        return Found(login, urlsplit(url).netloc, ADDRESS) if login else None

    def everything(self) -> list[tuple[Store, Mapping[str, Credential]]]:
        """Return all stores with what is in them now, in their order."""
        found: list[tuple[Store, Mapping[str, Credential]]] = []
        for store in self.stores:
            try:
                stored = store.all()
                found.append((store, stored))
            except WispError as error:
                self._tell(error)
            else:
                for credential in stored.values():
                    remember(credential)
        return found

    def _asked(self, store: Store, key: str) -> Credential | None:
        try:
            found = store.get(key)
        except WispError as error:
            self._tell(error)
            return None
        if found is not None:
            remember(found)
        return found

    def _tell(self, error: WispError) -> None:
        if str(error) not in map(str, self.faults):
            self.faults.append(error)


def _signed(url: str, found: Found | None) -> tuple[str, str | None]:
    if found is None:
        return url, None
    if isinstance(found.credential, CondaToken):
        return with_conda_token(url, found.credential), None
    return url, authorization(found.credential)


def _without_port(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    netloc = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=netloc).geturl()


def home_of(environ: Mapping[str, str]) -> Path | None:
    """Return the home folder that an environment names, None where it names none."""
    name = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(name) if name else None


def ascii_host(host: str) -> str:
    """Spell a host as requests do: in lower case, other letters encoded (RFC 5890).

    Raises `ValueError` for what cannot be encoded.
    """
    host = host.lower()
    return host if host.isascii() else host.encode("idna").decode()


def keys_of(url: str) -> Iterator[str]:
    """Give the keys under which the credential of a URL may be stored, the closest first."""
    try:
        parts = urlsplit(url)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return
    if not host:
        return
    if port is not None:
        yield f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
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
    token = quote(credential.token, safe=_IN_TOKENS)
    return parts._replace(path=f"/t/{token}{parts.path}").geturl()
