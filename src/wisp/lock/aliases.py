"""Names of platforms on disk: rich platforms are written as `p1`, `p2`, ... and read back.

A rich platform is one that declares more than its subdir has. Its alias says only where it
stands among the rich platforms of the workspace, so a lock survives a renaming in the manifest:
on load a row gets the name of the platform that declares the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.model import LOCK_VERSION, LockFile, LockPlatform
from wisp.platforms import Platform, default_virtual_packages
from wisp.values import replace

#: Subdir and, sorted, the virtual packages that are not the subdir's defaults.
Identity = tuple[str, tuple[str, ...]]


def identity(subdir: str, virtual_packages: Iterable[str] | None) -> Identity:
    """Return what makes a platform that platform, whatever its name."""
    defaults = {str(package) for package in default_virtual_packages(subdir)}
    return subdir, tuple(sorted(p for p in virtual_packages or () if p not in defaults))


def identity_of(platform: Platform) -> Identity:
    """Return the identity of a platform of a manifest."""
    return identity(platform.subdir, map(str, platform.virtual_packages()))


def names_on_load(rows: Sequence[LockPlatform], platforms: Sequence[Platform]) -> Mapping[str, str]:
    """Map names of locked rows to names of the manifest's platforms, only where they differ.

    A row keeps its name when the manifest knows that name, when the identity is ambiguous, or
    when another row has the wanted name already.
    """
    known = {platform.name for platform in platforms}
    taken = {row.name for row in rows}
    wanted: dict[Identity, list[str]] = {}
    for platform in platforms:
        wanted.setdefault(identity_of(platform), []).append(platform.name)
    identities = {row.name: identity(row.subdir, row.virtual_packages) for row in rows}
    counts = Counter(identities.values())
    renames: dict[str, str] = {}
    for row in rows:
        names = wanted.get(identities[row.name], [])
        unambiguous = len(names) == 1 and counts[identities[row.name]] == 1
        if row.name not in known and unambiguous and names[0] not in taken:
            renames[row.name] = names[0]
    return renames


def adopt_platforms(lock: LockFile, platforms: Mapping[str, Sequence[Platform]]) -> LockFile:
    """Rename platforms that a lock knows by their subdir only to those of each environment.

    Locks before version 7 and bare rows say nothing of virtual packages: in an environment
    whose one platform of that subdir is a rich one, they mean that one. `platforms` maps
    environments to their platforms.
    """
    rows = {row.name: row for row in lock.platforms}
    environments = dict(lock.environments)
    for name, environment in lock.environments.items():
        renames = {
            row.name: platform
            for row in lock.platforms
            if row.name in environment.packages
            and (platform := _adopter(lock.version, row, platforms.get(name, ())))
        }
        if not renames:
            continue
        packages = {
            renames[old].name if old in renames else old: records
            for old, records in environment.packages.items()
        }
        environments[name] = replace(environment, packages=packages)
        for old, platform in renames.items():
            declared = rows[old].virtual_packages and map(str, platform.virtual_packages())
            rows[platform.name] = LockPlatform(
                platform.name, platform.subdir, tuple(declared) if declared else None
            )
    return replace(lock, platforms=tuple(rows.values()), environments=environments)


def _adopter(version: int, row: LockPlatform, platforms: Sequence[Platform]) -> Platform | None:
    """Return the platform that a row of a subdir means, None if it means what it says."""
    says_nothing = version < LOCK_VERSION or row.virtual_packages is None
    if not says_nothing or any(platform.name == row.name for platform in platforms):
        return None
    return next((platform for platform in platforms if platform.subdir == row.subdir), None)


def names_on_disk(rich: Sequence[str]) -> Mapping[str, str]:
    """Map the names of the workspace's rich platforms, in its order, to their aliases."""
    return {name: f"p{number}" for number, name in enumerate(rich, 1)}


def rich_names(platforms: Sequence[Platform]) -> tuple[str, ...]:
    """Return the names of the platforms that are written under an alias, in order."""
    return tuple(platform.name for platform in platforms if not platform.is_bare)
