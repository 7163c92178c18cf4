"""Addresses and credentials for one call of uv: what everybody can see of it holds no secret.

The words of a running program can be read by every user of the machine. So credentials go into a
file that only we can read, in the form of uv's own store (`UV_CREDENTIALS_DIR`), which also knows
the bearer tokens that no URL can hold. An address that is itself a secret, such as one with a token
in its path, goes into a variable.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wisp.engine.auth.stores import Credentials
from wisp.engine.mirrors import TextMirrors
from wisp.specs.credentials import BasicHTTP, BearerToken, Credential, OAuth
from wisp.specs.urls import UserInfo, shown, url_origin, with_userinfo, without_userinfo
from wisp.values import dataclass, field

#: The options that hold addresses, the variable that says the same, and what parts several.
_ADDRESSED = {
    "--default-index": ("UV_DEFAULT_INDEX", " "),
    "--index": ("UV_INDEX", " "),
    "--find-links": ("UV_FIND_LINKS", ","),
}


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
    *,
    keep_users: bool = False,
) -> Iterator[UvCall]:
    """Take secrets out of the words of a call, and give uv what it needs in their place.

    `users_store` is the text of the user's own store of uv, which ours stands for meanwhile;
    `keep_users` leaves users without passwords in addresses, whose passwords uv asks a keyring for.
    """
    rows: dict[str, Credential] = {}
    plain: list[str] = []
    secret: dict[str, list[str]] = {}
    words = iter(arguments)
    for word in words:
        if word not in _ADDRESSED:
            plain.append(word)
            continue
        url = _without_password(mirrors.url(next(words)), rows, credentials, keep_users)
        secret.setdefault(word, []).append(url)
    variables: dict[str, str] = {}
    for option, urls in secret.items():
        if any(shown(url) != url for url in urls):
            name, between = _ADDRESSED[option]
            variables[name] = between.join(urls)
        else:
            for url in urls:
                plain += [option, url]
    for host, credential in _stored(credentials):
        rows.setdefault(f"https://{host}/", credential)
    with contextlib.ExitStack() as stack:
        if rows or users_store:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wisp-uv-"))
            file = Path(folder) / "credentials.toml"
            file.touch(mode=0o600)
            file.write_text("".join(_row(*row) for row in rows.items()) + users_store, "utf-8")
            variables["UV_CREDENTIALS_DIR"] = folder
        yield UvCall(tuple(plain), variables)


def _without_password(
    address: str, rows: dict[str, Credential], credentials: Credentials | None, keep_users: bool
) -> str:
    """Put the credentials of an address, or for it, into `rows`, and return it without them."""
    bare, info = without_userinfo(address)
    if info is not None and not (keep_users and info.password is None):
        rows.setdefault(bare, BasicHTTP(info.user, info.password or ""))
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
    """Write one entry; strings in JSON's quoting are TOML's basic strings."""
    match credential:
        case BasicHTTP(username, password):
            fields = {"username": username, "scheme": "basic", "password": password}
        case BearerToken(token):
            fields = {"scheme": "bearer", "token": token}
        case OAuth():
            fields = {"scheme": "bearer", "token": credential.access_token}
        case _:
            return ""
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(["[[credential]]", f"service = {json.dumps(service)}", *lines, "\n"])
