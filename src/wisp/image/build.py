"""Layers, code and settings put together to an image for one platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.image.base import Base
from wisp.image.cache import LayerCache
from wisp.image.debian.rootfs import HOME, homes
from wisp.image.documents import (
    ImageDocument,
    RunConfig,
    StackedLayer,
    config_document,
    index_document,
    manifest_document,
)
from wisp.image.entries import LayerEntry, folder, text_file, with_parents
from wisp.image.entrypoint import ENTRYPOINT, TASK_SCRIPT
from wisp.image.layer import LayerBlob, write_layer
from wisp.image.layout import ImageBlobs
from wisp.image.packages import MadeLayer
from wisp.image.settings import ImageSettings
from wisp.layout import CONDA_META, PREFIX_HISTORY
from wisp.specs.oci import Descriptor, Digest, ImagePlatform
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.image.layer import Compression

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HISTORY = "// made for an image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInput:
    """What an image for one platform is made of.

    `base_cached` tells of the layer of a generated base whether it was made before. `variables`
    are those that an activation sets, PATH aside; `entrypoint` and `task` texts of scripts;
    `certificates` the file that programs shall trust, if they have none of their own.
    """

    platform: ImagePlatform
    base: Base
    base_cached: bool = True
    packages: tuple[MadeLayer, ...]
    code: tuple[LayerEntry, ...]
    settings: ImageSettings
    variables: Mapping[str, str]
    entrypoint: str
    task: str | None = None
    further: tuple[LayerEntry, ...] = ()
    ports: tuple[str, ...] = ()
    certificates: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport:
    """What became of a layer: which kind, which packages (name and version), whether new."""

    kind: str
    digest: Digest
    size: int
    packages: tuple[str, ...] = ()
    cached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformImage:
    """An image for one platform: its documents, its layers from the bottom up."""

    platform: ImagePlatform
    manifest: ImageDocument
    config: ImageDocument
    layers: tuple[Descriptor, ...]
    reports: tuple[LayerReport, ...]


def assemble(wanted: ImageInput, cache: LayerCache) -> PlatformImage:
    """Write the layers that are ours alone, and the documents.

    Raises:
        UnfitFileError, HostError: A file of the code cannot be read.

    """
    stacked = list(wanted.base.layers)
    reports = [_report("base", one.blob, cached=wanted.base_cached) for one in stacked]
    for made in wanted.packages:
        names = tuple(f"{one.name} {one.version}".strip() for one in made.layer.packages)
        stacked.append(StackedLayer(blob=made.content.blob, comment=made.layer.title))
        report = _report(made.layer.kind, made.content.blob, names, cached=made.cached)
        reports.append(report)
    for kind, entries in (("code", wanted.code), ("config", _own_entries(wanted))):
        if entries:
            blob, known = _written(entries, cache, wanted.settings.compression, wanted.time)
            stacked.append(StackedLayer(blob=blob, comment=kind))
            reports.append(_report(kind, blob, cached=known))
    config = config_document(_run_config(wanted), stacked, wanted.platform, time=wanted.time)
    manifest = manifest_document(config, stacked, wanted.platform, wanted.annotations)
    return PlatformImage(
        platform=wanted.platform,
        manifest=manifest,
        config=config,
        layers=tuple(one.blob.descriptor for one in stacked),
        reports=tuple(reports),
    )


def _report(
    kind: str, blob: LayerBlob, packages: tuple[str, ...] = (), *, cached: bool
) -> LayerReport:
    found = blob.descriptor
    return LayerReport(
        kind=kind, digest=found.digest, size=found.size, packages=packages, cached=cached
    )


def _written(
    entries: Iterable[LayerEntry], cache: LayerCache, compression: Compression, time: int
) -> tuple[LayerBlob, bool]:
    with cache.store.draft() as draft:
        blob = write_layer(with_parents(entries), draft, time=time, compression=compression)
        known = cache.store.has(blob.descriptor)
        if not known:
            cache.store.keep(draft, blob.descriptor)
    return blob, known


def _own_entries(wanted: ImageInput) -> tuple[LayerEntry, ...]:
    prefix = wanted.settings.prefix.lstrip("/")
    scripts = [text_file(ENTRYPOINT.lstrip("/"), wanted.entrypoint, program=True)]
    if wanted.task is not None:
        scripts.append(text_file(TASK_SCRIPT.lstrip("/"), wanted.task, program=True))
    # `conda run -p` wants a history.
    history = text_file(f"{prefix}/{CONDA_META}/{PREFIX_HISTORY}", _HISTORY)
    place = folder(wanted.settings.workdir.lstrip("/"))
    return (*scripts, history, *homes(), place, *wanted.further)


def _run_config(wanted: ImageInput) -> RunConfig:
    settings, base = wanted.settings, wanted.base.run
    path = base.env.get("PATH") or PATH
    env = {
        **base.env,
        "PATH": f"{settings.prefix}/bin:{path}",
        "HOME": HOME,
        "LANG": base.env.get("LANG", "C.UTF-8"),
    }
    if wanted.certificates is not None:
        env.setdefault("SSL_CERT_FILE", wanted.certificates)
    env.update(wanted.variables)
    return RunConfig(
        env=env,
        entrypoint=(ENTRYPOINT,),
        command=(TASK_SCRIPT,) if wanted.task is not None else settings.command or ("/bin/sh",),
        user=settings.user,
        workdir=settings.workdir,
        ports=tuple(dict.fromkeys((*base.ports, *settings.ports, *wanted.ports))),
        labels={**base.labels, **settings.labels},
        health=settings.health or base.health,
        stop_signal=base.stop_signal,
    )


def image_blobs(
    images: Sequence[PlatformImage], annotations: Mapping[str, str] | None = None
) -> ImageBlobs:
    """Put the images of several platforms below one index; a single one stands by itself."""
    top = (
        images[0].manifest
        if len(images) == 1
        else index_document([one.manifest.descriptor for one in images], annotations)
    )
    documents = {
        document.descriptor.digest: document
        for one in images
        for document in (one.config, one.manifest)
        if document.descriptor.digest != top.descriptor.digest
    }
    layers = {layer.digest: layer for one in images for layer in one.layers}
    return ImageBlobs(
        top=top,
        documents=tuple(documents.values()),
        layers=tuple(layers.values()),
        archives=tuple((one.config.descriptor, one.layers) for one in images),
    )
