"""Wheels that conda channels list: fetched, and put into the package cache as unpacked packages.

rattler unpacks conda's own archives only, but links whatever lies in its cache under the name and
the SHA-256 of a record. So a wheel is brought there before rattler looks, whole or not at all,
under the lock that rattler itself takes. From there on it is judged and linked like any package.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from wisp.engine.archives import conda_archive
from wisp.engine.files import place_of, refusal
from wisp.engine.gateway import ChannelAccess
from wisp.engine.safe.package_cache import held_entry, holds
from wisp.engine.scratch import scratch_folder
from wisp.engine.trees import remove_tree
from wisp.errors import HostError, InstallError
from wisp.layout import UNVERIFIED_PACKAGES
from wisp.report import DOWNLOADING, Reporter
from wisp.specs.inside import plain_name
from wisp.specs.origins import is_wheel
from wisp.specs.records import CondaRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.settings import CacheFolders

_DIGEST = 32
_REVISION = 8


def bring_wheels(
    records: Iterable[CondaRecord], access: ChannelAccess, reporter: Reporter
) -> frozenset[str]:
    """Bring the wheels among some packages into the cache, unless they are there; name them.

    Raises:
        FetchError: One cannot be had, or does not have its hash.
        InstallError: It is none that conda can link.
        UnsafePathError: A name or a path of it leads elsewhere.
        HostError: The cache cannot be written.

    """
    wheels = [record for record in records if is_wheel(record.location)]
    caches = access.settings.caches
    for record in wheels:
        _require_pure(record)
        if holds(caches, record):
            continue
        token = reporter.start(DOWNLOADING, record.name)
        try:
            _bring(record, caches, access)
        except OSError as error:
            raise refusal("write", place_of(error, caches.conda_packages), error) from error
        finally:
            reporter.finish(token)
        if not holds(caches, record):
            raise HostError(
                f"the wheel of `{record.name}` is in `{caches.conda_packages}` as another user's",
                hints=("keep packages elsewhere: PIXI_CACHE_CONDA_PACKAGES_DIR",),
            )
    return frozenset(record.name for record in wheels)


def _require_pure(record: CondaRecord) -> None:
    """Refuse what no hash vouches for, and what is not for every machine."""
    if record.sha256 is None or record.noarch != "python":
        reason = "nothing vouches for it" if record.sha256 is None else "it is not for any machine"
        raise InstallError(
            f"the wheel of `{record.name}` cannot be installed as a conda package",
            causes=[reason],
            hints=["take it from PyPI, with `wisp add --pypi NAME` in place of the conda package"],
        )


def _bring(record: CondaRecord, caches: CacheFolders, access: ChannelAccess) -> None:
    from wisp.engine.wheel_unpacking import unpack_wheel

    stem = plain_name(f"{record.name}-{record.version}-{record.build}", "a wheel of the channel")
    shared = caches.conda_packages
    patience = access.settings.network.patience
    with scratch_folder(shared, f".{UNVERIFIED_PACKAGES}") as scratch:
        archive = conda_archive(record, scratch, access)
        size = archive.stat().st_size
        made = scratch / stem
        unpack_wheel(archive, made, record, max(patience.largest, patience.growth * size))
        with held_entry(shared, stem) as held:
            if holds(caches, record):  # somebody was quicker
                return
            if (shared / stem).exists():
                remove_tree(shared / stem)
            made.rename(shared / stem)
            _claim(held, record)


def _claim(held: int, record: CondaRecord) -> None:
    """Say, as rattler does, that an entry is another one, and which digest it has."""
    assert record.sha256 is not None
    os.lseek(held, 0, os.SEEK_SET)
    before = int.from_bytes(os.read(held, _REVISION).ljust(_REVISION, b"\0"), "big")
    claim = (before + 1).to_bytes(_REVISION, "big") + bytes.fromhex(record.sha256)
    assert len(claim) == _REVISION + _DIGEST
    os.lseek(held, 0, os.SEEK_SET)
    os.write(held, claim)
    os.ftruncate(held, len(claim))
