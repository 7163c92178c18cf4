"""`image build`: from a lock to an image of one or several platforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp import layout
from wisp.api.imaging.activated import ImageActivation, image_activation
from wisp.api.imaging.annotating import annotations_of
from wisp.api.imaging.bases import BaseWork, base_for
from wisp.api.imaging.packaging import PackageWork, packages_of, workers
from wisp.api.imaging.sagemaking import as_root, kit_for
from wisp.api.imaging.starting import task_text
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locking import ensure_lock
from wisp.api.opened import OpenedWorkspace
from wisp.errors import UsageError
from wisp.image.base import Base, shell_of
from wisp.image.build import PATH, ImageInput, PlatformImage, assemble, image_blobs
from wisp.image.cache import LayerCache
from wisp.image.debian.rootfs import CERTIFICATES
from wisp.image.entries import LayerEntry, text_file
from wisp.image.entrypoint import entrypoint_text
from wisp.image.gpu import gpu_variables
from wisp.image.layout import ImageBlobs
from wisp.image.outputs import check_output
from wisp.image.packages import MadeLayer
from wisp.image.platform import PLATFORMS, image_platform
from wisp.image.sagemaker import NO_KIT, SageMakerKit
from wisp.image.scrub import clean_text
from wisp.image.settings import ImageSettings
from wisp.lock.model import LockedEnvironment, LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform
from wisp.specs.source_date import source_date
from wisp.values import dataclass, field

#: When files of an image, and the image, count as made: zip files cannot say an earlier time.
DEFAULT_TIME = 315532800


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """Which image to make: environment, platforms (this machine's unless named), settings.

    `outputs` are files that shall not end up in the image although they lie in the workspace; one
    `for_engine` has one platform.
    Link scripts of packages run for the image only where it says so here: what an image has shall
    not depend on the configuration of who builds it.
    """

    environment: str = layout.DEFAULT_ENVIRONMENT
    platforms: str | Sequence[str] = ()
    settings: ImageSettings = ImageSettings()
    annotations: tuple[tuple[str, str], ...] = ()
    usage: LockUsage = AS_NEEDED
    outputs: tuple[Path, ...] = ()
    for_engine: bool = False
    run_link_scripts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """An image, whose blobs lie in `cache`. `bases` name the images of registries below it."""

    images: tuple[PlatformImage, ...]
    blobs: ImageBlobs
    bases: tuple[str, ...] = ()
    cache: LayerCache = field(compare=False)

    @property
    def digest(self) -> str:
        """The digest of the manifest, or of the index if there are several platforms."""
        return self.blobs.top.descriptor.digest


def wanted_platforms(
    workspace: OpenedWorkspace, environment: str, names: Sequence[str]
) -> tuple[Platform, ...]:
    """Return the platforms to make an image for, each of which has to be Linux.

    Raises:
        ManifestError: The environment does not have a platform.
        UsageError: None of its platforms is Linux, or two are for the same machines.

    """
    if names:
        chosen = tuple(workspace.best_platform(environment, name) for name in dict.fromkeys(names))
        _refuse_twins(chosen)
        return chosen
    found = [one for one in workspace.platforms(environment) if one.subdir in PLATFORMS]
    own = [one for one in found if one.subdir == workspace.subdir]
    if not found:
        raise UsageError(
            f"environment '{environment}' has no platform that containers run on",
            hints=["add one: `wisp workspace platform add linux-64`"],
        )
    return tuple((own or found)[:1])


def require_one(platforms: Sequence[object]) -> None:
    """Refuse several platforms, or images of them, for an engine. Raises `UsageError`."""
    if len(platforms) > 1:
        raise UsageError(
            "an engine takes an image of one platform", hints=["choose it with `--platform`"]
        )


def _refuse_twins(platforms: Sequence[Platform]) -> None:
    """Engines choose among images by processor: by it they could not tell two from each other."""
    seen: dict[str, str] = {}
    for one in platforms:
        other = seen.setdefault(one.subdir, one.name)
        if other != one.name:
            raise UsageError(
                f"platforms '{other}' and '{one.name}' are both for {one.subdir}: under one name "
                "nobody could choose between their images",
                hints=["build them one after the other, each with a `--tag` of its own"],
            )


def layer_cache(workspace: OpenedWorkspace) -> LayerCache:
    """Return where layers of this user are kept."""
    return LayerCache(workspace.session.settings.caches.root / layout.CACHE_FOLDERS["images"])


def build(workspace: OpenedWorkspace, request: ImageRequest) -> BuiltImage:
    """Make an image; its blobs are then in the cache.

    Raises:
        WispError: See `staging`, `bases`, `activated`, `starting`, and `wisp.image`.

    """
    for output in request.outputs:
        check_output(output)
    lock = ensure_lock(workspace, request.usage)
    platforms = wanted_platforms(workspace, request.environment, request.platforms)
    if request.for_engine:
        require_one(platforms)
    cache = layer_cache(workspace)
    cache.sweep()
    made = [_build_one(workspace, lock, platform, request, cache) for platform in platforms]
    images = [image for image, _ in made]
    return BuiltImage(
        images=tuple(images),
        bases=tuple(dict.fromkeys(base.name for _, base in made if base.name)),
        blobs=image_blobs(images, annotations_of(workspace, request.annotations)),
        cache=cache,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What an image for one platform is put together of."""

    platform: Platform
    settings: ImageSettings
    locked: LockedEnvironment
    base: Base
    base_cached: bool
    packages: tuple[MadeLayer, ...]
    time: int


def _build_one(
    workspace: OpenedWorkspace,
    lock: LockFile,
    platform: Platform,
    request: ImageRequest,
    cache: LayerCache,
) -> tuple[PlatformImage, Base]:
    settings, time = request.settings, made_at(workspace)
    if settings.sagemaker:
        settings = as_root(settings)
    inputs = workspace.inputs(request.environment, platform)
    locked = locked_environment(lock, request.environment, platform.name, workspace.root, inputs)
    work = BaseWork(
        cache=cache, time=time, workers=workers(), keep_lock=request.usage.lock_is_fixed
    )
    # What a task cannot be said by is told before anything is made.
    task = task_text(workspace, request.environment, platform, settings)
    base, cached = base_for(workspace, locked.platform, settings, work)
    layers = PackageWork(
        settings=settings,
        cache=cache,
        below=len(base.layers),
        time=time,
        run_scripts=request.run_link_scripts,
    )
    packages = packages_of(workspace, locked, layers)
    parts = _Parts(
        platform=platform,
        settings=settings,
        locked=locked,
        base=base,
        base_cached=cached,
        packages=packages,
        time=time,
    )
    return assemble(_input(workspace, request, parts, task), cache), base


def _input(
    workspace: OpenedWorkspace, request: ImageRequest, parts: _Parts, task: str | None
) -> ImageInput:
    """Find out how containers start, and say what the image is made of."""
    settings, base, locked = parts.settings, parts.base, parts.locked
    about = (workspace, request.environment, parts.platform, settings)
    activation = image_activation(*about, parts.packages, base.run.env.get("PATH") or PATH)
    kit = kit_for(*about, activation) if settings.sagemaker else NO_KIT
    names = frozenset(record.name for record in locked.records)
    shell = shell_of(base, settings.prefix, names, generated=settings.base is None)
    own_certificates = settings.base is not None or "ca-certificates" in names
    return ImageInput(
        platform=image_platform(parts.platform.subdir),
        base=base,
        base_cached=parts.base_cached,
        packages=parts.packages,
        code=_code(workspace, request),
        settings=settings,
        variables={
            **gpu_variables(locked.platform, settings.base, base.run.env),
            **kit.variables,
            **activation.variables,
        },
        entrypoint=entrypoint_text(shell, *_started(kit, activation)),
        task=task,
        further=kit.entries,
        ports=kit.ports,
        certificates=None if own_certificates else CERTIFICATES,
        annotations=annotations_of(workspace, request.annotations, base),
        time=parts.time,
    )


def _started(
    kit: SageMakerKit, activation: ImageActivation
) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the scripts and variables of the entry point; a kit has a script for both."""
    if kit.activate:
        return (kit.activate,), {}
    return activation.scripts, activation.late


def _code(workspace: OpenedWorkspace, request: ImageRequest) -> tuple[LayerEntry, ...]:
    settings = request.settings
    if not settings.code:
        return ()
    from wisp.image.code import CodeSelection, code_entries, code_files

    selection = CodeSelection(include=settings.include, exclude=settings.exclude)
    outputs = frozenset(path.resolve() for path in request.outputs)

    def skip(file: Path) -> bool:
        return file in outputs or not outputs.isdisjoint(file.parents)

    root = workspace.root.resolve()
    entries = code_entries(root, code_files(root, selection), settings.workdir, skip)
    manifest = workspace.manifest.path.resolve()
    return tuple(
        _clean_manifest(entry, manifest) if entry.source == manifest else entry for entry in entries
    )


def _clean_manifest(entry: LayerEntry, manifest: Path) -> LayerEntry:
    """Take credentials out of the addresses of channels and indexes."""
    text = manifest.read_text(encoding="utf-8")
    cleaned = clean_text(text)
    return entry if cleaned == text else text_file(entry.path, cleaned)


def made_at(workspace: OpenedWorkspace) -> int:
    """Return when the image counts as made, in seconds: SOURCE_DATE_EPOCH, or always the same.

    Raises:
        UsageError: The variable is no number.

    """
    told = source_date(workspace.environ)
    return DEFAULT_TIME if told is None else told
