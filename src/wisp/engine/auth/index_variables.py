"""Logins of package indexes from the environment: `UV_INDEX_NAME_USERNAME` and `…_PASSWORD`.

The name of an index is what `UV_INDEX` or `UV_DEFAULT_INDEX` call it (`NAME=URL`), as uv has it. In
manifests indexes have no names; so every host is a name too: a dot is `_`, a hyphen `__`, so that
no two hosts share one, and a port follows its host (`pypi.corp-x.org:8080` is
`PYPI_CORP__X_ORG_8080`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wisp.patterns import pattern
from wisp.printable import has_halves
from wisp.specs.credentials import BasicHTTP, CredentialError
from wisp.specs.urls import Origin, url_origin

_NAMED = pattern(r"([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)")
_NO_LETTER = pattern(r"[^A-Z0-9]")


def named_index(text: str) -> tuple[str | None, str]:
    """Part the name of an index from its address; most have none."""
    found = _NAMED.fullmatch(text)
    return (found[1], found[2]) if found else (None, text)


class IndexVariables:
    """The logins that an environment holds."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def of(self, url: str) -> tuple[BasicHTTP, str] | None:
        """Return the login for an address, and the beginning of the variables it comes from.

        Raises `CredentialError` for one that is no text.
        """
        if not any(one.startswith("UV_INDEX_") for one in self._environ):
            return None
        try:
            origin = url_origin(url)
        except ValueError:
            return None
        for name in self._names(origin):
            start = f"UV_INDEX_{name}"
            user, password = (self._text(f"{start}_{word}") for word in ("USERNAME", "PASSWORD"))
            if user or password:
                return BasicHTTP(user or "", password or ""), start
        return None

    def _text(self, variable: str) -> str | None:
        value = self._environ.get(variable)
        if value is not None and has_halves(value):
            raise CredentialError(
                f"`{variable}` has a byte that is no UTF-8", hints=["write it in UTF-8"]
            )
        return value

    def _names(self, origin: Origin) -> Iterator[str]:
        texts = [self._environ.get("UV_DEFAULT_INDEX", "")]
        texts += self._environ.get("UV_INDEX", "").split()
        for text in texts:
            name, address = named_index(text)
            if name is not None and _is_of(address, origin):
                yield _NO_LETTER.sub("_", name.upper())
        host = origin.host.upper().replace("-", "__")
        usual = str(origin).rpartition(":")[2] != str(origin.port)
        for text in (f"{host}_{origin.port}", host) if not usual else (host,):
            yield _NO_LETTER.sub("_", text)


def _is_of(address: str, origin: Origin) -> bool:
    try:
        return url_origin(address) == origin
    except ValueError:
        return False
