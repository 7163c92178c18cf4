"""Blobs and manifests go to a registry and come back, whatever its habits."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry import PASSWORD, USER, Registry, digest_of
from tests.web import Answer, Asked, Web
from wisp.engine import http
from wisp.engine.http import HttpClient
from wisp.engine.registry import uploads
from wisp.engine.registry.blobs import fetch_blob, has_blob
from wisp.engine.registry.credentials import RegistryLogin
from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.manifests import fetch_manifest, push_manifest
from wisp.engine.registry.referrers import push_referrer
from wisp.engine.registry.session import RegistrySession, pull_scope, push_scope
from wisp.engine.registry.uploads import put_blob
from wisp.errors import FetchError
from wisp.specs.oci import INDEX, LAYER_GZIP, MANIFEST, Descriptor, Digest
from wisp.specs.settings import Network

CONTENT = bytes(range(256)) * 1000
LOGIN = RegistryLogin(USER, PASSWORD)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_BACKOFF_SECONDS", 0.0)
    monkeypatch.setattr(uploads, "_FIRST_PAUSE", 0.0)


def described(content: bytes = CONTENT) -> Descriptor:
    digest = Digest(digest_of(content))
    return Descriptor(media_type=LAYER_GZIP, digest=digest, size=len(content))


def opened(registry: Registry, login: RegistryLogin | None = LOGIN) -> RegistrySession:
    scopes = (push_scope("to/it"), pull_scope("from/it"))
    return RegistrySession(HttpClient(Network(), {}), registry.address, login=login, scopes=scopes)


def put(registry: Registry, *, chunk: int = uploads.CHUNK, source: str | None = None) -> str:
    session = opened(registry)
    return put_blob(
        session, "to/it", described(), lambda: io.BytesIO(CONTENT), source=source, chunk=chunk
    )


HABITS: dict[str, Callable[[], Registry]] = {
    "open": Registry,
    "basic": lambda: Registry(login="basic"),
    "bearer": lambda: Registry(login="bearer"),
    "one scope": lambda: Registry(login="bearer", one_scope=True),
    "no HEAD": lambda: Registry(login="bearer", head=405),
    "absolute": lambda: Registry(relative=False),
    "busy": lambda: Registry(login="bearer", busy=[429, 503]),
}


@pytest.mark.parametrize("chunk", [uploads.CHUNK, 100_000])
@pytest.mark.parametrize("habit", HABITS)
def test_a_blob_goes_there_and_comes_back(tmp_path: Path, habit: str, chunk: int) -> None:
    with HABITS[habit]() as registry:
        assert put(registry, chunk=chunk) == "uploaded"
        assert registry.blobs["to/it", described().digest] == CONTENT
        counts: list[int] = []
        fetch_blob(opened(registry), "to/it", described(), tmp_path / "blob", counts.append)
        assert (tmp_path / "blob").read_bytes() == CONTENT
        assert sum(counts) == len(CONTENT)


def test_what_is_there_is_not_sent_again() -> None:
    with Registry(login="bearer") as registry:
        put(registry)
        registry.web.asked.clear()
        assert put(registry) == "there"
        assert [asked.method for asked in registry.asked()] == ["HEAD", "HEAD"]


@pytest.mark.parametrize(("mount", "way"), [(201, "mounted"), (202, "uploaded"), (500, "uploaded")])
def test_a_blob_is_mounted_where_the_registry_can(mount: int, way: str) -> None:
    with Registry(login="bearer", mount=mount) as registry:
        registry.blobs["from/it", described().digest] = CONTENT
        assert put(registry, source="from/it") == way
        assert registry.blobs["to/it", described().digest] == CONTENT
        posts = registry.asked("POST")
        assert dict(posts[-1 if way == "mounted" else 0].query)["from"] == "from/it"
        # 202 is a session already: there is no second one.
        assert len([post for post in posts if not dict(post.query)]) == (mount == 500)


def test_pieces_are_as_large_as_the_registry_wants() -> None:
    with Registry(least=90_000) as registry:
        put(registry, chunk=10_000)
        sizes = [len(asked.body) for asked in registry.asked("PATCH")]
    assert sizes == [90_000, 90_000, 76_000]


def test_an_upload_goes_on_from_where_the_registry_is() -> None:
    with Registry(loses=[40_000]) as registry:
        put(registry, chunk=100_000)
        ranges = [asked.headers["content-range"] for asked in registry.asked("PATCH")]
        assert registry.blobs["to/it", described().digest] == CONTENT
    assert ranges == ["0-99999", "100000-199999", "60000-159999", "160000-255999"]


def test_a_piece_that_fails_goes_on_without_a_new_upload() -> None:
    with Registry() as registry:
        registry.fails = [0, 0, 0, 503, 0]
        put(registry, chunk=100_000)
        asked = [(one.method, one.headers.get("content-range")) for one in registry.asked()][2:]
    assert asked == [
        ("PATCH", "0-99999"),
        ("PATCH", "100000-199999"),
        ("GET", None),
        ("PATCH", "100000-199999"),
        ("PATCH", "200000-255999"),
        ("PUT", None),
    ]


def test_an_upload_that_the_registry_forgot_begins_anew() -> None:
    with Registry() as registry:
        registry.fails = [0, 0, 0, 503, 404]
        assert put(registry, chunk=100_000) == "uploaded"
        assert len(registry.asked("POST")) == 2


def test_a_registry_is_left_alone_as_long_as_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with Registry(pause=7, busy=[0, 429]) as registry:
        assert put(registry) == "uploaded"
    assert pauses == [7.0]
    with Registry(pause=3600, busy=[0, 429]) as registry, pytest.raises(RegistryError) as failure:
        put(registry)
    assert failure.value.pause == 3600.0


def test_the_whole_blob_is_tried_again_and_nothing_below_it() -> None:
    with Registry(head=404) as registry:
        assert not has_blob(opened(registry), "to/it", described().digest)
        registry.fails = [0, 503, 0, 503]
        put(registry)
        methods = [asked.method for asked in registry.asked()][1:]
    assert methods == ["HEAD", "POST", "POST", "PUT", "POST", "PUT"]


def test_what_a_registry_refuses_for_good_is_not_tried_again() -> None:
    wrong = Descriptor(media_type=LAYER_GZIP, digest=described(b"x").digest, size=len(CONTENT))
    with Registry() as registry, pytest.raises(RegistryError, match="could not put") as failure:
        put_blob(opened(registry), "to/it", wrong, lambda: io.BytesIO(CONTENT))
    assert failure.value.codes == ("DIGEST_INVALID",)
    assert not failure.value.temporary
    assert len(registry.asked("POST")) == 1
    assert any("no way" in str(cause) for cause in failure.value.causes)


def test_a_cut_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with Registry(cut=[100_000, 50_000]) as registry:
        registry.blobs["to/it", described().digest] = CONTENT
        fetch_blob(opened(registry), "to/it", described(), tmp_path / "blob")
        ranges = [asked.headers.get("range") for asked in registry.asked("GET")]
    assert (tmp_path / "blob").read_bytes() == CONTENT
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_a_download_begins_anew_where_parts_are_not_served(tmp_path: Path) -> None:
    with Registry(cut=[100_000], ranges=False) as registry:
        registry.blobs["to/it", described().digest] = CONTENT
        fetch_blob(opened(registry), "to/it", described(), tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == CONTENT


@pytest.mark.parametrize("lie", [b"x" * len(CONTENT), CONTENT[:-1], CONTENT + b"x", b""])
def test_a_blob_that_is_not_what_it_should_be_leaves_nothing(tmp_path: Path, lie: bytes) -> None:
    with Registry() as registry:
        digest = described().digest
        registry.blobs["to/it", digest] = CONTENT
        registry.lie[digest] = lie
        with pytest.raises((RegistryError, FetchError)):
            fetch_blob(opened(registry), "to/it", described(), tmp_path / "blob")
    assert list(tmp_path.iterdir()) == []


def test_storage_elsewhere_sees_no_token(tmp_path: Path) -> None:
    storage = Web(lambda asked: Answer(body=CONTENT), host="localhost")
    with storage, Registry(login="bearer", blobs_at=storage.url) as registry:
        registry.blobs["to/it", described().digest] = CONTENT
        fetch_blob(opened(registry), "to/it", described(), tmp_path / "blob")
        assert registry.asked("GET")[-1].authorization
    assert [asked.authorization for asked in storage.asked] == [None]


def test_a_manifest_keeps_its_bytes_and_gets_its_digest_from_them() -> None:
    content = b'{ "schemaVersion":2,\n"layers" : [] }'
    with Registry(login="bearer") as registry:
        session = opened(registry)
        digest = push_manifest(session, "to/it", "tag", content, MANIFEST)
        assert digest == digest_of(content)
        for identifier in ("tag", digest):
            found = fetch_manifest(session, "to/it", identifier)
            assert (found.content, found.digest) == (content, digest)
        with pytest.raises(RegistryError) as failure:
            fetch_manifest(session, "to/it", "other")
    assert (failure.value.status, failure.value.codes) == (404, ("MANIFEST_UNKNOWN",))


def test_a_manifest_of_another_digest_is_refused() -> None:
    content = b'{"layers": []}'
    with Registry() as registry:
        digest = push_manifest(opened(registry), "to/it", "tag", content, MANIFEST)
        registry.lie[digest] = b'{"layers": [1]}'
        with pytest.raises(RegistryError, match="could not read") as failure:
            fetch_manifest(opened(registry), "to/it", digest)
    assert digest_of(registry.lie[digest]) in str(failure.value.causes[0])


@pytest.mark.parametrize(
    ("table", "header", "kind"),
    [
        ({"mediaType": INDEX}, MANIFEST, INDEX),
        ({"manifests": []}, INDEX, INDEX),
        ({"manifests": []}, "text/plain", INDEX),
        ({"layers": []}, "application/json; charset=utf-8", MANIFEST),
    ],
)
def test_the_kind_of_a_manifest(table: dict[str, object], header: str, kind: str) -> None:
    body = json.dumps(table).encode()
    with Web(lambda asked: Answer(headers={"Content-Type": header}, body=body)) as web:
        session = RegistrySession(HttpClient(Network(), {}), web.address)
        assert fetch_manifest(session, "a", "b").media_type == kind


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"[" * 100_000])
def test_what_is_no_manifest_is_an_error(body: bytes) -> None:
    with Web(lambda asked: Answer(body=body)) as web, pytest.raises(RegistryError):
        fetch_manifest(RegistrySession(HttpClient(Network(), {}), web.address), "a", "b")


def test_a_huge_manifest_is_refused() -> None:
    with Web(lambda asked: Answer(body=b" " * (4 * 1024**2 + 1))) as web:
        session = RegistrySession(HttpClient(Network(), {}), web.address)
        with pytest.raises(FetchError):
            fetch_manifest(session, "a", "b")


@pytest.mark.parametrize("body", [b"", b"<html>welcome</html>", b"{}"])
def test_who_answers_200_to_everything_is_no_registry(body: bytes) -> None:
    """Not where the image is put, and not where a bill of it is attached."""
    with Web(lambda asked: Answer(200, {"Content-Type": MANIFEST}, body)) as web:
        session = RegistrySession(HttpClient(Network(), {}), web.address)
        with pytest.raises(RegistryError, match="could not put `tag`") as failure:
            push_manifest(session, "a", "tag", b'{"layers": []}', MANIFEST)
        with pytest.raises(RegistryError, match="could not attach"):
            push_referrer(session, "a", described(b"{ }"), b"{ }", described())
    assert "it was taken, and is not there" in map(str, failure.value.causes)


@pytest.mark.parametrize(
    ("headers", "reading", "requests"),
    [
        ({"Docker-Content-Digest": digest_of(b"{ }")}, 404, 1),
        ({"Docker-Content-Digest": digest_of(b"other")}, 200, 2),
        ({}, 200, 2),
        ({}, 403, 2),
    ],
)
def test_a_manifest_has_come_if_its_digest_is_told_or_it_is_there(
    headers: dict[str, str], reading: int, requests: int
) -> None:
    def answered(asked: Asked) -> Answer:
        return Answer(201, headers) if asked.method == "PUT" else Answer(reading, body=b"{ }")

    with Web(answered) as web:
        session = RegistrySession(HttpClient(Network(), {}), web.address)
        assert push_manifest(session, "a", "tag", b"{ }", MANIFEST) == digest_of(b"{ }")
        assert len(web.asked) == requests


def test_a_manifest_that_is_taken_for_later_is_not_read_back() -> None:
    with Web(lambda asked: Answer(202 if asked.method == "PUT" else 404)) as web:
        session = RegistrySession(HttpClient(Network(), {}), web.address)
        assert push_manifest(session, "a", "tag", b"{ }", MANIFEST) == digest_of(b"{ }")
