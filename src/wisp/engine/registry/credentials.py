"""Who we are to a registry: what wisp, podman and Docker have stored, and what their helpers know.

Order: wisp's own stores; the file that `REGISTRY_AUTH_FILE` names; podman's in the runtime folder
and the configuration; Docker's. Within a file: the helper of that registry, its entry, the helper
for all. Entries may be for a part of a registry (`host/owner`): the closest one counts.

Sources: containers-auth.json(5); docker-credential-helpers, "Development".
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

from wisp.engine.auth.kept import kept_bytes
from wisp.engine.auth.stores import Credentials, home_of
from wisp.engine.process import capture, found_program
from wisp.errors import Place, WispError
from wisp.foreign import json_data, place_of
from wisp.patterns import pattern
from wisp.specs.credentials import BasicHTTP, BearerToken, CredentialError, OAuth
from wisp.specs.oci import DOCKER_HUB
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HELPER = pattern(r"[A-Za-z0-9._+-]+")
#: Under which keys Docker's own registry is kept.
_HUB_KEYS = (DOCKER_HUB, "index.docker.io", "registry-1.docker.io")
_TOKEN_USER = "<token>"


@dataclass(frozen=True, slots=True)
class RegistryLogin:
    """What opens a registry: user and password, or a token that is exchanged or sent as it is."""

    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    identity_token: str | None = field(default=None, repr=False)
    bearer_token: str | None = field(default=None, repr=False)
    source: str = ""


class RegistryLogins:
    """Finds logins in the places of one user. Files are read when first asked, each once.

    One that cannot be read is passed over, as for Docker, and told in `faults`.
    """

    def __init__(self, environ: Mapping[str, str], own: Credentials | None = None) -> None:
        self._environ = environ
        self._own = own
        self._files: dict[Path, Mapping[str, Any]] = {}
        self.faults: list[WispError] = []

    def of(self, registry: str, repository: str = "") -> RegistryLogin | None:
        """Return the login of a repository, None if nothing is stored for it.

        Raises `CredentialError` if a file is damaged or a helper fails.
        """
        own = self._of_own(registry)
        if own is not None:
            return own
        names = _names(registry, repository)
        for path in self._paths():
            login = self._in_file(path, names)
            if login is not None:
                return login
        return None

    def _of_own(self, registry: str) -> RegistryLogin | None:
        found = self._own.of_url(f"https://{registry}/") if self._own else None
        if found is None:
            return None
        match found.credential:
            case BasicHTTP(username, password):
                return RegistryLogin(username, password, source=found.store)
            case BearerToken(token):
                return RegistryLogin(bearer_token=token, source=found.store)
            case OAuth():
                return RegistryLogin(bearer_token=found.credential.access_token, source=found.store)
        return None

    def _paths(self) -> Iterator[Path]:
        environ, home = self._environ, home_of(self._environ)
        if named := environ.get("REGISTRY_AUTH_FILE"):
            yield Path(named)
            return
        if runtime := environ.get("XDG_RUNTIME_DIR"):
            yield Path(runtime) / "containers/auth.json"
        if config := environ.get("XDG_CONFIG_HOME"):
            yield Path(config) / "containers/auth.json"
        elif home:
            yield home / ".config/containers/auth.json"
        if docker := environ.get("DOCKER_CONFIG"):
            yield Path(docker) / "config.json"
        elif home:
            yield home / ".docker/config.json"

    def _in_file(self, path: Path, names: tuple[str, ...]) -> RegistryLogin | None:
        content = self._read(path)
        helpers, entries = _tables(content, path)
        for name in names:
            if (helper := helpers.get(name)) is not None:
                return self._from_helper(helper, name, path)
            if (login := _entry(entries.get(name), path)) is not None:
                return login
        store = content.get("credsStore")
        return self._from_helper(store, _server(names[-1]), path) if store else None

    def _read(self, path: Path) -> Mapping[str, Any]:
        if path not in self._files:
            try:
                content = kept_bytes(path)
                found = {} if content is None else json_data(content)
            except CredentialError as error:  # the next file may have the login
                self.faults.append(error)
                found = {}
            except (ValueError, RecursionError) as error:
                raise _damaged(path, "it is not JSON", error) from error
            if not isinstance(found, dict):
                raise _damaged(path, "it must hold a table")
            self._files[path] = found
        return self._files[path]

    def _from_helper(self, helper: object, server: str, path: Path) -> RegistryLogin | None:
        """Ask a program of the user's; one that knows nothing is no error."""
        if not isinstance(helper, str) or not _HELPER.fullmatch(helper):
            raise _damaged(path, "the name of a helper is no name of a program")
        name = f"docker-credential-{helper}"
        program = found_program(name, self._environ)
        if program is None:
            raise CredentialError(f"`{name}` is missing, which `{path}` names")
        done = capture([program, "get"], environ=self._environ, stdin=server)
        if done.code:
            if "credentials not found" in (done.stdout + done.stderr).lower():
                return None
            raise CredentialError(f"`{name}` failed with exit code {done.code}")
        try:
            answer = json_data(done.stdout)
            user, secret = str(answer["Username"]), str(answer["Secret"])
        except (ValueError, KeyError, TypeError) as error:
            raise CredentialError(f"`{name}` did not answer as a helper does") from error
        if not secret:
            return None
        if user == _TOKEN_USER:
            return RegistryLogin(identity_token=secret, source=name)
        return RegistryLogin(user, secret, source=name)


