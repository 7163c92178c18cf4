"""The three documents of an image as bytes: configuration, manifest, index.

The same values always give the same bytes (sorted keys, no blanks), since their digests are names.

Sources: OCI image specification 1.1, config.md, manifest.md, image-index.md, annotations.md;
`Healthcheck` is Docker's addition to the configuration, in nanoseconds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from wisp.image.layer import LayerBlob
from wisp.specs.oci import (
    CONFIG,
    INDEX,
    MANIFEST,
    Descriptor,
    Digest,
    ImagePlatform,
    OciValueError,
)
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: By which readers of a layout find an image (annotations.md, "rules").
REF_NAME = "org.opencontainers.image.ref.name"
#: By which containerd, and so newer Docker engines, name what they import.
IMAGE_NAME = "io.containerd.image.name"
#: Under which file name tools save what is attached to an image (annotations.md).
TITLE = "org.opencontainers.image.title"

_NANOSECONDS = 1_000_000_000
#: Engines hold spans of time in 64 bits, one of them for the sign.
_TOO_MUCH = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """How an engine asks whether a container is well: words of a command, seconds, tries.

    `start_interval` counts while a container starts; with 0 an engine takes its own, 5 seconds.
    """

    command: tuple[str, ...]
    interval: float = 30.0
    timeout: float = 30.0
    start_period: float = 0.0
    start_interval: float = 0.0
    retries: int = 3

    def as_json(self) -> dict[str, object]:
        """Return Docker's spelling."""
        # Older engines know nothing of it, and what is not asked for changes no image.
        start = int(self.start_interval * _NANOSECONDS)
        return {
            "Test": ["CMD", *self.command],
            "Interval": int(self.interval * _NANOSECONDS),
            "Timeout": int(self.timeout * _NANOSECONDS),
            "StartPeriod": int(self.start_period * _NANOSECONDS),
            **({"StartInterval": start} if start else {}),
            "Retries": self.retries,
        }


def health_of(table: Mapping[str, Any]) -> HealthCheck | None:
    """Read Docker's spelling; None where nothing is asked. Raises `OciValueError` for others."""
    words = table.get("Test") or []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise OciValueError("`Test` of its `Healthcheck` is no list of texts")
    if words[:1] == ["CMD-SHELL"]:
        words = ["CMD", "/bin/sh", "-c", *words[1:]]
    if words[:1] != ["CMD"] or len(words) < 2:
        return None
    usual = HealthCheck(command=tuple(words[1:]))
    return HealthCheck(
        command=usual.command,
        # Nothing, or 0, is what an engine takes by itself.
        interval=_number(table, "Interval") / _NANOSECONDS or usual.interval,
        timeout=_number(table, "Timeout") / _NANOSECONDS or usual.timeout,
        start_period=_number(table, "StartPeriod") / _NANOSECONDS,
        start_interval=_number(table, "StartInterval") / _NANOSECONDS,
        retries=_number(table, "Retries") or usual.retries,
    )


def _number(table: Mapping[str, Any], key: str) -> int:
    """Return a whole number that engines hold; 0 where there is none. Raises `OciValueError`."""
    found = table.get(key) or 0
    if type(found) is not int or not 0 <= found < _TOO_MUCH:
        raise OciValueError(f"`{key}` of its `Healthcheck` is no number that an engine holds")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """How containers of an image are started, where nobody says otherwise.

    `ports` are spelled `8080/tcp`; `user` is `uid[:gid]` or a name.
    """

    env: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    workdir: str = ""
    ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    health: HealthCheck | None = None
    stop_signal: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the `config` of an image configuration, without what is not said."""
        table: dict[str, object] = {
            "Env": [f"{name}={value}" for name, value in self.env.items()],
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "User": self.user,
            "WorkingDir": self.workdir,
            "ExposedPorts": {port: {} for port in self.ports},
            "Labels": dict(self.labels),
            "Healthcheck": self.health.as_json() if self.health else None,
            "StopSignal": self.stop_signal,
        }
        return {name: value for name, value in table.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedLayer:
    """A layer in its image: the blob, and what the history says made it."""

    blob: LayerBlob
    comment: str


@dataclass(frozen=True, slots=True)
class ImageDocument:
    """A document as bytes, with the descriptor by which others refer to it."""

    descriptor: Descriptor
    content: bytes


def config_document(
    run: RunConfig, layers: Sequence[StackedLayer], platform: ImagePlatform, *, time: int
) -> ImageDocument:
    """Write an image's configuration; `time` is when it counts as made, in seconds."""
    created = timestamp(time)
    return _document(
        CONFIG,
        {
            "created": created,
            **_platform(platform),
            "config": run.as_json(),
            "rootfs": {"type": "layers", "diff_ids": [str(one.blob.diff_id) for one in layers]},
            "history": [
                {"created": created, "created_by": "wisp", "comment": one.comment} for one in layers
            ],
        },
    )


def _platform(platform: ImagePlatform) -> dict[str, object]:
    table: dict[str, object] = {"os": platform.os, "architecture": platform.architecture}
    return table | ({"variant": platform.variant} if platform.variant else {})


def manifest_document(
    config: ImageDocument,
    layers: Sequence[StackedLayer],
    platform: ImagePlatform,
    annotations: Mapping[str, str] | None = None,
) -> ImageDocument:
    """Write the manifest of an image; its descriptor says for which platform it is."""
    made = _document(
        MANIFEST,
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor.as_json(),
            "layers": [one.blob.descriptor.as_json() for one in layers],
            **_annotations(annotations),
        },
    )
    found = made.descriptor
    described = Descriptor(
        media_type=found.media_type, digest=found.digest, size=found.size, platform=platform
    )
    return ImageDocument(described, made.content)


def index_document(
    manifests: Iterable[Descriptor], annotations: Mapping[str, str] | None = None
) -> ImageDocument:
    """Write the index of an image for several platforms, in a stable order."""
    rows = sorted(manifests, key=lambda one: str(one.platform))
    return _document(
        INDEX,
        {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [row.as_json() for row in rows],
            **_annotations(annotations),
        },
    )


def _annotations(annotations: Mapping[str, str] | None) -> dict[str, object]:
    return {"annotations": dict(annotations)} if annotations else {}


def _document(media_type: str, table: Mapping[str, object]) -> ImageDocument:
    return described(canonical(table), media_type)


def described(content: bytes, media_type: str) -> ImageDocument:
    """Give bytes the descriptor by which an image names them."""
    digest = Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")
    return ImageDocument(
        Descriptor(media_type=media_type, digest=digest, size=len(content)), content
    )


def canonical(table: object) -> bytes:
    """Write JSON in its one spelling."""
    return json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def timestamp(time: int) -> str:
    """Spell seconds since the epoch as RFC 3339 does, in UTC."""
    moment = dt.datetime.fromtimestamp(time, tz=dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
