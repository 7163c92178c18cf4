"""Credentials of `.netrc`, which is only read.

The entry `default`, which means every host there is, counts for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from wisp.engine.auth.kept import kept_bytes
from wisp.engine.files import is_there
from wisp.errors import Place
from wisp.specs.credentials import BasicHTTP, Credential, CredentialError


class NetrcStore:
    """The logins of a netrc file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, environ: Mapping[str, str], home: Path | None) -> NetrcStore | None:
        """Return the file that `NETRC` names, or the one of the home folder."""
        named = environ.get("NETRC")
        if named:
            return cls(Path(named))
        return None if home is None else cls(home / ".netrc")

    @property
    def name(self) -> str:
        """How people call the store: the file."""
        return str(self.path)

    @property
    def is_there(self) -> bool:
        """Whether there is such a file."""
        return is_there(self.path)

    def get(self, host: str) -> Credential | None:
        """Return the credential of one host, from what the first question has read."""
        return self._read.get(host)

    @cached_property
    def _read(self) -> Mapping[str, Credential]:
        return self.all()

    def all(self) -> dict[str, Credential]:
        """Return user and password by host.

        Raises `CredentialError` for a file of another form, and as `kept_bytes`.
        """
        if kept_bytes(self.path) is None:
            return {}
        import netrc  # with `shlex`, for those who have such a file

        try:
            hosts = netrc.netrc(str(self.path)).hosts
        except OSError:  # gone since
            return {}
        except (netrc.NetrcParseError, UnicodeDecodeError) as error:
            line = getattr(error, "lineno", None) or 0
            raise CredentialError(
                f"`{self.path}` is no netrc file",
                causes=[_said(error)],
                hints=["its lines are like `machine HOST login USER password PASSWORD`"],
                place=Place(str(self.path), line, 1 if line else 0),
            ) from error
        return {
            host: BasicHTTP(login or account or "", password or "")
            for host, (login, account, password) in hosts.items()
            if host != "default"
        }


def _said(error: Exception) -> str:
    """Say where a file is wrong, without its words: they may be the password."""
    line = getattr(error, "lineno", None)
    return f"line {line}" if line else type(error).__name__
