"""`image dockerfile`: for teams whose images have to be made by Docker."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from wisp.api.imaging.building import ImageRequest, wanted_platforms
from wisp.api.imaging.starting import task_text
from wisp.api.locks.locking import ensure_lock
from wisp.api.opened import OpenedWorkspace
from wisp.errors import HostError, UsageError
from wisp.image.code import read_lines
from wisp.image.dockerfile import DEFAULT_BUILDER, DockerRecipe, dockerfile_text, ignore_text
from wisp.image.gpu import gpu_variables, pretended_driver
from wisp.image.named_bases import reference_of
from wisp.layout import VERSION
from wisp.lock.select import locked_environment
from wisp.platforms import Platform
from wisp.specs.records import CondaRecord, Record
from wisp.trust import found_text
from wisp.values import dataclass, replace
from wisp.workspace.activation import activation_of as declared_activation

DOCKERFILE, DOCKERIGNORE = "Dockerfile", ".dockerignore"
_DISTRIBUTION = "wisp-env"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerfileOptions:
    """How a Dockerfile is written.

    `builder` is an image that has wisp, or Python and pip to install it with. With `cache_mounts`
    downloads stay between builds, for which BuildKit or buildah is needed.
    """

    builder: str | None = None
    cache_mounts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerFiles:
    """The texts of a Dockerfile and of a `.dockerignore`."""

    dockerfile: str
    dockerignore: str


def docker_files(
    workspace: OpenedWorkspace, request: ImageRequest, options: DockerfileOptions
) -> DockerFiles:
    """Write a Dockerfile for an environment; its lock is made or renewed where necessary.

    Raises:
        LockFileError, SolveError: See `wisp.api.locks.locking.ensure_lock`.
        TaskError: `sh` cannot say the task that containers shall run.
        UsageError: The base is on this disk, or a local package where Docker cannot see it.

    """
    lock = ensure_lock(workspace, request.usage)
    settings, environment = request.settings, request.environment
    named = settings.base
    if named is not None:
        settings = replace(settings, base=reference_of(named, settings.bases))
    if settings.base is not None and (workspace.root / settings.base).exists():
        raise UsageError(
            f"the base `{settings.base}` lies on this disk, where a Dockerfile cannot take it from",
            hints=["name an image of a registry: `--base debian:trixie-slim`"],
        )
    (platform,) = wanted_platforms(workspace, environment, request.platforms[:1])
    locked = locked_environment(lock, environment, platform.name, workspace.root)
    recipe = DockerRecipe(
        manifest=workspace.manifest.path.name,
        environment=environment,
        program=f"{_DISTRIBUTION}=={VERSION}",
        settings=settings,
        builder=options.builder or DEFAULT_BUILDER,
        sources=_sources(locked.records, _scripts(workspace, environment, platform)),
        task=task_text(workspace, environment, platform, settings),
        variables=gpu_variables(locked.platform, named),
        pretended=pretended_driver(locked.platform),
        cache_mounts=options.cache_mounts,
        run_link_scripts=request.run_link_scripts,
    )
    ignored = read_lines(workspace.root / ".gitignore")
    return DockerFiles(
        dockerfile=dockerfile_text(recipe), dockerignore=ignore_text(settings, ignored)
    )


def _scripts(workspace: OpenedWorkspace, environment: str, platform: Platform) -> list[str]:
    """Return the workspace's own scripts that activation sources."""
    declared = declared_activation(
        workspace.manifest, workspace.require_environment(environment), platform
    )
    return [one for one in declared.scripts or () if (workspace.root / one).is_file()]


def _sources(records: Iterable[Record], scripts: Iterable[str]) -> tuple[str, ...]:
    """Return what installing and activating read of the workspace: folders, archives, scripts."""
    found = set(scripts)
    for record in records:
        if isinstance(record, CondaRecord) or not record.origin.is_local:
            continue
        place = PurePosixPath(str(record.origin))
        if place.is_absolute() or ".." in place.parts:
            raise UsageError(
                f"the package `{record.name}` lies outside the workspace, at `{place}`",
                hints=["Docker sees the workspace's folder only: move it there"],
            )
        found.add(str(place))
    return (".",) if "." in found else tuple(sorted(found))


def save(workspace: OpenedWorkspace, files: DockerFiles, *, force: bool) -> tuple[str, ...]:
    """Write the files beside the manifest; return the paths of those that were left alone.

    A `.dockerignore` that is there counts unless `force` is given, a Dockerfile is in the way.

    Raises:
        HostError: There is a Dockerfile, or the operating system refuses.

    """
    texts = {DOCKERFILE: files.dockerfile, DOCKERIGNORE: files.dockerignore}
    there = {name for name, text in texts.items() if _differs(workspace.root / name, text)}
    if DOCKERFILE in there and not force:
        raise HostError(
            f"`{workspace.root / DOCKERFILE}` exists",
            hints=["`--force` replaces it, `--stdout` prints what would be written"],
        )
    kept = () if force else tuple(there)
    for name in texts.keys() - set(kept):
        workspace.places.root.write(workspace.root / name, texts[name])
    return tuple(str(workspace.root / name) for name in kept)


def _differs(path: Path, text: str) -> bool:
    return path.exists() and found_text(path, errors="replace") != text
