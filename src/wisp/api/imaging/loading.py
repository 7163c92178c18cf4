"""An image given to the engine that runs here, without what that has already."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from wisp.api.imaging.building import BuiltImage
from wisp.api.imaging.writing import write_draft
from wisp.api.opened import OpenedWorkspace
from wisp.engine.docker_socket import DockerSocket
from wisp.engine.process import capture
from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError, UsageError
from wisp.foreign import json_data
from wisp.image.layout import docker_name
from wisp.specs.oci import Digest, Reference

#: Programs that take an archive by `load --input`.
_ENGINES = ("docker", "podman")


def load(workspace: OpenedWorkspace, built: BuiltImage, names: Sequence[Reference]) -> str:
    """Give an image to the engine that runs here; return the engine's name.

    Raises:
        UsageError: It is for several platforms, of which an engine takes but one.
        HostError: There is none, or it does not take the image.

    """
    if len(built.images) > 1:
        raise UsageError(
            "an engine takes an image of one platform", hints=["choose it with `--platform`"]
        )
    engine = engine_of(workspace)
    known = _known_layers(workspace, built, names) if engine == "docker" else frozenset()
    problem = _load(workspace, engine, built, names, known)
    if problem is not None and known:
        problem = _load(workspace, engine, built, names, frozenset())
    if problem is not None:
        raise HostError(f"`{engine}` did not take the image", causes=[problem])
    return engine


def _load(
    workspace: OpenedWorkspace,
    engine: str,
    built: BuiltImage,
    names: Sequence[Reference],
    known: frozenset[Digest],
) -> str | None:
    """Return what the engine says if it does not take the image."""
    with scratch_folder(built.cache.folder, "load-") as folder:
        archive = folder / "image.tar"
        write_draft(built, archive, names, known, lasting=False)
        engine_here = _socket(workspace, engine)
        if engine_here is not None and engine_here.load(archive) is None:
            return None
        done = capture([engine, "load", "--input", str(archive)], environ=workspace.environ)
    return (done.stderr.strip() or done.stdout) if done.code else None


def _socket(workspace: OpenedWorkspace, engine: str) -> DockerSocket | None:
    return DockerSocket.of(workspace.environ) if engine == "docker" else None


def _known_layers(
    workspace: OpenedWorkspace, built: BuiltImage, names: Sequence[Reference]
) -> frozenset[Digest]:
    """Return the layers that Docker has below an image of the same name, from the bottom up.

    It knows a layer by all that lie below it, and then does not look for it in the archive. With
    containerd's store it does.
    """
    info = _told(workspace, "info", "--format", "{{json .}}")
    if info is None or "containerd" in json.dumps(info.get("DriverStatus")):
        return frozenset()
    (image,) = built.images
    ids = json_data(image.config.content)["rootfs"]["diff_ids"]
    found: set[Digest] = set()
    for name in names:
        told = _told(workspace, "image", "inspect", "--format", "{{json .}}", docker_name(name))
        others = (told or {}).get("RootFS", {}).get("Layers") or []
        for layer, own, other in zip(image.layers, ids, others, strict=False):
            if own != other:
                break
            found.add(layer.digest)
    return frozenset(found)


def _told(workspace: OpenedWorkspace, *words: str) -> Mapping[str, Any] | None:
    """Return what Docker tells of itself or an image, asked in the quickest way that there is."""
    engine = DockerSocket.of(workspace.environ)
    if engine is not None:
        found = engine.info() if words[0] == "info" else engine.image(words[-1])
    else:
        done = capture(["docker", *words], environ=workspace.environ)
        try:
            found = json_data(done.stdout) if done.code == 0 else None
        except ValueError:
            found = None
    return found if isinstance(found, dict) else None


def engine_of(workspace: OpenedWorkspace) -> str:
    """Return the name of the engine that is installed here. Raises `HostError` without one."""
    path = workspace.environ.get("PATH")
    engine = next((name for name in _ENGINES if shutil.which(name, path=path)), None)
    if engine is None:
        raise HostError(
            "there is no engine to load the image into",
            hints=["install Docker or podman, or write a file with `--output image.tar`"],
        )
    return engine
