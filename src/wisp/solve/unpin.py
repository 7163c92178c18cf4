"""Letting go of locked versions: a lock without some of its packages, for some environments."""

from __future__ import annotations

from collections.abc import Collection

from wisp.errors import LockFileError
from wisp.lock.model import LockFile, Pair
from wisp.solve.plan import STALE, Staleness
from wisp.specs.pypi import normalize
from wisp.specs.records import PypiRecord, Record
from wisp.specs.similarity import did_you_mean
from wisp.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Unpin:
    """Packages whose locked versions are let go of, and the environments where.

    With `everything` they are let go of in all environments, and all of these are solved anew.
    """

    packages: tuple[str, ...]
    environments: frozenset[str] = frozenset()
    everything: bool = False

    def of(self, lock: LockFile) -> LockFile:
        """Return a lock without these packages."""
        pairs = [
            (name, platform)
            for name in self.environments & lock.environments.keys()
            for platform in lock.environments[name].packages
        ]
        return unpinned(lock, pairs, self.packages)


def unpinned(lock: LockFile, pairs: Collection[Pair], names: Collection[str] = ()) -> LockFile:
    """Return a lock that holds on to nothing of the named packages, or to nothing at all.

    Only the given environments and platforms are loosened. PyPI names count in any spelling.
    """
    wanted = {normalize(name) for name in names}
    environments = dict(lock.environments)
    for name, environment in lock.environments.items():
        packages = {
            platform: tuple(r for r in records if wanted and not _is_named(r, wanted))
            if (name, platform) in pairs
            else records
            for platform, records in environment.packages.items()
        }
        environments[name] = replace(environment, packages=packages)
    return replace(lock, environments=environments)


def stale_without(released: LockFile, lock: LockFile) -> dict[Pair, Staleness]:
    """Tell what has to be solved since a lock was let go of in part, though it may have fitted."""
    stale: dict[Pair, Staleness] = {}
    for name, environment in lock.environments.items():
        for platform, records in environment.packages.items():
            kept = released.environments[name].packages[platform]
            gone = [record for record in records if record not in kept]
            if gone:
                only_pypi = all(isinstance(record, PypiRecord) for record in gone)
                stale[name, platform] = Staleness(pypi=True) if only_pypi else STALE
    return stale


def require_locked(lock: LockFile, pairs: Collection[Pair], names: Collection[str]) -> None:
    """Make sure that every name is locked somewhere among the environments and platforms.

    Raises `LockFileError` with the nearest names that are.
    """
    known = {
        record.name: None
        for name, environment in lock.environments.items()
        for platform, records in environment.packages.items()
        if (name, platform) in pairs
        for record in records
    }
    meant = {normalize(name) for name in known}
    for name in names:
        if normalize(name) not in meant:
            raise LockFileError(
                f"could not find a package named '{name}'", hints=did_you_mean(name, known)
            )


def _is_named(record: Record, wanted: Collection[str]) -> bool:
    return normalize(record.name) in wanted
