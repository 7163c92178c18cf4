"""What a prefix remembers of itself: marker, fingerprint, and whether they still hold.

The files and formulas are Pixi's, so that either tool trusts what the other has installed:

- `conda-meta/pixi` (JSON) says which environment this is and carries the hash of the locked
  content, which `run` compares.
- `conda-meta/.pixi-environment-fingerprint` holds 16 characters: the fingerprint of the conda
  packages, or `pixi:installing!` while somebody is at work. It is also the lock between
  processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from wisp import layout
from wisp.compat import DEFAULT
from wisp.errors import InstallError
from wisp.install.marker import read_marker
from wisp.lock.model import LockedEnvironment
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record
from wisp.trust import found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The hash in the marker after an installation that left something out on purpose.
INVALID_HASH = "invalid-hash"

HISTORY = "// not relevant for pixi but for `conda run -p`"

_SEPARATOR = b"\xff"
_DIGEST_SIZES = {"sha256": 32, "md5": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The content of `conda-meta/pixi`.

    `requirements` are the specs of virtual packages that the installed packages depend on.
    """

    manifest_path: Path
    environment: str
    lock_hash: str
    subdir: str
    virtual_packages: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    pixi_version: str = DEFAULT

    def text(self) -> str:
        """Write it as Pixi does: indented JSON without a final newline."""
        import json

        minimum: dict[str, Any] = {"subdir": self.subdir}
        if self.requirements:
            minimum["requirements"] = list(self.requirements)
        resolved: dict[str, Any] = {"subdir": self.subdir}
        if self.virtual_packages:
            resolved["virtual_packages"] = list(self.virtual_packages)
        document = {
            "manifest_path": str(self.manifest_path),
            "environment_name": self.environment,
            "pixi_version": self.pixi_version,
            "environment_lock_file_hash": self.lock_hash,
            "resolved_platform": resolved,
            "minimum_supported_platform": minimum,
        }
        return json.dumps(document, indent=2, ensure_ascii=False)


def marker_of(
    locked: LockedEnvironment, manifest_path: Path, release: str = DEFAULT, *, complete: bool = True
) -> Marker:
    """Describe a prefix that holds a locked environment, or a deliberate part of it.

    `release` is that of Pixi which the marker shall tell.
    """
    return Marker(
        manifest_path=manifest_path,
        environment=locked.name,
        lock_hash=lock_hash(locked) if complete else INVALID_HASH,
        subdir=locked.platform.subdir,
        virtual_packages=locked.virtual_packages,
        requirements=virtual_requirements(locked.records),
        pixi_version=release,
    )


def virtual_requirements(records: Iterable[Record]) -> tuple[str, ...]:
    """Collect the specs of virtual packages among the dependencies, sorted."""
    conda = (row for row in records if isinstance(row, (CondaRecord, CondaSourceRecord)))
    return tuple(sorted({spec for row in conda for spec in row.depends if spec.startswith("__")}))


def lock_hash(locked: LockedEnvironment) -> str:
    """Digest the locked content: locations and hashes in lock order, subdir, virtual packages.

    The answer is hex without leading zeros, as Pixi writes it into the marker.
    """
    import xxhash

    digest = xxhash.xxh3_64()
    for record in locked.records:
        digest.update(_location(record).encode() + _SEPARATOR)
        for name, size in _DIGEST_SIZES.items():
            value = getattr(record, name, None)
            if value:
                digest.update(size.to_bytes(8, "little") + bytes.fromhex(value))
                break
    digest.update(locked.platform.subdir.encode() + _SEPARATOR)
    for package in sorted(locked.virtual_packages):
        digest.update(package.encode() + _SEPARATOR)
    return f"{digest.intdigest():x}"


def _location(record: Record) -> str:
    return record.identifier if isinstance(record, CondaSourceRecord) else record.location


def fingerprint(records: Iterable[CondaRecord]) -> str:
    """Digest names and SHA-256 of conda packages, sorted by name: 16 hex digits."""
    import xxhash

    digest = xxhash.xxh3_64()
    for record in sorted(records, key=lambda row: row.name):
        digest.update(record.name.encode() + _SEPARATOR)
        if record.sha256:
            digest.update((32).to_bytes(8, "little") + bytes.fromhex(record.sha256))
        else:
            digest.update(b"\0")
    return f"{digest.intdigest():016x}"


def fingerprint_file(prefix: Path) -> Path:
    """Return the path of the fingerprint, which is also the lock of the prefix."""
    return prefix / layout.CONDA_META / layout.PREFIX_FINGERPRINT


def read_fingerprint(prefix: Path) -> str:
    """Return what the fingerprint file says: empty, 16 hex digits, or `pixi:installing!`."""
    try:
        return found_text(fingerprint_file(prefix), encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def installed_subdir(prefix: Path) -> str | None:
    """Return the subdir that a prefix says it was made for; None where there is none."""
    resolved = read_marker(prefix).get("resolved_platform")
    return str(resolved["subdir"]) if isinstance(resolved, dict) and "subdir" in resolved else None


def is_moved(prefix: Path) -> bool:
    """Tell whether a prefix was made at another path: its files hold that path."""
    meta = prefix / layout.CONDA_META
    try:
        made_at = found_text(meta / layout.PREFIX_PATH_FILE)
    except (OSError, ValueError):
        return False
    if made_at == os.fspath(meta):
        return False
    try:
        return not meta.samefile(made_at)
    except (OSError, ValueError):
        return True


def quick_check(prefix: Path, wanted_hash: str) -> bool:
    """Tell whether a prefix holds the locked content, by its marker alone (for `run`).

    A prefix in which somebody was interrupted, or that was moved, does not, whatever its marker
    says.
    """
    if read_fingerprint(prefix) == layout.INSTALLING or is_moved(prefix):
        return False
    return read_marker(prefix).get("environment_lock_file_hash") == wanted_hash


def needs_full_check(records: Iterable[Record]) -> bool:
    """Tell whether the hash proves too little: local folders and sources change in place."""
    return any(
        isinstance(row, CondaSourceRecord) or (isinstance(row, PypiRecord) and row.version is None)
        for row in records
    )


def installable(
    records: Iterable[Record],
) -> tuple[tuple[CondaRecord, ...], tuple[PypiRecord, ...]]:
    """Split locked records into conda and PyPI packages.

    Raises:
        InstallError: A package has to be built from sources, which needs a build back-end.

    """
    rows = tuple(records)
    sources = [row.name for row in rows if isinstance(row, CondaSourceRecord)]
    if sources:
        names = ", ".join(f"`{name}`" for name in sources)
        raise InstallError(f"packages that have to be built cannot be installed yet: {names}")
    conda = tuple(row for row in rows if isinstance(row, CondaRecord))
    pypi = tuple(row for row in rows if isinstance(row, PypiRecord))
    return conda, pypi
