from __future__ import annotations

import json
import stat
import sys
import threading
from pathlib import Path

import pytest

from wisp.engine.auth import netrc_store
from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.netrc_store import NetrcStore
from wisp.specs.credentials import BasicHTTP, BearerToken, CredentialError


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / ".rattler" / "credentials.json")


def test_what_is_stored_is_found_again(store: FileStore) -> None:
    assert store.all() == {}
    store.store("*.h.org", BearerToken("a"))
    store.store("b.org", BasicHTTP("u", "p"))
    store.store("*.h.org", BearerToken("c"))
    assert FileStore(store.path).all() == {
        "*.h.org": BearerToken("c"),
        "b.org": BasicHTTP("u", "p"),
    }
    store.remove(frozenset({"b.org", "not-there.org"}))
    assert list(store.all()) == ["*.h.org"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_nobody_else_may_read_it_even_if_they_could_before(store: FileStore) -> None:
    store.path.parent.mkdir()
    store.path.write_text("{}")
    store.path.chmod(0o644)
    store.store("h.org", BearerToken("a"))
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_kinds_of_others_stay_as_they_are(store: FileStore) -> None:
    store.path.parent.mkdir()
    store.path.write_text('{"g.org": {"GoogleCloud": {"x": [1]}}}')
    assert store.all() == {}
    store.store("h.org", BearerToken("a"))
    assert json.loads(store.path.read_text())["g.org"] == {"GoogleCloud": {"x": [1]}}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"h": 1}', '{"h": {"BearerToken": 3}}', "[" * 100_000, "\ud800"],
)
def test_a_damaged_file_is_told_and_not_written_over(store: FileStore, text: str) -> None:
    store.path.parent.mkdir()
    content = text.encode("utf-8", "surrogatepass")
    store.path.write_bytes(content)
    with pytest.raises(CredentialError, match="cannot be read") as failure:
        store.all()
    assert failure.value.place is not None
    assert failure.value.place.file == str(store.path)
    try:
        store.store("x.org", BearerToken("a"))
    except CredentialError:
        assert store.path.read_bytes() == content
    else:  # a damaged entry is kept beside the new one
        assert json.loads(store.path.read_text())["h"] == json.loads(text)["h"]


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    for deed in (FileStore(tmp_path).all, lambda: FileStore(tmp_path).store("h", BearerToken("a"))):
        with pytest.raises(CredentialError, match="could not read") as failure:
            deed()
        assert failure.value.place is not None
        assert failure.value.place.file == str(tmp_path)


def test_writers_at_the_same_time_lose_nothing(store: FileStore) -> None:
    threads = [
        threading.Thread(target=FileStore(store.path).store, args=(f"h{n}.org", BearerToken("a")))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.all()) == 12


def test_a_file_that_is_no_json_is_told_with_its_line_and_without_its_words(
    tmp_path: Path,
) -> None:
    file = tmp_path / "credentials.json"
    file.write_text('{\n  "h": {s3cret\n')
    with pytest.raises(CredentialError, match="cannot be read") as failure:
        FileStore(file).all()
    assert str(failure.value.place) == f"{file}:2:9"
    assert "s3cret" not in str(failure.value) + failure.value.place.text  # type: ignore[union-attr]


def test_a_netrc_that_is_none_is_told_with_its_line_and_what_it_should_hold(
    tmp_path: Path,
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine h login u password s3cret\nfoo s3cret\n")
    with pytest.raises(CredentialError, match="is no netrc file") as failure:
        NetrcStore(file).all()
    assert str(failure.value.place) == f"{file}:2:1"
    assert "machine HOST login USER" in failure.value.hints[0]
    assert "s3cret" not in str(failure.value)


def test_a_netrc_that_a_mount_has_left_as_a_folder_holds_nothing(tmp_path: Path) -> None:
    assert NetrcStore(tmp_path).all() == {}


def test_a_netrc_that_goes_while_it_is_read_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netrc_store, "kept_bytes", lambda _: b"")
    assert NetrcStore(tmp_path / "gone").all() == {}
