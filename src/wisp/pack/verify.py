"""The packages of a received pack, each compared with what the pack itself says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from wisp.pack.archive import ReceivedPack
from wisp.pack.channel import by_name, read_repodata
from wisp.pack.contents import (
    CHANNEL,
    METADATA,
    REPODATA,
    WHEELS,
    PackError,
    PackMetadata,
    read_metadata,
)
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPackages:
    """What a pack holds, as records located at its files."""

    metadata: PackMetadata
    conda: tuple[CondaRecord, ...]
    pypi: tuple[PypiRecord, ...]


def verified(pack: ReceivedPack) -> PackedPackages:
    """Return the packages of a pack, all of which are what it says.

    Raises:
        PackError: A file is missing, is not described, or has another digest.

    """
    metadata = read_metadata(pack.text(METADATA))
    return PackedPackages(
        metadata=metadata,
        conda=tuple(by_name(_conda(pack)).values()),
        pypi=tuple(_wheels(pack, metadata.wheels).values()),
    )


def _conda(pack: ReceivedPack) -> list[CondaRecord]:
    found: list[CondaRecord] = []
    described: set[str] = set()
    for place in sorted(pack.digests):
        folder, _, name = place.rpartition("/")
        if folder.startswith(f"{CHANNEL}/") and name == REPODATA:
            described.add(place)
            subdir = folder.partition("/")[2]
            for record in read_repodata(pack.text(place), pack.folder / folder, subdir):
                file = f"{folder}/{Path(record.location).name}"
                _compare(pack, file, record)
                described.add(file)
                found.append(record)
    for place in sorted(pack.digests):
        if place.startswith(f"{CHANNEL}/") and place not in described:
            raise PackError(f"the pack has `{place}`, of which its repodata says nothing")
    return found


def _compare(pack: ReceivedPack, place: str, record: CondaRecord) -> None:
    found = pack.digests.get(place)
    if found is None:
        raise PackError(f"the pack lacks `{place}`, which its repodata names")
    if record.sha256 is not None:
        if found != record.sha256.lower():
            raise _other(place, record.sha256, found)
        return
    if record.md5 is None:
        raise PackError(f"nothing in the pack says which digest `{place}` has")
    with (pack.folder / place).open("rb") as file:
        md5 = hashlib.file_digest(file, "md5").hexdigest()
    if md5 != record.md5.lower():
        raise _other(place, record.md5, md5)


def _wheels(pack: ReceivedPack, digests: Mapping[str, str]) -> dict[str, PypiRecord]:
    found: dict[str, PypiRecord] = {}
    for place in sorted(pack.digests):
        if not place.startswith(f"{WHEELS}/"):
            continue
        file = place.partition("/")[2]
        # Packs of other makers say nothing of wheels: then the files' own RECORD has to do.
        if digests and digests.get(file) != pack.digests[place]:
            raise _other(place, digests.get(file, "none"), pack.digests[place])
        try:
            name, version, _, _ = parse_wheel_filename(file)
        except InvalidWheelFilename as error:
            raise PackError(f"the pack has `{place}`, which is no wheel") from error
        if name in found:
            raise PackError(f"the pack has two wheels of `{name}`")
        found[normalize(name)] = PypiRecord(
            location=str(pack.folder / place),
            name=normalize(name),
            version=str(version),
            sha256=pack.digests[place],
        )
    for file in digests:
        if f"{WHEELS}/{file}" not in pack.digests:
            raise PackError(f"the pack lacks the wheel `{file}`")
    return found


def _other(place: str, wanted: str, found: str) -> PackError:
    return PackError(
        f"`{place}` of the pack does not have the digest that the pack names",
        causes=[f"expected {wanted}, found {found}"],
        hints=["the pack was damaged or changed on its way: fetch it again"],
    )
