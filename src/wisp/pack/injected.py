"""Package files that somebody names, described as a lock would."""

from __future__ import annotations

import hashlib
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from wisp.engine.archives import conda_index
from wisp.engine.dist_metadata import wheel_metadata
from wisp.engine.files import refusal
from wisp.engine.local_metadata import core_metadata
from wisp.engine.records import from_row
from wisp.foreign import json_data
from wisp.pack.channel import is_archive
from wisp.pack.contents import PackError
from wisp.platforms import Platform
from wisp.specs.inside import is_plain_name
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.specs.wheels import supported_tags, wheel_rank

_WHEEL = ".whl"


def described(path: Path, platform: Platform, python: str | None) -> Record:
    """Describe a conda package or a wheel that is to go into a pack for a platform.

    Raises:
        PackError: It is neither, or for another platform or Python.
        HostError: It cannot be read.

    """
    try:
        content = path.read_bytes()
        if path.name.endswith(_WHEEL):
            return _wheel(path, content, platform, python)
        if is_archive(path.name) and is_plain_name(path.name):
            return _conda(path, content, platform.subdir)
    except OSError as error:
        raise refusal("read", path, error) from error
    raise PackError(
        f"`{path}` is neither a conda package nor a wheel",
        hints=["packages end in `.conda`, `.tar.bz2` or `.whl`"],
    )


def _conda(path: Path, content: bytes, subdir: str) -> CondaRecord:
    try:
        row = json_data(conda_index(path) or b"")
        record = from_row(
            {
                **row,
                "url": path.absolute().as_uri(),
                "fn": path.name,
                "channel": None,
                "sha256": hashlib.sha256(content).hexdigest(),
                "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
                "size": len(content),
            }
        )
    except Exception as error:  # whatever rattler says of an archive that is none
        raise PackError(f"`{path}` is no conda package", causes=[str(error)]) from error
    if record.subdir not in (subdir, "noarch"):
        raise PackError(f"`{path}` is for '{record.subdir}', not for '{subdir}'")
    return record


def _wheel(path: Path, content: bytes, platform: Platform, python: str | None) -> PypiRecord:
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise PackError(f"`{path}` is no wheel", causes=[str(error)]) from error
    if python is not None and wheel_rank(path.name, supported_tags(platform, python)) is None:
        raise PackError(f"`{path}` is not for Python {python} on '{platform.name}'")
    with path.open("rb") as stream:
        metadata = core_metadata(wheel_metadata(path.name, stream), f"`{path}`")
    return PypiRecord(
        location=str(path.absolute()),
        name=normalize(name),
        version=str(version),
        sha256=hashlib.sha256(content).hexdigest(),
        requires_dist=metadata.requires_dist,
        requires_python=metadata.requires_python,
    )
