"""An image given to the engine that runs here, without what that has already."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp.api.imaging.building import BuiltImage, require_one
from wisp.api.imaging.writing import write_draft
from wisp.api.opened import OpenedWorkspace
from wisp.engine.docker_socket import DockerSocket
from wisp.engine.process import capture, found_program
from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError
from wisp.foreign import json_data
from wisp.image.layout import docker_name
from wisp.specs.oci import Digest, Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Programs that take an archive by `load --input`.
_ENGINES = ("docker", "podman")
#: How many images of one name are looked at for layers that an engine has.
_LOOKED_AT = 8


def load(workspace: OpenedWorkspace, built: BuiltImage, names: Sequence[Reference]) -> str:
    """Give an image to the engine that runs here; return the engine's name.

    Raises:
        UsageError: It is for several platforms, of which an engine takes but one.
        HostError: There is none, or it does not take the image.

    """
    require_one(built.images)
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
        if engine == "docker":
            return _Docker(workspace).load(archive)
        return _loaded_by(engine, archive, workspace)


def _loaded_by(program: str, archive: Path, workspace: OpenedWorkspace) -> str | None:
    done = capture([program, "load", "--input", str(archive)], environ=workspace.environ)
    return (done.stderr.strip() or done.stdout) if done.code else None


def _known_layers(
    workspace: OpenedWorkspace, built: BuiltImage, names: Sequence[Reference]
) -> frozenset[Digest]:
    """Return the layers that Docker has below images of these names, with whatever tags.

    It knows a layer by all that lie below it, and then does not look for it in the archive. With
    containerd's store it does.
    """
    docker = _Docker(workspace)
    info = docker.info()
    if info is None or "containerd" in json.dumps(info.get("DriverStatus")):
        return frozenset()
    (image,) = built.images
    ids = json_data(image.config.content)["rootfs"]["diff_ids"]
    found: set[Digest] = set()
    for repository in dict.fromkeys(docker_name(name).rpartition(":")[0] for name in names):
        for other in docker.images_of(repository)[:_LOOKED_AT]:
            layers = (docker.image(other) or {}).get("RootFS", {}).get("Layers") or []
            same = itertools.takewhile(
                lambda row: row[1] == row[2], zip(image.layers, ids, layers, strict=False)
            )
            found.update(layer.digest for layer, _, _ in same)
    return frozenset(found)


class _Docker:
    """Docker, asked and given images in the quickest way that there is."""

    def __init__(self, workspace: OpenedWorkspace) -> None:
        self._workspace = workspace
        self._environ = workspace.environ
        self._socket = DockerSocket.of(workspace.environ)

    def info(self) -> Mapping[str, Any] | None:
        """Return what it tells of itself, None if it does not answer."""
        if self._socket is not None:
            return _table(self._socket.info())
        return _table(self._said("info", "--format", "{{json .}}"))

    def images_of(self, repository: str) -> list[str]:
        """Return the images of one name, whatever their tags."""
        if self._socket is not None:
            return self._socket.images_of(repository)
        words = ("docker", "image", "ls", "--no-trunc", "--quiet", repository)
        done = capture(words, environ=self._environ)
        return done.stdout.split() if done.code == 0 else []

    def image(self, name: str) -> Mapping[str, Any] | None:
        """Return what it tells of an image, None without one."""
        if self._socket is not None:
            return _table(self._socket.image(name))
        return _table(self._said("image", "inspect", "--format", "{{json .}}", name))

    def load(self, archive: Path) -> str | None:
        """Give it an archive; return what is wrong, None if nothing is."""
        if self._socket is not None and self._socket.load(archive) is None:
            return None
        return _loaded_by("docker", archive, self._workspace)

    def _said(self, *words: str) -> Any:
        done = capture(["docker", *words], environ=self._environ)
        with contextlib.suppress(ValueError):
            return json_data(done.stdout) if done.code == 0 else None
        return None


def _table(found: Any) -> Mapping[str, Any] | None:
    return found if isinstance(found, dict) else None


def engine_of(workspace: OpenedWorkspace) -> str:
    """Return the name of the engine that is installed here. Raises `HostError` without one."""
    engine = next((name for name in _ENGINES if found_program(name, workspace.environ)), None)
    if engine is None:
        raise HostError(
            "there is no engine to load the image into",
            hints=["install Docker or podman, or write a file with `--output image.tar`"],
        )
    return engine
