"""Which versions are locked for a requirement, wherever it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wisp.lock.model import LockFile
from wisp.manifest.model import Environment
from wisp.platforms import Platform, selects
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord


def locked_versions(
    lock: LockFile,
    environments: Iterable[Environment],
    name: str,
    *,
    is_pypi: bool,
    targets: Collection[str] = (),
) -> list[str]:
    """Return the versions of a package in environments, on platforms that a target selects.

    Without targets all platforms count. Packages without a version, as folders, are left out.
    """
    kinds = (PypiRecord,) if is_pypi else (CondaRecord, CondaSourceRecord)
    subdirs = {row.name: row.subdir for row in lock.platforms}

    def counts(platform: str) -> bool:
        row = Platform(platform, subdirs.get(platform, platform))
        return not targets or any(selects(target, row) for target in targets)

    rows = [lock.environments[one.name] for one in environments if one.name in lock.environments]
    return [
        record.version
        for row in rows
        for platform, records in row.packages.items()
        if counts(platform)
        for record in records
        if isinstance(record, kinds) and record.version is not None
        if normalize(record.name) == normalize(name)
    ]
