"""What refers to an image, attached in registries that list it themselves and in others."""

from __future__ import annotations

import json

import pytest

from tests.registry import PASSWORD, USER, Registry, digest_of
from wisp.engine.http import HttpClient
from wisp.engine.registry.credentials import RegistryLogin
from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.session import RegistrySession, push_scope
from wisp.image.push import push_referrers
from wisp.image.referrers import Referrer, referrer_to
from wisp.specs.oci import INDEX, MANIFEST, Descriptor, Digest
from wisp.specs.settings import Network

IMAGE = Descriptor(media_type=MANIFEST, digest=Digest(digest_of(b"image")), size=5)
TAG = IMAGE.digest.replace(":", "-")


def opened(registry: Registry) -> RegistrySession:
    login = RegistryLogin(USER, PASSWORD)
    http = HttpClient(Network(), {})
    return RegistrySession(http, registry.address, login=login, scopes=(push_scope("me/app"),))


def bill(text: str) -> Referrer:
    return referrer_to(IMAGE, text.encode(), "application/spdx+json", "sbom.spdx.json")


def listed(registry: Registry) -> list[str]:
    content, kind = registry.manifests["me/app", TAG]
    assert kind == INDEX
    return [row["digest"] for row in json.loads(content)["manifests"]]


def test_blobs_come_before_the_manifest_that_names_them() -> None:
    one = bill("{}x")
    with Registry(login="bearer") as registry:
        push_referrers(opened(registry), "me/app", [one])
        put = [asked.path for asked in registry.asked("PUT")]
        content, _ = registry.manifests["me/app", one.manifest.descriptor.digest]
    assert ["blobs" in path for path in put] == [True, True, False, False]
    found = json.loads(content)
    assert found["subject"]["digest"] == IMAGE.digest
    assert found["artifactType"] == "application/spdx+json"
    assert found["layers"][0]["annotations"] == {"org.opencontainers.image.title": "sbom.spdx.json"}


def test_a_tag_stands_for_the_list_where_the_registry_keeps_none() -> None:
    first, second = bill("1"), bill("2")
    with Registry() as registry:
        push_referrers(opened(registry), "me/app", [first])
        push_referrers(opened(registry), "me/app", [second])
        push_referrers(opened(registry), "me/app", [first])
        digests = {one.manifest.descriptor.digest for one in (first, second)}
        assert len(listed(registry)) == 2
        assert set(listed(registry)) == digests


def test_no_tag_is_made_where_the_registry_lists_by_itself() -> None:
    with Registry(lists_referrers=True) as registry:
        push_referrers(opened(registry), "me/app", [bill("1")])
        assert ("me/app", TAG) not in registry.manifests


def test_a_list_that_is_none_is_left_alone() -> None:
    with Registry() as registry:
        registry.manifests["me/app", TAG] = (b'{"layers":[]}', MANIFEST)
        with pytest.raises(RegistryError, match="could not list"):
            push_referrers(opened(registry), "me/app", [bill("1")])
        assert registry.manifests["me/app", TAG] == (b'{"layers":[]}', MANIFEST)
