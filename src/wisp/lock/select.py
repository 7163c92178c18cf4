"""Parts of a lock: one environment on one platform, some of its records."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import LockFileError
from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import identity
from wisp.lock.model import EnvironmentRow, LockedEnvironment, LockFile, LockPlatform
from wisp.platforms import Platform, VirtualPackage, default_virtual_packages
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import PypiOptions, is_editable
from wisp.specs.records import PypiRecord


def locked_environment(
    lock: LockFile,
    name: str,
    platform: str,
    root: Path,
    inputs: EnvironmentInputs | None = None,
) -> LockedEnvironment:
    """Return what is locked for an environment on a platform, by the platform's name.

    `root` is the folder of the lock. `inputs` tell what no lock does: which folders are editable,
    and how packages are built; without them none is, and the lock's indexes are the options. A
    platform without packages gives an environment without records. Raises `LockFileError` if the
    lock does not know the environment.
    """
    environment = lock.environments.get(name)
    if environment is None:
        raise LockFileError(f"the lock file is not up-to-date with requested environment: '{name}'")
    row = next((row for row in lock.platforms if row.name == platform), None)
    if row is None:  # no environment has a package for it
        row = LockPlatform(platform, platform if inputs is None else inputs.platform.subdir)
    return LockedEnvironment(
        name=name,
        platform=declared_platform(row),
        virtual_packages=spelled_virtual_packages(row),
        channels=tuple(channel.url for channel in environment.channels),
        indexes=environment.indexes or (),
        records=environment.packages.get(platform, ()),
        root=root,
        editable=editable_names(inputs) if inputs is not None else frozenset(),
        pypi_options=_locked_options(environment) if inputs is None else inputs.pypi_options,
    )


def editable_names(inputs: EnvironmentInputs) -> frozenset[str]:
    """Return the normalised names of the PyPI folders that the manifest wants in place."""
    return frozenset(one.normalized for one in inputs.pypi_dependencies if is_editable(one.spec))


def _locked_options(environment: EnvironmentRow) -> PypiOptions:
    first, *others = environment.indexes or (DEFAULT_INDEX,)
    return PypiOptions(
        index_url=None if first == DEFAULT_INDEX else first,
        extra_index_urls=tuple(others),
        find_links=environment.find_links,
        prerelease_mode=environment.options.prerelease_mode,
    )


def declared_platform(row: LockPlatform) -> Platform:
    """Return the platform of a row, with what it declares beyond its subdir's defaults."""
    _, special = identity(row.subdir, row.virtual_packages)
    return Platform(row.name, row.subdir, tuple(VirtualPackage.parse(text) for text in special))


def spelled_virtual_packages(row: LockPlatform) -> tuple[str, ...]:
    """Return the virtual packages as the row spells them, the defaults for a bare row."""
    if row.virtual_packages is None:
        return tuple(map(str, default_virtual_packages(row.subdir)))
    return row.virtual_packages


def index_of(record: PypiRecord, environment: EnvironmentRow) -> str:
    """Return the index a PyPI file came from: its own, else the environment's first."""
    if record.index is not None:
        return record.index
    return environment.indexes[0] if environment.indexes else DEFAULT_INDEX
