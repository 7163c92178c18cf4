"""Values of images and registries: references, digests, descriptors, platforms, media types.

Each is parsed once, where its text comes in, and refused there if it is not what the standards
allow: what is a `Digest` here may become a path or a part of a URL.

Sources: OCI image specification 1.1 (descriptor.md, image-index.md, media-types.md), OCI
distribution specification 1.1 (pulling manifests: names and tags), and for short names the grammar
of `distribution/reference`, which Docker and podman share.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.errors import WispError
from wisp.patterns import pattern
from wisp.values import dataclass, field, replace

DOCKER_HUB = "docker.io"
DEFAULT_TAG = "latest"

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"

#: What a manifest may be; indexes are named even where one image is wanted, since strict
#: registries answer 404 to whoever does not accept them.
MANIFESTS = (MANIFEST, DOCKER_MANIFEST)
INDEXES = (INDEX, DOCKER_INDEX)

_HEX_LENGTHS = {"sha256": 64, "sha512": 128}
_HEX = pattern(r"[0-9a-f]+")
_LABEL = r"(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])"
_REGISTRY = pattern(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])(?::[0-9]{{1,5}})?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = pattern(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = pattern(r"(?a)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_NAME_LENGTH = 255
_MEDIA_TYPE = pattern(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
)
_PLATFORM_PART = pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

Json = Mapping[str, object]


class OciValueError(WispError):
    """A text or table is not the reference, digest, descriptor or platform it stands for."""


class Digest(str):
    """The digest of some bytes, `sha256:` and 64 lower-case hexadecimal digits (or `sha512:`).

    It is a text, so that it goes into JSON as it is; one that is wrong cannot be made.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Digest:
        """Check a text. Raises `OciValueError`."""
        algorithm, _, digits = text.partition(":")
        length = _HEX_LENGTHS.get(algorithm)
        if length is None or len(digits) != length or not _HEX.fullmatch(digits):
            raise OciValueError(
                f"`{_shown(text)}` is not a digest",
                hints=["a digest is `sha256:` followed by 64 hexadecimal digits in lower case"],
            )
        return super().__new__(cls, text)

    @property
    def algorithm(self) -> str:
        """`sha256` or `sha512`, as `hashlib` knows them."""
        return self.partition(":")[0]

    @property
    def hex(self) -> str:
        """The hexadecimal digits."""
        return self.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Reference:
    """An image in a registry: `registry/repository[:tag][@digest]`.

    `registry` is a host with its port; short names are completed as Docker does
    (`debian` is `docker.io/library/debian`). Make it with `parse`; `str()` is the full spelling.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: Digest | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference; the digest is split off first, a colon before a slash is a port.

        Raises:
            OciValueError: The text is no reference.

        """
        name, _, digest_text = text.partition("@")
        digest = Digest(digest_text) if "@" in text else None
        rest, colon, tag_text = name.rpartition(":")
        if not colon or "/" in tag_text:
            rest, tag = name, None
        else:
            tag = _checked_tag(tag_text, text)
        registry, repository = _split_name(rest)
        if not _REGISTRY.fullmatch(registry) or not _REPOSITORY.fullmatch(repository):
            raise _not_a_reference(text, rest)
        if len(registry) + 1 + len(repository) > _NAME_LENGTH:
            raise OciValueError(f"the name in `{_shown(text)}` is longer than {_NAME_LENGTH}")
        return cls(registry, repository, tag, digest)

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def identifier(self) -> str:
        """What a registry is asked for: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or DEFAULT_TAG

    def with_tag(self, tag: str) -> Reference:
        """Return the same repository at a tag, without a digest. Raises `OciValueError`."""
        return replace(self, tag=_checked_tag(tag, tag), digest=None)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


@dataclass(frozen=True, slots=True)
class ImagePlatform:
    """What a machine must be to run an image: `os/architecture[/variant]` in Go's words.

    Source: OCI image specification, image-index.md, "platform".
    """

    os: str
    architecture: str
    variant: str | None = None
    os_version: str | None = None
    os_features: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ImagePlatform:
        """Read `linux/arm64/v8`; `amd64` alone means Linux. Raises `OciValueError`."""
        parts = text.split("/")
        if len(parts) == 1:
            parts = ["linux", *parts]
        if len(parts) > 3 or not all(map(_PLATFORM_PART.fullmatch, parts)):
            raise OciValueError(
                f"`{_shown(text)}` is not a platform of an image",
                hints=["write it like `linux/amd64` or `linux/arm/v7`"],
            )
        variant = parts[2] if len(parts) == 3 else None
        return cls(parts[0], parts[1], variant).normalized()

    @classmethod
    def from_json(cls, table: object) -> ImagePlatform:
        """Read the `platform` of a descriptor. Raises `OciValueError`."""
        found = _table(table, "platform")
        return cls(
            os=_text(found, "os"),
            architecture=_text(found, "architecture"),
            variant=_optional_text(found, "variant"),
            os_version=_optional_text(found, "os.version"),
            os_features=_texts(found, "os.features"),
        )

    def as_json(self) -> dict[str, object]:
        """Return it as a descriptor holds it, without what is not said."""
        table: dict[str, object] = {"architecture": self.architecture, "os": self.os}
        if self.variant:
            table["variant"] = self.variant
        if self.os_version:
            table["os.version"] = self.os_version
        if self.os_features:
            table["os.features"] = list(self.os_features)
        return table

    def normalized(self) -> ImagePlatform:
        """Return it in the words that images use: no aliases, usual variants left out."""
        os, architecture = self.os.lower(), self.architecture.lower()
        architecture, implied = _ARCHITECTURES.get(architecture, (architecture, None))
        variant = (self.variant or implied or "").lower()
        if variant.isdigit():
            variant = f"v{variant}"
        if (architecture, variant) in {("arm64", "v8"), ("amd64", "v1")}:
            variant = ""
        if (architecture, variant) == ("arm", ""):
            variant = "v7"
        os = "darwin" if os == "macos" else os
        return replace(self, os=os, architecture=architecture, variant=variant or None)

    @property
    def is_unknown(self) -> bool:
        """Whether it stands for no machine, as attestations beside an image are listed."""
        return "unknown" in (self.os, self.architecture)

    def __str__(self) -> str:
        variant = f"/{self.variant}" if self.variant else ""
        return f"{self.os}/{self.architecture}{variant}"


_ARCHITECTURES: Mapping[str, tuple[str, str | None]] = {
    "x86_64": ("amd64", None),
    "x86-64": ("amd64", None),
    "i386": ("386", None),
    "i686": ("386", None),
    "aarch64": ("arm64", None),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What is said of some bytes before one has them: kind, digest, size in bytes.

    Source: OCI image specification, descriptor.md.
    """

    media_type: str
    digest: Digest
    size: int
    platform: ImagePlatform | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    artifact_type: str | None = None
    urls: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, table: object) -> Descriptor:
        """Read a descriptor of a manifest or index; what is not known is passed over.

        Raises:
            OciValueError: Something is missing or has the wrong shape; says what.

        """
        found = _table(table, "descriptor")
        media_type = _text(found, "mediaType")
        if not _MEDIA_TYPE.fullmatch(media_type):
            raise OciValueError(f"`mediaType` of a descriptor is `{_shown(media_type)}`")
        size = found.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**63:
            raise OciValueError("`size` of a descriptor must be a number of bytes")
        platform = found.get("platform")
        return cls(
            media_type=media_type,
            digest=Digest(_text(found, "digest")),
            size=size,
            platform=None if platform is None else ImagePlatform.from_json(platform),
            annotations=_annotations(found.get("annotations")),
            artifact_type=_optional_text(found, "artifactType"),
            urls=_texts(found, "urls"),
        )

    def as_json(self) -> dict[str, object]:
        """Return it as JSON holds it, without what is not said."""
        table: dict[str, object] = {
            "mediaType": self.media_type,
            "digest": str(self.digest),
            "size": self.size,
        }
        if self.platform is not None:
            table["platform"] = self.platform.as_json()
        if self.annotations:
            table["annotations"] = dict(sorted(self.annotations.items()))
        if self.artifact_type:
            table["artifactType"] = self.artifact_type
        if self.urls:
            table["urls"] = list(self.urls)
        return table


