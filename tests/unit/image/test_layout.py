from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.trees import content, differences
from wisp.engine.safe.root import ForeignLinkError
from wisp.errors import WispError
from wisp.image.documents import (
    HealthCheck,
    RunConfig,
    StackedLayer,
    config_document,
    index_document,
    manifest_document,
)
from wisp.image.entries import text_file
from wisp.image.layer import LayerBlob, write_layer
from wisp.image.layout import (
    BlobStore,
    DamagedBlobError,
    ImageBlobs,
    write_archive,
    write_layout,
)
from wisp.specs.oci import INDEX, ImagePlatform, Reference

AMD64 = ImagePlatform("linux", "amd64")
NAME = Reference.parse("ghcr.io/me/app:1")


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "store")


def layer(store: BlobStore, text: str) -> LayerBlob:
    with store.draft() as draft:
        blob = write_layer((text_file("x", text),), draft, time=0)
        store.keep(draft, blob.descriptor)
    return blob


def image(store: BlobStore, text: str = "text", run: RunConfig | None = None) -> ImageBlobs:
    stacked = [StackedLayer(blob=layer(store, text), comment="code")]
    config = config_document(run or RunConfig(), stacked, AMD64, time=0)
    manifest = manifest_document(config, stacked, AMD64)
    layers = tuple(one.blob.descriptor for one in stacked)
    return ImageBlobs(
        top=manifest,
        documents=(config,),
        layers=layers,
        archives=((config.descriptor, layers),),
    )


def test_a_draft_that_is_not_kept_leaves_nothing(store: BlobStore) -> None:
    with store.draft() as draft:
        draft.write(b"half")
    assert list(store.folder.iterdir()) == []


def test_a_damaged_blob_is_not_read(store: BlobStore) -> None:
    blob = layer(store, "text").descriptor
    path = store.path(blob.digest)
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(DamagedBlobError):
        store.read(blob)


def test_a_layout_refers_to_what_it_has(store: BlobStore, tmp_path: Path) -> None:
    made = image(store)
    write_layout(tmp_path / "out", made, store, [NAME])
    index = json.loads((tmp_path / "out" / "index.json").read_bytes())
    assert index["mediaType"] == INDEX
    (row,) = index["manifests"]
    assert row["annotations"]["org.opencontainers.image.ref.name"] == "1"
    manifest = json.loads(BlobStore(tmp_path / "out").read(made.top.descriptor))
    for one in (manifest["config"], *manifest["layers"]):
        digest = one["digest"].removeprefix("sha256:")
        found = tmp_path / "out" / "blobs" / "sha256" / digest
        assert found.stat().st_size == one["size"]


def test_a_layout_keeps_other_images_and_replaces_one_of_the_name(
    store: BlobStore, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    other = Reference.parse("ghcr.io/me/app:2")
    write_layout(folder, image(store, "old"), store, [NAME])
    write_layout(folder, image(store, "else"), store, [other])
    new = image(store, "new")
    write_layout(folder, new, store, [NAME])
    rows = json.loads((folder / "index.json").read_bytes())["manifests"]
    names = {row["annotations"]["org.opencontainers.image.ref.name"]: row["digest"] for row in rows}
    assert names.keys() == {"1", "2"}
    assert names["1"] == new.top.descriptor.digest


def test_a_folder_of_something_else_is_left_alone(store: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("x")
    with pytest.raises(WispError, match="no image layout"):
        write_layout(tmp_path / "mine", image(store), store, [NAME])
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["file"]


@pytest.mark.parametrize("place", ["index.json", "blobs", "blobs/sha256"])
def test_a_layout_is_not_written_through_a_link_in_it(
    store: BlobStore, tmp_path: Path, place: str
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    write_layout(tmp_path / "out", image(store, "old"), store, [NAME])
    old = tmp_path / "out" / place
    old.rename(victim / "moved")
    before = content(victim)
    old.symlink_to(victim / "moved")
    with pytest.raises(ForeignLinkError):
        write_layout(tmp_path / "out", image(store, "new"), store, [NAME])
    assert differences(before, content(victim)) == []


def test_an_archive_is_of_both_kinds_and_always_the_same(store: BlobStore) -> None:
    made = image(store)
    texts = []
    for _ in range(2):
        out = io.BytesIO()
        write_archive(out, made, store, [Reference.parse("app")])
        texts.append(out.getvalue())
    assert texts[0] == texts[1]
    with tarfile.open(fileobj=io.BytesIO(texts[0])) as archive:
        names = archive.getnames()
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        (row,) = json.load(manifest)
    assert names[0] == "oci-layout"
    assert row["RepoTags"] == ["app:latest"]
    assert {row["Config"], *row["Layers"]} <= set(names)


def test_an_archive_leaves_out_what_its_reader_has(store: BlobStore) -> None:
    made = image(store)
    whole, rest = io.BytesIO(), io.BytesIO()
    write_archive(whole, made, store, [NAME])
    write_archive(rest, made, store, [NAME], {made.layers[0].digest})
    with tarfile.open(fileobj=io.BytesIO(whole.getvalue())) as archive:
        names = set(archive.getnames())
    with tarfile.open(fileobj=io.BytesIO(rest.getvalue())) as archive:
        left_out = names - set(archive.getnames())
    assert left_out == {f"blobs/sha256/{made.layers[0].digest.hex}"}


def test_a_configuration_says_how_containers_run() -> None:
    run = RunConfig(
        env={"PATH": "/opt/conda/bin", "A": "b=c"},
        command=("serve",),
        user="1000:1000",
        ports=("8080/tcp",),
        health=HealthCheck(command=("curl", "x"), interval=5),
    )
    document = json.loads(config_document(run, [], AMD64, time=1).content)
    assert document["created"] == "1970-01-01T00:00:01Z"
    assert document["architecture"] == "amd64"
    assert document["config"] == {
        "Cmd": ["serve"],
        "Env": ["PATH=/opt/conda/bin", "A=b=c"],
        "ExposedPorts": {"8080/tcp": {}},
        "Healthcheck": {
            "Test": ["CMD", "curl", "x"],
            "Interval": 5_000_000_000,
            "Timeout": 30_000_000_000,
            "StartPeriod": 0,
            "Retries": 3,
        },
        "User": "1000:1000",
    }


def test_an_index_lists_platforms_in_one_order(store: BlobStore) -> None:
    stacked = [StackedLayer(blob=layer(store, "x"), comment="x")]
    rows = []
    for name in ("arm64", "amd64"):
        platform = ImagePlatform("linux", name)
        config = config_document(RunConfig(), stacked, platform, time=0)
        rows.append(manifest_document(config, stacked, platform).descriptor)
    one, other = index_document(rows), index_document(reversed(rows))
    assert one.content == other.content
    found = json.loads(one.content)["manifests"]
    assert [row["platform"]["architecture"] for row in found] == ["amd64", "arm64"]
