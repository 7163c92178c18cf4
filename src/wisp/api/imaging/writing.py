"""Where an image goes: an archive, a layout, a running engine."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from pathlib import Path

from wisp.api.imaging.building import BuiltImage
from wisp.api.opened import OpenedWorkspace
from wisp.engine.files import refusal
from wisp.engine.scratch import scratch_folder
from wisp.errors import UsageError
from wisp.image.layout import write_archive, write_layout
from wisp.image.referrers import Referrer
from wisp.patterns import pattern
from wisp.specs.oci import Digest, Reference

_ODD = pattern(r"[^a-z0-9]+")


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


def write_output(
    built: BuiltImage,
    output: Path,
    names: Sequence[Reference],
    referrers: Sequence[Referrer] = (),
) -> None:
    """Write an archive (a name that ends in `.tar`), or a layout into a folder.

    An archive appears whole or not at all; it has no place for referrers.

    Raises:
        WispError: The folder holds something else.
        HostError: The operating system refuses.

    """
    if output.suffix != ".tar":
        write_layout(output, built.blobs, built.cache.store, names, referrers)
        return
    with scratch_folder(output.parent, f".{output.name}.") as folder:
        draft = folder / "draft"
        write_draft(built, draft, names)
        try:
            draft.replace(output)
        except OSError as error:
            raise refusal("write", output, error) from error


def write_draft(
    built: BuiltImage,
    path: Path,
    names: Sequence[Reference],
    known: Container[Digest] = (),
    *,
    lasting: bool = True,
) -> None:
    """Write an archive, without layers that are `known` to who reads it. Raises `HostError`.

    One that need not be `lasting` is not flushed to the disk.
    """
    try:
        with path.open("wb") as file:
            write_archive(file, built.blobs, built.cache.store, names, known)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
    except OSError as error:
        raise refusal("write", path, error) from error
