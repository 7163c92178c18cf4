"""Images to and from a registry on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.registry import PASSWORD, USER, Registry
from tests.unit.image.test_layout import AMD64, image
from wisp.engine import http
from wisp.engine.http import HttpClient
from wisp.engine.registry import uploads
from wisp.engine.registry.credentials import RegistryLogin
from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.session import RegistrySession, pull_scope, push_scope
from wisp.image.base import BaseImageError, kept_base
from wisp.image.build import PlatformImage, image_blobs
from wisp.image.documents import (
    RunConfig,
    StackedLayer,
    config_document,
    manifest_document,
)
from wisp.image.entries import text_file
from wisp.image.layer import write_layer
from wisp.image.layout import BlobStore, ImageBlobs
from wisp.image.pull import pulled_base
from wisp.image.push import push
from wisp.specs.oci import INDEX, Digest, ImagePlatform, Reference
from wisp.specs.settings import Network


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_BACKOFF_SECONDS", 0.0)
    monkeypatch.setattr(uploads, "_FIRST_PAUSE", 0.0)


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "store")


def opened(registry: Registry) -> RegistrySession:
    scopes = (push_scope("me/app"), pull_scope("base/it"))
    login = RegistryLogin(USER, PASSWORD)
    return RegistrySession(HttpClient(Network(), {}), registry.address, login=login, scopes=scopes)


def for_platforms(store: BlobStore, *names: str) -> ImageBlobs:
    made: list[PlatformImage] = []
    for name in names:
        with store.draft() as draft:
            blob = write_layer((text_file("name", name),), draft, time=0)
            store.keep(draft, blob.descriptor)
        platform = ImagePlatform("linux", name)
        stacked = [StackedLayer(blob=blob, comment="x")]
        config = config_document(RunConfig(env={"FOR": name}), stacked, platform, time=0)
        made.append(
            PlatformImage(
                platform=platform,
                manifest=manifest_document(config, stacked, platform),
                config=config,
                layers=(blob.descriptor,),
                reports=(),
            )
        )
    return image_blobs(made)


def test_all_that_an_image_names_is_there_before_its_name(store: BlobStore) -> None:
    made = for_platforms(store, "amd64", "arm64")
    with Registry(login="bearer") as registry:
        summary = push(opened(registry), "me/app", ["1", "latest"], made, store)
        names = [one.path.rpartition("/")[2] for one in registry.asked("PUT")]
        content, media_type = registry.manifests["me/app", "1"]
    assert names[-2:] == ["1", "latest"]
    assert (summary.uploaded, summary.there, summary.mounted) == (4, 0, 0)
    assert (content, media_type) == (made.top.content, INDEX)
    for row in json.loads(content)["manifests"]:
        manifest, _ = registry.manifests["me/app", row["digest"]]
        table = json.loads(manifest)
        for one in (table["config"], *table["layers"]):
            assert len(registry.blobs["me/app", one["digest"]]) == one["size"]


def test_a_second_push_sends_nothing(store: BlobStore) -> None:
    made = image(store)
    with Registry() as registry:
        push(opened(registry), "me/app", ["1"], made, store)
        again = push(opened(registry), "me/app", ["1"], made, store)
    assert (again.uploaded, again.there, again.bytes_sent) == (0, 2, 0)


def test_layers_of_the_base_are_mounted_and_configurations_never(store: BlobStore) -> None:
    made = image(store)
    (layer,) = made.layers
    with Registry(login="bearer") as registry:
        registry.blobs["base/it", layer.digest] = store.read(layer)
        summary = push(opened(registry), "me/app", ["1"], made, store, source="base/it")
        mounts = [dict(one.query).get("mount") for one in registry.asked("POST")]
    assert (summary.mounted, summary.uploaded) == (1, 1)
    assert [mount for mount in mounts if mount] == [layer.digest]


@pytest.mark.parametrize("status", [403, 500])
def test_a_push_that_fails_leaves_no_name(store: BlobStore, status: int) -> None:
    made = for_platforms(store, "amd64", "arm64")
    with Registry() as registry:
        registry.fails = [0, 0, 0, 0, 0, *[status] * 200]
        with pytest.raises(RegistryError):
            push(opened(registry), "me/app", ["1"], made, store)
        assert ("me/app", "1") not in registry.manifests


def pushed(registry: Registry, made: ImageBlobs, store: BlobStore) -> Reference:
    push(opened(registry), "base/it", ["1"], made, store)
    return Reference.parse(f"{registry.address}/base/it:1")


def test_a_base_is_fetched_for_its_platform_and_by_digest_from_then_on(
    store: BlobStore, tmp_path: Path
) -> None:
    made = for_platforms(store, "amd64", "arm64")
    own = BlobStore(tmp_path / "own")
    with Registry() as registry:
        name = pushed(registry, made, store)
        base, digest = pulled_base(
            opened(registry), name, None, ImagePlatform("linux", "arm64"), own
        )
        assert digest == made.top.descriptor.digest
        assert base.run.env == {"FOR": "arm64"}
        assert base.name == str(name)
        assert own.has(base.layers[0].blob.descriptor)
        asked = len(registry.asked())
        registry.manifests["base/it", "1"] = (b"{}", INDEX)
        again, _ = pulled_base(opened(registry), name, digest, ImagePlatform("linux", "arm64"), own)
        assert again == base
        # Its documents and layers are here: only what the name stands for is asked again.
        assert len(registry.asked()) == asked + 1
    machine = ImagePlatform("linux", "arm64")
    assert kept_base(str(name), digest, machine, own) == base
    own.path(base.layers[0].blob.descriptor.digest).unlink()
    assert kept_base(str(name), digest, machine, own) is None


def test_a_base_for_another_machine_is_refused(store: BlobStore, tmp_path: Path) -> None:
    made = for_platforms(store, "amd64", "arm64")
    with Registry() as registry:
        name = pushed(registry, made, store)
        with pytest.raises(BaseImageError, match="no image for linux/s390x"):
            pulled_base(
                opened(registry),
                name,
                None,
                ImagePlatform("linux", "s390x"),
                BlobStore(tmp_path / "o"),
            )


def test_a_single_image_says_itself_for_which_machine_it_is(
    store: BlobStore, tmp_path: Path
) -> None:
    made = image(store)
    with Registry() as registry:
        name = pushed(registry, made, store)
        own = BlobStore(tmp_path / "own")
        base, _ = pulled_base(opened(registry), name, None, AMD64, own)
        assert len(base.layers) == 1
        with pytest.raises(BaseImageError, match="is for linux/amd64, not linux/arm64"):
            pulled_base(opened(registry), name, None, ImagePlatform("linux", "arm64"), own)


def test_a_registry_that_lies_about_a_layer_is_found_out(store: BlobStore, tmp_path: Path) -> None:
    made = image(store)
    (layer,) = made.layers
    with Registry() as registry:
        name = pushed(registry, made, store)
        registry.lie[layer.digest] = b"x" * layer.size
        own = BlobStore(tmp_path / "own")
        with pytest.raises(RegistryError, match="could not fetch"):
            pulled_base(opened(registry), name, None, AMD64, own)
        assert not own.has(layer)
        assert Digest(layer.digest) == layer.digest
