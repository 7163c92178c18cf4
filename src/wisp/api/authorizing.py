"""Logging in and out: credentials into the stores that wisp shares with Pixi, and out of them.

A host with a single dot stands for all below it (`prefix.dev` is kept as `*.prefix.dev`), as Pixi
keeps it; a bucket (`s3://name`) is kept by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.keyring_store import KeyringStore
from wisp.engine.auth.stores import Credentials, ascii_host
from wisp.errors import ConfigError, UsageError, WispError
from wisp.specs.credentials import (
    WORDS,
    BasicHTTP,
    BearerToken,
    CondaToken,
    Credential,
    OAuth,
    S3Credentials,
)
from wisp.values import dataclass, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.engine.http import HttpClient

Writable = FileStore | KeyringStore


@dataclass(frozen=True, slots=True)
class StoredLogin:
    """A stored credential without its secret: key, kind in words, whose it is, store.

    `user` is the name that a password belongs to, empty for other kinds. `counts` is false where
    a store before this one has another credential for the key.
    """

    key: str
    kind: str
    store: str
    user: str = ""
    counts: bool = True

    @property
    def port(self) -> int | None:
        """The port that it is for alone, which channels are not asked by."""
        return port_of(self.key)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def login(credentials: Credentials, host: str, credential: Credential) -> StoredLogin:
    """Store a credential in the first store that takes it, and say where it is.

    Raises `UsageError` if the host wants another kind, `CredentialError` or `HostError` if no
    store takes it: a damaged one is never written over.
    """
    check_kind(host, credential)
    key = key_of(host)
    problem: WispError | None = None
    for store in _writable(credentials):
        try:
            store.store(key, credential)
        except WispError as error:
            problem = problem or error
            if isinstance(store, FileStore):
                break
        else:
            return stored_login(key, credential, store.name)
    raise problem or ConfigError("there is no store of credentials", hints=["set HOME"])


def logout(credentials: Credentials, host: str | None, http: HttpClient) -> tuple[StoredLogin, ...]:
    """Take the credentials of a host, or all (None), out of every store; say which these were.

    Raises `CredentialError` for a damaged store.
    """
    gone: list[StoredLogin] = []
    for store in _writable(credentials):
        table = store.all()
        wanted = frozenset(table) if host is None else frozenset({host, key_of(host)}) & set(table)
        if wanted:
            store.remove(wanted)
            gone += [stored_login(key, table[key], store.name) for key in sorted(wanted)]
            _give_back(http, [table[key] for key in wanted])
    return tuple(gone)


def _give_back(http: HttpClient, credentials: Sequence[Credential]) -> None:
    """Tell who gave out tokens that they are not wanted any more, where there is a way to."""
    from wisp.engine.auth.oauth.tokens import revoke

    for credential in credentials:
        if isinstance(credential, OAuth):
            revoke(http, credential)


def entries(credentials: Credentials) -> tuple[StoredLogin, ...]:
    """List what is stored, store by store."""
    found: list[StoredLogin] = []
    seen: set[str] = set()
    for store, table in credentials.everything():
        found += [
            stored_login(key, table[key], store.name, counts=key not in seen)
            for key in sorted(table)
        ]
        seen |= set(table)
    return tuple(found)


def hosts_in_files(credentials: Credentials) -> tuple[str, ...]:
    """Name what files have something for; a keyring might ask for its own password first."""
    files = [store for store in credentials.stores if isinstance(store, FileStore)]
    return tuple(dict.fromkeys(host for store in files for host in sorted(store.all())))


def token_for(credentials: Credentials, host: str) -> str:
    """Return the token that is stored for a host. Raises `ConfigError` if there is none."""
    found = credentials.of_url(host if "://" in host else f"https://{host.removeprefix('*.')}")
    match found.credential if found else None:
        case BearerToken(token) | CondaToken(token):
            return token
        case OAuth() as oauth:
            return oauth.access_token
        case None:
            for fault in credentials.faults:
                raise fault
            raise ConfigError(f"no credential is stored for `{host}`")
        case other:
            raise ConfigError(f"what is stored for `{host}` is no token: {WORDS[type(other)]}")


def key_of(host: str) -> str:
    """Return the key under which a host's credential is stored. Raises `UsageError` for no host."""
    try:
        name = urlsplit(host).hostname if "://" in host else host
        name, port = _apart(name or "")
        name = ascii_host(name)
        if not name.strip("*.") or any(sign in name for sign in "/@ []"):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"`{host}` is no host", hints=["write it like `repo.prefix.dev`"]
        ) from None
    if port is not None:
        return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    if name.count(".") == 1 and ":" not in name and not name.startswith("*"):
        return f"*.{name}"
    return name


def port_of(key: str) -> int | None:
    """Return the port that a key is for alone, None for any."""
    return _apart(key)[1]


def _apart(host: str) -> tuple[str, int | None]:
    """Part a host, which may be a number in brackets, from its port. Raises `ValueError`."""
    name, bracket, rest = host.removeprefix("[").partition("]") if host[:1] == "[" else ("", "", "")
    if not bracket:
        name, colon, rest = host.partition(":")
        if not colon or ":" in rest:  # none, or the many of an IPv6 address
            return host, None
        rest = f":{rest}"
    if not rest:
        return name, None
    port = int(rest.removeprefix(":"))
    if not (rest[0] == ":" and rest[1:].isdigit() and 0 < port < 65536):
        raise ValueError(f"{port} is no port")
    return name, port


def check_kind(host: str, credential: Credential) -> None:
    """Raise `UsageError` for a host that takes no credential of this kind, and for what is none."""
    site = _apart(key_of(host))[0].removeprefix("*.")
    if f".{site}".endswith(".prefix.dev") and not isinstance(credential, BearerToken | OAuth):
        raise UsageError("prefix.dev wants a token", hints=["give one with `--token`"])
    if f".{site}".endswith(".anaconda.org") and not isinstance(credential, CondaToken | OAuth):
        raise UsageError(
            "anaconda.org wants a conda token", hints=["give one with `--conda-token`"]
        )
    if host.startswith("s3://") is not isinstance(credential, S3Credentials):
        raise UsageError(
            "S3 keys are for `s3://` addresses, and these want S3 keys",
            hints=["give `--s3-access-key-id` and `--s3-secret-access-key` for `s3://BUCKET`"],
        )


def _writable(credentials: Credentials) -> list[Writable]:
    return [one for one in credentials.stores if isinstance(one, FileStore | KeyringStore)]


def stored_login(
    key: str, credential: Credential, store: str, *, counts: bool = True
) -> StoredLogin:
    """Tell of a credential without its secret."""
    user = credential.username if isinstance(credential, BasicHTTP) else ""
    return StoredLogin(key, WORDS[type(credential)], store, user, counts)
