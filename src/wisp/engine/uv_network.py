"""Addresses and credentials for one call of uv: what everybody can see of it holds no secret.

The words of a running program can be read by every user of the machine, and its variables are those
of the build back-ends that it starts. So credentials go into a file that only we can read, in the
form of uv's own store (`UV_CREDENTIALS_DIR`), which also knows the bearer tokens that no URL can
hold. Addresses of which one is itself a secret, such as one with a token in its path, and proxies
with a password go into a configuration of uv's beside it, which `--no-config` does not keep from
being read.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, starmap
from pathlib import Path
from types import MappingProxyType

from wisp.engine.auth.stores import Credentials
from wisp.engine.mirrors import TextMirrors
from wisp.printable import has_halves, toml_string
from wisp.specs.credentials import BasicHTTP, BearerToken, Credential, CredentialError, OAuth
from wisp.specs.url_secrets import shown
from wisp.specs.urls import UserInfo, url_origin, with_userinfo, without_userinfo
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The options that hold addresses, as uv's configuration says the same.
_INDEX = "--index"
_DEFAULT_INDEX = "--default-index"
_LINKS = "--find-links"
NO_PROXIES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class UvCall:
    """The words and variables of a call."""

    arguments: tuple[str, ...]
    variables: Mapping[str, str] = field(repr=False)


@contextlib.contextmanager
def prepared(
    arguments: Sequence[str],
    credentials: Credentials | None,
    mirrors: TextMirrors,
    users_store: str = "",
    proxies: Mapping[str, Any] = NO_PROXIES,
    *,
    keep_users: bool = False,
    beside: Iterable[str] = (),
) -> Iterator[UvCall]:
    """Take secrets out of the words of a call, and give uv what it needs in their place.

    `users_store` is the text of the user's own store of uv, which ours stands for meanwhile,
    `proxies` what uv's configuration says of them;
    `keep_users` leaves users without passwords in addresses, whose passwords uv asks a keyring for;
    `beside` are addresses that no word of the call names, such as those in its files.

    Raises `CredentialError` for a login or an address that is no text.
    """
    rows: dict[str, Credential] = {}
    plain, named = _parted(arguments)
    addresses = [
        (word, _without_password(mirrors.url(address), rows, credentials, keep_users))
        for word, address in named
    ]
    for address in beside:
        _without_password(mirrors.url(address), rows, credentials, keep_users)
    for host, credential in _stored(credentials):
        rows.setdefault(f"https://{host}/", credential)
    hidden = bool(proxies) or any(shown(url) != url for _, url in addresses)
    variables: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if rows or users_store or hidden:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wisp-uv-")))
        if rows or users_store:
            _write(folder / "credentials.toml", "".join(starmap(_row, rows.items())) + users_store)
            variables["UV_CREDENTIALS_DIR"] = str(folder)
        if hidden:
            _write(folder / "uv.toml", _configuration(addresses, proxies))
            plain += ["--config-file", str(folder / "uv.toml")]
        else:
            plain += chain.from_iterable(addresses)
        yield UvCall(tuple(plain), variables)


def _parted(arguments: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Part the words of a call from the options that hold addresses."""
    plain: list[str] = []
    named: list[tuple[str, str]] = []
    words = iter(arguments)
    for word in words:
        if word in (_INDEX, _DEFAULT_INDEX, _LINKS):
            named.append((word, next(words)))
        else:
            plain.append(word)
    return plain, named


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")


def _configuration(addresses: Sequence[tuple[str, str]], proxies: Mapping[str, Any]) -> str:
    """Say in a file what options say."""
    lines = [f"{key} = {_value(value, key)}" for key, value in proxies.items()]
    links = [url for word, url in addresses if word == _LINKS]
    lines += [f"find-links = {_value(links, 'find-links')}"]
    for word, url in addresses:
        if word != _LINKS:
            is_default = "true" if word == _DEFAULT_INDEX else "false"
            lines += ["[[index]]", f"url = {_value(url, shown(url))}", f"default = {is_default}"]
    return "\n".join([*lines, ""])


def _value(value: str | Sequence[str], name: str) -> str:
    """Write a value for uv. Raises `CredentialError` for what is no text, which may be a secret."""
    if not isinstance(value, str):
        return f"[{', '.join(_value(one, name) for one in value)}]"
    if has_halves(value):
        raise CredentialError(
            f"the login or address for `{name}` is no text",
            causes=["it has a byte that is no UTF-8, or half a character"],
            hints=["write it in UTF-8, in an address as `%FF` is written for a byte"],
        )
    return toml_string(value)


def _without_password(
    address: str, rows: dict[str, Credential], credentials: Credentials | None, keep_users: bool
) -> str:
    """Put the credentials of an address, or for it, into `rows`, and return it without them."""
    bare, info = without_userinfo(address)
    if info is not None and not (keep_users and info.password is None):
        login = BasicHTTP(info.user, info.password or "")
        rows.setdefault(bare, login)
        if bare.startswith(("http://", "https://")):  # its files may lie beside it
            rows.setdefault(f"{url_origin(bare)}/", login)
        return bare
    if info is None and credentials is not None and address.startswith(("http://", "https://")):
        found = credentials.of_index(address)
        if found is not None:
            rows.setdefault(f"{url_origin(address)}/", found.credential)
    return with_userinfo(bare, UserInfo(info.user)) if info else bare


def _stored(credentials: Credentials | None) -> Iterator[tuple[str, Credential]]:
    """Give what is stored for one host, as files may lie on another host than their index."""
    for host, credential in credentials.sendable().items() if credentials else ():
        if not host.startswith("*") and host.isprintable() and "/" not in host:
            yield host, credential


def _row(service: str, credential: Credential) -> str:
    """Write one entry of uv's store."""
    match credential:
        case BasicHTTP(username, password):
            fields = {"username": username, "scheme": "basic", "password": password}
        case BearerToken(token):
            fields = {"scheme": "bearer", "token": token}
        case OAuth():
            fields = {"scheme": "bearer", "token": credential.access_token}
        case _:
            return ""
    lines = [f"{key} = {_value(value, service)}" for key, value in fields.items()]
    return "\n".join(["[[credential]]", f"service = {_value(service, service)}", *lines, "\n"])
