"""Parts of a lock: one environment on one platform, some of its records."""

from __future__ import annotations

from wisp.errors import LockFileError
from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import identity
from wisp.lock.model import LockedEnvironment, LockEnvironment, LockFile, LockPlatform
from wisp.platforms import Platform, VirtualPackage, default_virtual_packages
from wisp.specs.records import PypiRecord


def locked_environment(lock: LockFile, name: str, platform: str) -> LockedEnvironment:
    """Return what is locked for an environment on a platform, by the platform's name.

    A platform without packages gives an environment without records. Raises `LockFileError` if
    the lock does not know the environment.
    """
    environment = lock.environments.get(name)
    if environment is None:
        raise LockFileError(f"the lock file is not up-to-date with requested environment: '{name}'")
    row = next((row for row in lock.platforms if row.name == platform), None)
    row = row or LockPlatform(platform, platform)
    return LockedEnvironment(
        name=name,
        platform=declared_platform(row),
        virtual_packages=spelled_virtual_packages(row),
        channels=tuple(channel.url for channel in environment.channels),
        indexes=environment.indexes or (),
        records=environment.packages.get(platform, ()),
    )


def declared_platform(row: LockPlatform) -> Platform:
    """Return the platform of a row, with what it promises beyond its subdir's defaults."""
    _, special = identity(row.subdir, row.virtual_packages)
    return Platform(row.name, row.subdir, tuple(VirtualPackage.parse(text) for text in special))


def spelled_virtual_packages(row: LockPlatform) -> tuple[str, ...]:
    """Return the virtual packages as the row spells them, the defaults for a bare row."""
    if row.virtual_packages is None:
        return tuple(map(str, default_virtual_packages(row.subdir)))
    return row.virtual_packages


def index_of(record: PypiRecord, environment: LockEnvironment) -> str:
    """Return the index a PyPI file came from: its own, else the environment's first."""
    if record.index is not None:
        return record.index
    return environment.indexes[0] if environment.indexes else DEFAULT_INDEX
