"""Where an image goes: an archive, a layout, a running engine."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from wisp.api.imaging.building import BuiltImage
from wisp.api.opened import OpenedWorkspace
from wisp.engine.files import refusal
from wisp.engine.process import capture
from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError, UsageError
from wisp.image.layout import write_archive, write_layout
from wisp.specs.oci import Reference

#: Programs that take an archive by `load --input`.
_ENGINES = ("docker", "podman")
_ODD = re.compile(r"[^a-z0-9]+")


def names_of(workspace: OpenedWorkspace, tags: Sequence[str]) -> tuple[Reference, ...]:
    """Read the names that an image shall have; by default it is called as the workspace is.

    Raises:
        OciValueError: A text is no name of an image.

    """
    if tags:
        return tuple(_tagged(Reference.parse(tag)) for tag in tags)
    plain = _ODD.sub("-", workspace.name.lower()).strip("-") or "image"
    return (Reference.parse(f"{plain}:latest"),)


def _tagged(reference: Reference) -> Reference:
    if reference.digest is not None:
        raise UsageError(f"`{reference}` names a digest, which an image has by itself")
    return reference if reference.tag else reference.with_tag("latest")


def write_output(built: BuiltImage, output: Path, names: Sequence[Reference]) -> None:
    """Write an archive (a name that ends in `.tar`), or a layout into a folder.

    An archive appears whole or not at all.

    Raises:
        WispError: The folder holds something else.
        HostError: The operating system refuses.

    """
    if output.suffix != ".tar":
        write_layout(output, built.blobs, built.cache.store, names)
        return
    with scratch_folder(output.parent, f".{output.name}.") as folder:
        draft = folder / "draft"
        try:
            with draft.open("wb") as file:
                write_archive(file, built.blobs, built.cache.store, names)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(output)
        except OSError as error:
            raise refusal("write", output, error) from error


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
    with scratch_folder(built.cache.folder, "load-") as folder:
        archive = folder / "image.tar"
        write_output(built, archive, names)
        done = capture([engine, "load", "--input", str(archive)], environ=workspace.environ)
    if done.code:
        raise HostError(
            f"`{engine}` did not take the image", causes=[done.stderr.strip() or done.stdout]
        )
    return engine


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
