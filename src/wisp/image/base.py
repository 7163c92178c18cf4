"""What an image stands on: layers below ours, with what they say about running containers.

A base is generated (`image.debian`), a root file system in a folder or tar, or an image in a
layout or archive. Layers of images are taken over as they are, so that registries and engines
that have them need not get them again; a root file system becomes one layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from wisp.errors import HostError, WispError
from wisp.foreign import json_data, why_unfit
from wisp.image.base_layers import judged_glibc
from wisp.image.documents import RunConfig, StackedLayer, health_of
from wisp.image.layer import LayerBlob
from wisp.image.layout import BlobStore
from wisp.image.platform import choose
from wisp.patterns import pattern
from wisp.specs.controls import has_control
from wisp.specs.oci import (
    DOCKER_LAYER,
    INDEXES,
    LAYER_GZIP,
    MANIFESTS,
    Descriptor,
    Digest,
    ImagePlatform,
    OciValueError,
)
from wisp.trust import found_bytes
from wisp.values import dataclass, replace

#: How far indexes may be below each other, and how many layers are fetched at once.
_DEEPEST, _AT_ONCE = 3, 4
_KINDS: Mapping[type, str] = {dict: "table", list: "list", str: "text"}
#: One half of a pair, which is a character only together with the other.
_HALF = pattern("[\ud800-\udfff]")
#: Docker's spelling of layers, which manifests of ours use the open one for.
_OPEN = {DOCKER_LAYER: LAYER_GZIP}


class BaseImageError(WispError):
    """A base cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base: its layers, what it says of containers, its glibc (None if it has none).

    `name` and `digest` say in the image what it was made from, if that can be said.
    """

    layers: tuple[StackedLayer, ...]
    run: RunConfig = RunConfig()
    glibc: tuple[int, int] | None = None
    shell: str = "/bin/sh"
    name: str | None = None
    digest: Digest | None = None


def check_glibc(base: Base, wanted: tuple[int, int], where: str) -> None:
    """Refuse a base whose C library is older than the lock's packages may need.

    Raises:
        BaseImageError: It is, or there is none.

    """
    need = f"{wanted[0]}.{wanted[1]}"
    if base.glibc is None:
        raise BaseImageError(
            f"{where} has no glibc, but packages of this environment need {need}",
            hints=["choose a base of Debian, Ubuntu or Red Hat, or none: one is made then"],
        )
    if base.glibc < wanted:
        raise BaseImageError(
            f"{where} has glibc {base.glibc[0]}.{base.glibc[1]}, but packages of this environment "
            f"may need {need}",
            hints=[
                "choose a newer base",
                f'or declare less in the manifest: `libc = "{base.glibc[0]}.{base.glibc[1]}"` '
                "below `system-requirements`, and lock anew",
            ],
        )


class BlobSource(Protocol):
    """Where the parts of an image are: a store, or a registry."""

    def read(self, blob: Descriptor) -> bytes:
        """Return the bytes of a document, verified."""

    def copy_to(self, other: BlobStore, blob: Descriptor) -> None:
        """Put a blob into a store, verified."""


def layout_base(folder: Path, platform: ImagePlatform, store: BlobStore) -> Base:
    """Read a base from a layout, and copy its layers into our store.

    Raises:
        BaseImageError: The layout has no image for the platform.
        DamagedBlobError: A blob is not what its digest says.

    """
    try:
        rows = json_data(found_bytes(folder / "index.json"))["manifests"]
        found = [Descriptor.from_json(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, OciValueError) as error:
        raise BaseImageError(
            f"`{folder}` is no layout of images", causes=[why_unfit(error)]
        ) from error
    return image_base(found, platform, BlobStore(folder), store, str(folder))


def image_base(
    rows: Sequence[Descriptor],
    platform: ImagePlatform,
    source: BlobSource,
    store: BlobStore,
    where: str,
) -> Base:
    """Make a base of the image among `rows`, or below them, that fits a platform.

    Its layers are in the store afterwards. `where` is what messages call the place.

    Raises:
        BaseImageError: There is none, or it contradicts itself.
        HostileLayerError: A layer has what an image may not have.
        WispError: Whatever the source raises.

    """
    try:
        top = _resolve(rows, platform, source, where)
        manifest = json_data(source.read(top))
        config = json_data(source.read(Descriptor.from_json(manifest["config"])))
        layers = [Descriptor.from_json(row) for row in manifest["layers"]]
        _check_platform(config, platform, where)
        stacked = stacked_layers(layers, config)
        run = run_config(config.get("config") or {})
    except (ValueError, KeyError, TypeError, AttributeError, OciValueError) as error:
        raise BaseImageError(f"`{where}` is no image", causes=[why_unfit(error)]) from error
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda layer: source.copy_to(store, layer), layers))
    glibc = judged_glibc(top.digest, stacked, store, f"`{where}`")
    return Base(layers=stacked, run=run, glibc=glibc, digest=top.digest)


def kept_base(where: str, digest: Digest, platform: ImagePlatform, store: BlobStore) -> Base | None:
    """Return a base all of which is in the store already, None if something is missing.

    Raises what `image_base` raises.
    """
    try:
        content = store.path(digest).read_bytes()
        kind = json_data(content)["mediaType"]
        top = Descriptor(media_type=kind, digest=digest, size=len(content), platform=platform)
        base = image_base([top], platform, store, store, where)
    except (OSError, ValueError, KeyError, TypeError, HostError):
        return None
    return replace(base, name=where)


def _check_platform(config: Mapping[str, Any], wanted: ImagePlatform, where: str) -> None:
    """Compare with what the image itself says: one that no index lists has said nothing yet."""
    found = ImagePlatform(config["os"], config["architecture"]).normalized()
    if (found.os, found.architecture) != (wanted.os, wanted.architecture):
        raise BaseImageError(f"`{where}` is for {found}, not {wanted}")


def _resolve(
    rows: Sequence[Descriptor],
    platform: ImagePlatform,
    source: BlobSource,
    where: str,
    depth: int = 0,
) -> Descriptor:
    """Follow indexes to the manifest for a platform."""
    found = choose(rows, platform)
    if found is None or depth > _DEEPEST:
        raise BaseImageError(f"`{where}` has no image for {platform}")
    if found.media_type in INDEXES:
        below = json_data(source.read(found))["manifests"]
        inner = [Descriptor.from_json(row) for row in below]
        return _resolve(inner, platform, source, where, depth + 1)
    if found.media_type not in MANIFESTS:
        raise BaseImageError(f"`{where}` holds something else than images: {found.media_type}")
    return found


def stacked_layers(rows: list[Descriptor], config: Mapping[str, Any]) -> tuple[StackedLayer, ...]:
    """Pair the layers of a manifest with the diff ids of its configuration."""
    ids = config["rootfs"]["diff_ids"]
    if len(ids) != len(rows):
        raise BaseImageError("the base's configuration does not fit its layers")
    return tuple(
        StackedLayer(
            blob=LayerBlob(
                descriptor=Descriptor(
                    media_type=_OPEN.get(row.media_type, row.media_type),
                    digest=row.digest,
                    size=row.size,
                ),
                diff_id=Digest(diff_id),
                unpacked=0,
            ),
            comment="base",
        )
        for row, diff_id in zip(rows, ids, strict=True)
    )


def run_config(table: Mapping[str, Any]) -> RunConfig:
    """Read what a base says of containers; entry point and command are ours to say."""
    if not isinstance(table, dict):
        raise OciValueError("its `config` is no table")
    labels = _field(table, "Labels", dict, {})
    return RunConfig(
        env=dict(row.partition("=")[::2] for row in _texts("Env", _field(table, "Env", list, []))),
        user=_word(table, "User") or "",
        workdir=_word(table, "WorkingDir") or "",
        ports=tuple(_names("ExposedPorts", _field(table, "ExposedPorts", dict, {}))),
        labels=dict(zip(_texts("Labels", labels), _texts("Labels", labels.values()), strict=True)),
        health=health_of(_field(table, "Healthcheck", dict, {})),
        stop_signal=_word(table, "StopSignal"),
    )


def _field(table: Mapping[str, Any], key: str, kind: type, absent: Any) -> Any:
    """Return what a base says under a key, of the kind that it has to be; null is as absent."""
    found = table.get(key)
    if found is None:
        return absent
    if not isinstance(found, kind):
        raise OciValueError(f"its `{key}` is no {_KINDS[kind]}")
    return found


def _word(table: Mapping[str, Any], key: str) -> str | None:
    found = _field(table, key, str, None)
    return found and _names(key, [found])[0]


def _names(key: str, values: Iterable[Any]) -> list[str]:
    """Check what names something: it would be written into images, and files about them."""
    found = _texts(key, values)
    if any(map(has_control, found)):
        raise OciValueError(f"its `{key}` has a control character")
    return found


def _texts(key: str, values: Iterable[Any]) -> list[str]:
    """Check texts: half a character cannot be written, and no variable holds a zero byte."""
    found = list(values)
    if not all(isinstance(one, str) for one in found):
        raise OciValueError(f"its `{key}` has what is no text")
    if any("\0" in one or _HALF.search(one) for one in found):
        raise OciValueError(f"its `{key}` has a text that cannot be written")
    return found


def shell_of(base: Base, prefix: str, names: frozenset[str], *, generated: bool) -> str:
    """Return the shell that starts containers: activation scripts are mostly meant for bash."""
    if generated:
        return "/bin/bash"
    return f"{prefix}/bin/bash" if "bash" in names else base.shell
