"""Credentials in the keyring of the operating system, as rattler and so Pixi keeps them there.

The keyring is reached through the package `keyring` where it is installed beside wisp; without it
credentials go into the file. rattler's entries have the service `rattler` and the host as user, and
an entry of its own lists the hosts, since keyrings cannot be listed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping

from wisp.foreign import json_data
from wisp.specs.credentials import (
    Credential,
    CredentialError,
    credential_as_json,
    credential_from_json,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SERVICE = "rattler"
_INDEX = "__rattler_authentication_hosts"
#: Without one of these no keyring is to be expected on Linux, and to load one takes long.
_SIGNS_ON_LINUX = ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")
_USUAL_HOSTS = ("*.anaconda.org", "*.prefix.dev", "anaconda.org", "prefix.dev", "repo.prefix.dev")


class KeyringStore:
    """The credentials of the user's keyring."""

    name = "keyring"

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> KeyringStore | None:
        """Return the keyring of this session, None where there is none to be reached."""
        if sys.platform == "linux" and not any(map(environ.get, _SIGNS_ON_LINUX)):
            return None
        try:
            import keyring  # type: ignore[import-not-found,unused-ignore]
        except ModuleNotFoundError:
            return None
        try:
            backend = keyring.get_keyring()
            return cls(backend) if backend.priority > 0 else None
        except Exception:  # whatever a back-end that is named but not there may raise
            return None

    def get(self, host: str) -> Credential | None:
        """Return the credential of one host. Raises `CredentialError` if it cannot be read."""
        text = self._asked("get_password", host)
        if text is None:
            return None
        try:
            return credential_from_json(json_data(text))
        except ValueError as error:
            raise CredentialError(f"the keyring's entry of `{host}` is not JSON") from error

    def all(self) -> dict[str, Credential]:
        """Return the credentials of all hosts that are listed. Raises `CredentialError`."""
        found = {host: self.get(host) for host in sorted({*self._listed(), *_USUAL_HOSTS})}
        return {host: credential for host, credential in found.items() if credential is not None}

    def store(self, host: str, credential: Credential) -> None:
        """Put a credential in. Raises `CredentialError` if the keyring refuses."""
        self._asked("set_password", host, json.dumps(credential_as_json(credential)))
        self._list({*self._listed(), host})

    def replace(self, host: str, change: Callable[[Credential], Credential]) -> Credential | None:
        """Let a credential become another, and return that; None if there is none any more."""
        old = self.get(host)
        if old is None:
            return None
        new = change(old)
        if new != old:
            self.store(host, new)
        return new

    def remove(self, hosts: frozenset[str]) -> None:
        """Take hosts out. Raises `CredentialError`."""
        for host in hosts:
            if self._asked("get_password", host) is not None:
                self._asked("delete_password", host)
        self._list(set(self._listed()) - hosts)

    def _listed(self) -> list[str]:
        try:
            hosts = json_data(self._asked("get_password", _INDEX) or "[]")
        except ValueError:
            return []
        return [host for host in hosts if isinstance(host, str)] if isinstance(hosts, list) else []

    def _list(self, hosts: set[str]) -> None:
        self._asked("set_password", _INDEX, json.dumps(sorted(hosts)))

    def _asked(self, method: str, host: str, *words: str) -> Any:
        try:
            return getattr(self._backend, method)(_SERVICE, host, *words)
        except Exception as error:  # whatever a back-end of the keyring may raise
            raise CredentialError(
                "the keyring cannot be used",
                causes=[type(error).__name__],
                hints=["name a file with `--auth-file` or `RATTLER_AUTH_FILE` instead"],
            ) from error
