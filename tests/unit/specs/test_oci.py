from __future__ import annotations

import json

import pytest

from wisp.specs.oci import Descriptor, Digest, ImagePlatform, OciValueError, Reference

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("debian", "docker.io/library/debian"),
        ("debian:bookworm-slim", "docker.io/library/debian:bookworm-slim"),
        ("owner/name", "docker.io/owner/name"),
        ("docker.io/debian", "docker.io/library/debian"),
        ("index.docker.io/owner/name:1", "docker.io/owner/name:1"),
        ("localhost/name", "localhost/name"),
        ("localhost:5000/name", "localhost:5000/name"),
        ("127.0.0.1:5005/a/b/c:t", "127.0.0.1:5005/a/b/c:t"),
        ("[::1]:5000/a", "[::1]:5000/a"),
        ("ghcr.io/o/n:1.2@" + DIGEST, "ghcr.io/o/n:1.2@" + DIGEST),
        ("ghcr.io/o/n@" + DIGEST, "ghcr.io/o/n@" + DIGEST),
        ("ghcr.io/o/my__image--x.y", "ghcr.io/o/my__image--x.y"),
        ("name:_under", "docker.io/library/name:_under"),
    ],
)
def test_a_reference_is_completed_and_printed(text: str, full: str) -> None:
    assert str(Reference.parse(text)) == full
    assert Reference.parse(full) == Reference.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":tag",
        "name:",
        "name@",
        "name@sha256:abc",
        f"name@sha256:{HEX.upper()}",
        f"name@md5:{HEX[:32]}",
        "name:ta g",
        "name:" + "t" * 129,
        "Name",
        "host.io/UPPER/x",
        "host.io/",
        "host.io//x",
        "host.io/../x",
        "host.io/x/",
        "a..b/c",
        "host_with.io/x",
        "https://ghcr.io/o/n",
        "user:password@ghcr.io/o/n",
        "name\n",
        "host.io:999999/x",
        "host.io/" + "a" * 250,
        "nàme",
        f"name@{DIGEST}:tag",
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(OciValueError):
        Reference.parse(text)


def test_the_identifier_is_the_digest_before_the_tag() -> None:
    both = Reference.parse(f"h.io/n:1@{DIGEST}")
    assert both.identifier == DIGEST
    assert both.with_tag("2").identifier == "2"
    assert Reference.parse("h.io/n").identifier == "latest"


def test_a_digest_is_a_text_with_parts() -> None:
    digest = Digest(DIGEST)
    assert (digest.algorithm, digest.hex) == ("sha256", HEX)
    assert json.dumps({"d": digest}) == f'{{"d": "{DIGEST}"}}'
    assert Digest("sha512:" + HEX * 2).algorithm == "sha512"


@pytest.mark.parametrize(
    "text", ["", HEX, f"sha256:{HEX}\n", f"sha256:{HEX[1:]}", f"sha256:../../{HEX[6:]}", "sha256:"]
)
def test_a_digest_cannot_be_made_wrong(text: str) -> None:
    with pytest.raises(OciValueError):
        Digest(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("linux/amd64", "linux/amd64"),
        ("amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/v9", "linux/arm64/v9"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/arm/6", "linux/arm/v6"),
        ("Linux/AMD64", "linux/amd64"),
        ("macos/arm64", "darwin/arm64"),
    ],
)
def test_platforms_have_one_spelling(text: str, normal: str) -> None:
    assert str(ImagePlatform.parse(text)) == normal


@pytest.mark.parametrize("text", ["", "linux/", "a/b/c/d", "linux/am d64", "linux/../x"])
def test_what_is_no_platform_is_refused(text: str) -> None:
    with pytest.raises(OciValueError):
        ImagePlatform.parse(text)


def test_attestations_stand_for_no_machine() -> None:
    assert ImagePlatform.from_json({"os": "unknown", "architecture": "unknown"}).is_unknown
    assert not ImagePlatform.parse("linux/amd64").is_unknown


def test_a_descriptor_goes_to_json_and_back() -> None:
    table = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": DIGEST,
        "size": 7,
        "platform": {"architecture": "arm", "os": "linux", "variant": "v7"},
        "annotations": {"a": "b"},
        "urls": ["https://h/x"],
    }
    found = Descriptor.from_json(table | {"data": "aGk=", "later": {"x": 1}})
    assert found.as_json() == table
    assert Descriptor.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "sha256:abc"},
        {"digest": None},
        {"size": -1},
        {"size": True},
        {"size": "7"},
        {"size": 2**63},
        {"mediaType": "no type"},
        {"mediaType": ""},
        {"platform": "linux/amd64"},
        {"platform": {"os": "linux"}},
        {"annotations": {"a": 1}},
        {"annotations": ["a"]},
        {"urls": "https://h"},
    ],
)
def test_a_wrong_descriptor_is_refused(change: dict[str, object]) -> None:
    table: dict[str, object] = {"mediaType": "a/b", "digest": DIGEST, "size": 7}
    Descriptor.from_json(table)
    with pytest.raises(OciValueError):
        Descriptor.from_json(table | change)


@pytest.mark.parametrize("table", [None, [], "x", 1])
def test_a_descriptor_is_a_table(table: object) -> None:
    with pytest.raises(OciValueError):
        Descriptor.from_json(table)
