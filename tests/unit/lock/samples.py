"""Small locks that several tests build upon."""

from __future__ import annotations

import dataclasses

from wisp.lock.model import EnvironmentRow, LockChannel, LockFile, LockPlatform
from wisp.platforms import bare
from wisp.specs.records import CondaRecord, PypiRecord, Record, RunExports

CHANNEL = "https://example.org/conda"
LINUX = LockPlatform("linux-64", "linux-64", tuple(map(str, bare("linux-64").virtual_packages())))


def conda(name: str, version: str = "1.0", build: str = "0", *depends: str) -> CondaRecord:
    """A package of the channel, with nothing that a lock would have to spell out."""
    return CondaRecord(
        location=f"{CHANNEL}/linux-64/{name}-{version}-{build}.conda",
        name=name,
        version=version,
        build=build,
        build_number=int(build) if build.isdecimal() else 0,
        subdir="linux-64",
        channel=CHANNEL,
        depends=depends,
        purls=(),
        run_exports=RunExports(),
    )


def wheel(name: str, version: str = "1.0", *requires: str) -> PypiRecord:
    """A pure wheel of an index."""
    return PypiRecord(
        location=f"https://files.example.org/{name}-{version}-py3-none-any.whl",
        name=name,
        version=version,
        sha256="ab" * 32,
        requires_dist=requires,
    )


def lock_of(*records: Record, indexes: tuple[str, ...] | None = None) -> LockFile:
    """A lock whose one environment has these records on linux-64."""
    environment = EnvironmentRow(
        name="default",
        channels=(LockChannel(f"{CHANNEL}/"),),
        indexes=indexes,
        packages={"linux-64": records} if records else {},
    )
    return LockFile(platforms=(LINUX,), environments={"default": environment})


#: Two states of one lock: a package updated, one removed, one added, a wheel updated.
OLD = (conda("python", "3.12.13", "1"), conda("gone", "1.0"), wheel("attrs", "24.0"))
NEW = (conda("python", "3.14.7", "100"), conda("added", "2.0"), wheel("attrs", "25.0"))


def on_two_platforms(first: tuple[Record, ...], second: tuple[Record, ...]) -> LockFile:
    """Return a lock whose default environment has some packages on Linux, others on macOS."""
    lock = lock_of()
    environment = dataclasses.replace(
        lock.environments["default"], packages={"linux-64": first, "osx-arm64": second}
    )
    return dataclasses.replace(lock, environments={"default": environment})