def _names(registry: str, repository: str) -> tuple[str, ...]:
    """Give the names that an entry may have, the closest first, the registry last."""
    hosts = _HUB_KEYS if registry in _HUB_KEYS else (registry,)
    parts = repository.split("/") if repository else []
    return tuple(
        "/".join((host, *parts[:count])) for count in range(len(parts), -1, -1) for host in hosts
    )


def _server(registry: str) -> str:
    """Return what helpers call a registry: Docker's own has kept its first address."""
    return "https://index.docker.io/v1/" if registry in _HUB_KEYS else registry


def _tables(content: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    found = (content.get("credHelpers"), content.get("auths"))
    tables = tuple({} if table is None else table for table in found)
    if not all(isinstance(table, dict) for table in tables):
        raise _damaged(path, "`auths` and `credHelpers` must be tables")
    helpers, entries = ({_plain(key): value for key, value in t.items()} for t in tables)
    return helpers, entries


def _plain(key: str) -> str:
    """Strip a scheme, and the path of the first interface: `https://index.docker.io/v1/`."""
    name = key.partition("://")[2] or key
    for suffix in ("/v1", "/v2"):
        name = name.rstrip("/").removesuffix(suffix)
    return name.rstrip("/")


def _entry(entry: object, path: Path) -> RegistryLogin | None:
    """Read an entry; after a logout, or beside a helper, it is there but empty."""
    if not entry:
        return None
    if not isinstance(entry, dict):
        raise _damaged(path, "an entry of `auths` must be a table")
    if token := entry.get("identitytoken"):
        return RegistryLogin(identity_token=str(token), source=str(path))
    if token := entry.get("registrytoken"):
        return RegistryLogin(bearer_token=str(token), source=str(path))
    user, password = entry.get("username"), entry.get("password")
    if pair := entry.get("auth"):
        try:
            user, _, password = base64.b64decode(str(pair), validate=True).decode().partition(":")
        except ValueError as error:
            raise _damaged(path, "`auth` of an entry is not Base64") from error
    if not user or not password:
        return None
    return RegistryLogin(str(user), str(password).rstrip("\x00"), source=str(path))


def _damaged(path: Path, why: str, error: Exception | None = None) -> WispError:
    spot = None if error is None else place_of(error, path)
    return CredentialError(
        f"the logins in `{path}` cannot be read", causes=[why], place=spot or Place(str(path))
    )