def _split_name(name: str) -> tuple[str, str]:
    """Part a name into registry and repository; the first part is a host only if it looks so."""
    first, slash, rest = name.partition("/")
    is_host = slash and (
        first == "localhost" or any(sign in first for sign in ".:") or first != first.lower()
    )
    registry, repository = (first, rest) if is_host else (DOCKER_HUB, name)
    if registry in {f"index.{DOCKER_HUB}", f"registry-1.{DOCKER_HUB}"}:
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return registry, repository


def _checked_tag(tag: str, text: str) -> str:
    if not _TAG.fullmatch(tag):
        raise OciValueError(
            f"`{_shown(tag)}` in `{_shown(text)}` is not a tag",
            hints=["a tag has up to 128 letters, digits, `_`, `.` and `-`"],
        )
    return tag


def _not_a_reference(text: str, name: str) -> OciValueError:
    hints = ["write it like `ghcr.io/owner/name:tag`"]
    if "://" in text:
        hints = ["write it without a scheme, like `ghcr.io/owner/name:tag`"]
    elif name != name.lower():
        hints = ["the name of a repository is in lower case"]
    return OciValueError(f"`{_shown(text)}` is not the name of an image", hints=hints)


def _shown(text: str) -> str:
    """Return a text that stands in a message: control characters escaped, the end cut off."""
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in shown)


def _table(value: object, what: str) -> Json:
    if not isinstance(value, Mapping):
        raise OciValueError(f"a {what} must be a JSON object")
    return value


def _text(table: Json, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise OciValueError(f"`{key}` must be a text")
    return value


def _optional_text(table: Json, key: str) -> str | None:
    # Some builders write what they do not say as an empty text.
    return _text(table, key) if table.get(key) else None


def _texts(table: Json, key: str) -> tuple[str, ...]:
    value = table.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise OciValueError(f"`{key}` must be a list of texts")
    return tuple(value)


def _annotations(value: object) -> dict[str, str]:
    found = _table(value or {}, "table of annotations")
    if not all(isinstance(one, str) for pair in found.items() for one in pair):
        raise OciValueError("annotations must be texts")
    return {str(key): str(one) for key, one in found.items()}
