from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.kept import LARGEST
from wisp.engine.auth.keyring_store import KeyringStore
from wisp.engine.auth.netrc_store import NetrcStore
from wisp.engine.auth.stores import Credentials, Store
from wisp.specs.credentials import (
    BasicHTTP,
    BearerToken,
    CondaToken,
    Credential,
    CredentialError,
    OAuth,
    S3Credentials,
)
from wisp.specs.settings import Network


def stored(path: Path, **credentials: Credential) -> FileStore:
    store = FileStore(path)
    for host, credential in credentials.items():
        store.store(host, credential)
    return store


def key_for(tmp_path: Path, url: str, *hosts: str) -> str | None:
    store = stored(tmp_path / "c.json", **{host: BearerToken(host) for host in hosts})
    found = Credentials([store]).of_url(url)
    return found.key if found else None


@pytest.mark.parametrize(
    ("url", "hosts", "key"),
    [
        ("https://h.org/x", ["h.org", "*.h.org"], "h.org"),
        ("https://h.org/x", ["*.h.org"], "*.h.org"),
        ("https://a.b.h.org/x", ["*.h.org", "*.b.h.org"], "*.b.h.org"),
        ("https://a.h.org", ["*.org"], "*.org"),
        ("https://h.org.evil.com/x", ["h.org", "*.h.org"], None),
        ("https://evilh.org/x", ["*.h.org"], None),
        ("https://H.org/x", ["h.org"], "h.org"),
        ("http://h.org:8080/x", ["h.org"], "h.org"),
        ("http://h.org:8080/x", ["h.org", "h.org:8080"], "h.org:8080"),
        ("http://h.org/x", ["h.org:8080"], None),
        ("http://127.0.0.1/x", ["*.0.0.1", "*.1"], None),
        ("http://[::1]:5/x", ["::1"], "::1"),
        ("file:///x", ["*."], None),
        ("https://h.org:x/", ["h.org"], None),
    ],
)
def test_the_key_of_a_url(tmp_path: Path, url: str, hosts: list[str], key: str | None) -> None:
    assert key_for(tmp_path, url, *hosts) == key


@pytest.mark.parametrize(
    ("credential", "path", "header"),
    [
        (BearerToken("s"), "/x", "Bearer s"),
        (OAuth({"access_token": "s"}), "/x", "Bearer s"),
        (BasicHTTP("u", "p"), "/x", "Basic dTpw"),
        (CondaToken("s"), "/t/s/x", None),
        (S3Credentials("a", "b"), "/x", None),
    ],
)
def test_each_kind_is_sent_in_its_way(
    tmp_path: Path, credential: Credential, path: str, header: str | None
) -> None:
    credentials = Credentials([stored(tmp_path / "c.json", **{"h.org": credential})])
    assert credentials.sign("https://h.org/x") == (f"https://h.org{path}", header)
    assert credentials.sign("https://other.org/x") == ("https://other.org/x", None)


def test_a_token_in_the_path_is_not_put_there_twice(tmp_path: Path) -> None:
    credentials = Credentials([stored(tmp_path / "c.json", **{"h.org": CondaToken("s")})])
    assert credentials.sign("https://h.org/t/mine/x")[0] == "https://h.org/t/mine/x"


def test_stores_are_asked_in_their_order(tmp_path: Path) -> None:
    named = stored(tmp_path / "named.json", **{"a.org": BearerToken("named")})
    usual = tmp_path / ".rattler" / "credentials.json"
    stored(usual, **{"a.org": BearerToken("usual"), "b.org": BearerToken("usual")})
    (tmp_path / ".netrc").write_text(
        "machine b.org login n password n\nmachine c.org login n password n\n"
        "default login d password d\n"
    )
    environ = {"RATTLER_AUTH_FILE": str(named.path), "HOME": str(tmp_path)}
    credentials = Credentials.of(Network(), environ)
    places = {name: credentials.of_url(f"https://{name}.org/") for name in "abcd"}
    assert {name: found and Path(found.store).name for name, found in places.items()} == {
        "a": "named.json",
        "b": "credentials.json",
        "c": ".netrc",
        "d": None,
    }


def test_an_override_stands_for_all_stores(tmp_path: Path) -> None:
    usual = tmp_path / ".rattler" / "credentials.json"
    stored(usual, **{"a.org": BearerToken("usual")})
    credentials = Credentials.of(Network(auth_file=tmp_path / "none"), {"HOME": str(tmp_path)})
    assert credentials.of_url("https://a.org/") is None


def test_a_store_that_cannot_be_read_is_passed_over_and_told_once(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "netrc").write_text("machine h.org login u password\nSECRET oops\n")
    good = stored(tmp_path / "good.json", **{"h.org": BearerToken("s")})
    stores: list[Store] = [FileStore(tmp_path / "bad.json"), NetrcStore(tmp_path / "netrc"), good]
    credentials = Credentials(stores)
    assert credentials.of_url("https://h.org/") is not None
    assert credentials.of_url("https://a.h.org/") is None
    assert len(credentials.faults) == 2
    told = "".join(str(fault) + "".join(map(str, fault.causes)) for fault in credentials.faults)
    assert "SECRET" not in told
    assert [store.name for store, _ in credentials.everything()] == [good.name]


@pytest.mark.parametrize("kind", ["loop", "large"])
def test_a_netrc_file_that_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "netrc"
    if kind == "loop":
        file.symlink_to(file.name)
    else:
        file.write_text("machine h.org login u password p\n" * (LARGEST // 30))
    credentials = Credentials([NetrcStore(file)])
    assert credentials.of_url("https://h.org/") is None
    places = [fault.place for fault in credentials.faults]
    assert [place and place.file for place in places] == [str(file)]


class Ring:
    """The interface of a back-end of the package `keyring`."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.entries.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        self.entries[service, user] = password

    def delete_password(self, service: str, user: str) -> None:
        del self.entries[service, user]


def test_a_keyring_holds_what_rattler_puts_there() -> None:
    ring = Ring()
    store = KeyringStore(ring)
    store.store("h.org", BearerToken("s"))
    assert ring.entries["rattler", "h.org"] == '{"BearerToken": "s"}'
    ring.set_password("rattler", "prefix.dev", '{"BearerToken": "theirs"}')
    assert store.all() == {"h.org": BearerToken("s"), "prefix.dev": BearerToken("theirs")}
    store.remove(frozenset({"h.org", "never.org"}))
    assert store.get("h.org") is None
    assert [store_.name for store_, _ in Credentials([store]).everything()] == ["keyring"]


def test_a_keyring_that_fails_is_an_error_of_ours() -> None:
    class Locked(Ring):
        def get_password(self, service: str, user: str) -> Any:
            raise RuntimeError("locked")

    store: Store = KeyringStore(Locked())
    with pytest.raises(CredentialError, match="keyring"):
        store.get("h.org")


def test_there_is_no_keyring_without_a_session() -> None:
    assert KeyringStore.find({}) is None


def test_a_password_in_a_variable_that_is_no_text_is_told_by_its_name() -> None:
    environ = {"UV_INDEX_H_ORG_USERNAME": "me", "UV_INDEX_H_ORG_PASSWORD": "SECRET\udcff"}
    with pytest.raises(CredentialError, match="`UV_INDEX_H_ORG_PASSWORD`") as failure:
        Credentials([], environ=environ).of_index("https://h.org/simple")
    assert "SECRET" not in f"{failure.value} {failure.value.hints}"
