"""Credentials in a JSON file, shared with Pixi: `~/.rattler/credentials.json` and its like.

A file that cannot be read is told of and never written over: the secrets in it may exist nowhere
else. Entries of kinds that are not known here stay as they are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from wisp.engine.auth.kept import kept_bytes
from wisp.engine.file_locks import hold
from wisp.engine.files import refusal, write_atomically
from wisp.errors import Place
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


class FileStore:
    """The credentials of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """How people call the store: the file."""
        return str(self.path)

    def get(self, host: str) -> Credential | None:
        """Return the credential of one host, from what the first question has read."""
        return self._read.get(host)

    @cached_property
    def _read(self) -> Mapping[str, Credential]:
        return self.all()

    def all(self) -> dict[str, Credential]:
        """Return the credentials by host; none if there is no file. Raises `CredentialError`."""
        found: dict[str, Credential] = {}
        for host, value in self._table().items():
            try:
                credential = credential_from_json(value)
            except CredentialError as error:
                raise self._damaged(f"the entry of `{host}`: {error}") from error
            if credential is not None:
                found[host] = credential
        return found

    def store(self, host: str, credential: Credential) -> None:
        """Put a credential in, in place of another for that host.

        Raises `CredentialError` if the file is damaged, `HostError` if it cannot be written.
        """
        self._change(lambda table: table | {host: credential_as_json(credential)})

    def replace(self, host: str, change: Callable[[Credential], Credential]) -> Credential | None:
        """Let a credential become another, as no other program changes it meanwhile; return that.

        None if there is none any more. Raises as `store`, and what `change` raises.
        """
        made: list[Credential] = []

        def changed(table: dict[str, Any]) -> Mapping[str, Any]:
            old = credential_from_json(table[host]) if host in table else None
            if old is None:
                return table
            made.append(change(old))
            return table | {host: credential_as_json(made[0])}

        self._change(changed)
        self.__dict__.pop("_read", None)
        return made[0] if made else None

    def remove(self, hosts: frozenset[str]) -> None:
        """Take hosts out. Raises as `store`."""
        self._change(lambda table: {k: v for k, v in table.items() if k not in hosts})

    def _table(self) -> dict[str, Any]:
        content = kept_bytes(self.path, ours=True)
        if content is None:
            return {}
        try:
            table = json_data(content)
        except json.JSONDecodeError as error:
            # Its line is not quoted, which may hold a secret.
            raise self._damaged(f"it is not JSON: {error.msg}", error.lineno, error.colno) from None
        except (ValueError, RecursionError) as error:
            raise self._damaged("it is not JSON") from error
        if not isinstance(table, dict):
            raise self._damaged("it must hold a table from hosts to credentials")
        return table

    def _change(self, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked():
                old = self._table()
                new = change(old)
                if new != old:
                    text = json.dumps(new, indent=2, sort_keys=True) + "\n"
                    write_atomically(self.path, text.encode(), mode=0o600)
        except OSError as error:
            raise refusal("write", self.path, error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep others out, Pixi too: it locks the file of that name in the same way."""
        if os.name == "nt":
            yield
            return
        file = self.path.with_suffix(".lock")
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with hold(lock, file, inherited=False):
            yield

    def _damaged(self, why: str, line: int = 0, column: int = 0) -> CredentialError:
        return CredentialError(
            f"the credentials in `{self.path}` cannot be read",
            causes=[why],
            place=Place(str(self.path), line, column),
            hints=["mend the file, or move it away and log in again"],
        )
