"""Where an image goes: an archive, a layout, a running engine."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from wisp.api.imaging.building import BuildResult
from wisp.api.opened import OpenedWorkspace
from wisp.engine.files import refusal
from wisp.engine.process import capture
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


def write_output(built: BuildResult, output: Path, names: Sequence[Reference]) -> None:
    """Write an archive (a name that ends in `.tar`), or a layout into a folder.

    An archive appears whole or not at all.

    Raises:
        WispError: The folder holds something else.
        HostError: The operating system refuses.

    """
    if output.suffix != ".tar":
        write_layout(output, built.blobs, built.cache.store, names)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(
            prefix=f".{output.name}.", suffix=".draft", dir=output.parent
        )
    except OSError as error:
        raise refusal("write", output, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            write_archive(file, built.blobs, built.cache.store, names)
        Path(draft).chmod(0o644)
        Path(draft).replace(output)
    except OSError as error:
        raise refusal("write", output, error) from error
    finally:
        Path(draft).unlink(missing_ok=True)


def load(workspace: OpenedWorkspace, built: BuildResult, names: Sequence[Reference]) -> str:
    """Give an image to the engine that runs here; return the engine's name.

    Raises:
        HostError: There is none, or it does not take the image.

    """
    path = workspace.environ.get("PATH")
    engine = next((name for name in _ENGINES if shutil.which(name, path=path)), None)
    if engine is None:
        raise HostError(
            "there is no engine to load the image into",
            hints=["install Docker or podman, or write a file with `--output image.tar`"],
        )
    with tempfile.TemporaryDirectory(prefix="load-", dir=built.cache.folder) as folder:
        archive = Path(folder) / "image.tar"
        write_output(built, archive, names)
        done = capture([engine, "load", "--input", str(archive)], environ=workspace.environ)
    if done.code:
        raise HostError(
            f"`{engine}` did not take the image", causes=[done.stderr.strip() or done.stdout]
        )
    return engine
