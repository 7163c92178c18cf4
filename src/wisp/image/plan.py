"""Which package goes into which layer, decided from the lock alone. Pure.

A layer is what registries store, and machines fetch, once. Large conda packages get one each, so
that an upgrade moves only them. Small ones, and all wheels (whose sizes no lock knows), share
buckets chosen by a digest of the name: a package stays in its bucket whatever comes or goes
beside it. Packages of the workspace itself come last, in one layer, since they change most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from wisp.errors import WispError
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.records import PackageKind

#: Engines refuse images of some 127 layers; a few are left for who builds upon ours.
MOST_LAYERS = 120
#: Packed bytes from which a conda package has a layer of its own.
LARGE = 4 << 20
CONDA_BUCKETS = 12
WHEEL_BUCKETS = 24
#: Code, and what describes the environment to the image.
_OWN_LAYERS = 2


class LayerBudgetError(WispError):
    """The base has so many layers that nothing can be put on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePackage:
    """A package as planning sees it.

    `identity` says which build of it this is: a digest, else its location. `size` is in packed
    bytes, 0 where nobody knows it. `local` are folders of the workspace, which change often.
    """

    name: str
    kind: PackageKind
    version: str
    identity: str
    size: int = 0
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLayer:
    """The packages of one layer, by name. `title` says what it is for people."""

    kind: PackageKind
    title: str
    packages: tuple[ImagePackage, ...]


def package_of(record: Record) -> ImagePackage:
    """Return what planning knows of a locked record."""
    if isinstance(record, PypiRecord):
        identity = record.sha256 or record.md5 or record.location
        return ImagePackage(
            name=record.name,
            kind="pypi",
            version=record.version or "",
            identity=identity,
            local=record.version is None,
        )
    if isinstance(record, CondaSourceRecord):
        return ImagePackage(
            name=record.name,
            kind="conda",
            version=record.version or "",
            identity=record.identifier,
        )
    return _conda_package(record)


def _conda_package(record: CondaRecord) -> ImagePackage:
    return ImagePackage(
        name=record.name,
        kind="conda",
        version=record.version,
        identity=record.sha256 or record.md5 or record.location,
        size=record.size or 0,
    )


def plan_layers(packages: Iterable[ImagePackage], *, below: int = 0) -> tuple[PackageLayer, ...]:
    """Part packages into layers, in the order in which they are stacked.

    `below` is the number of layers of the base. Empty buckets make no layer.

    Raises:
        LayerBudgetError: The base leaves too little room.

    """
    rows = sorted(packages, key=lambda one: one.name)
    conda = [one for one in rows if one.kind == "conda"]
    wheels = [one for one in rows if one.kind == "pypi" and not one.local]
    local = [one for one in rows if one.local]
    own = _OWN_LAYERS + min(len(local), 1)
    room = MOST_LAYERS - below - own - CONDA_BUCKETS - WHEEL_BUCKETS
    if room < 0:
        raise LayerBudgetError(
            f"the base image has {below} layers, which leaves too few of {MOST_LAYERS}",
            hints=["choose another base, or flatten it"],
        )
    by_size = sorted(conda, key=lambda one: (-one.size, one.name))
    alone = {one.name for one in by_size[:room] if one.size >= LARGE}
    large = [_alone(one) for one in conda if one.name in alone]
    small = [one for one in conda if one.name not in alone]
    return (
        *large,
        *_buckets("conda", small, CONDA_BUCKETS),
        *_buckets("pypi", wheels, WHEEL_BUCKETS),
        *_buckets("pypi", local, 1),
    )


def _alone(package: ImagePackage) -> PackageLayer:
    return PackageLayer(kind=package.kind, title=package.name, packages=(package,))


def _buckets(kind: PackageKind, packages: Sequence[ImagePackage], count: int) -> list[PackageLayer]:
    buckets: dict[int, list[ImagePackage]] = {}
    for package in packages:
        buckets.setdefault(bucket_of(package.name, count), []).append(package)
    return [
        PackageLayer(kind=kind, title=_title(kind, found), packages=tuple(found))
        for _, found in sorted(buckets.items())
    ]


def bucket_of(name: str, count: int) -> int:
    """Return which of `count` buckets a name always falls into."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % count


def _title(kind: PackageKind, packages: Sequence[ImagePackage]) -> str:
    if len(packages) == 1:
        return packages[0].name
    what = "local packages" if packages[0].local else "wheels" if kind == "pypi" else "packages"
    return f"{len(packages)} {what}"
