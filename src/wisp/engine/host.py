"""What this machine is: its subdir and the virtual packages it provides."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.engine.borrowed import borrowed
from wisp.platforms import SUBDIRS, VirtualPackage

_OVERRIDE = "CONDA_OVERRIDE_"
OVERRIDE_SUBDIR = "PIXI_OVERRIDE_PLATFORM"

_FAMILIES = {"linux": "linux", "darwin": "osx", "win32": "win", "emscripten": "emscripten"}
_MACHINES = {
    "x86_64": "64",
    "amd64": "64",
    "i386": "32",
    "i686": "32",
    "arm64": "aarch64",
    "armv8l": "armv7l",
}


def detected_subdir() -> str:
    """Return conda's name of this machine's operating system and architecture."""
    family = _FAMILIES.get(sys.platform, sys.platform)
    machine = _machine().lower()
    arch = _MACHINES.get(machine, machine)
    if family in {"osx", "win"} and arch == "aarch64":
        arch = "arm64"
    return f"{family}-{arch}"


def _machine() -> str:
    if hasattr(os, "uname"):
        return os.uname().machine
    import platform

    return platform.machine()


def subdir(environ: Mapping[str, str]) -> str:
    """Return the subdir to act as: `PIXI_OVERRIDE_PLATFORM` where it is one, else this machine's.

    An invalid override is ignored (`invalid_override` tells of it).
    """
    wanted = environ.get(OVERRIDE_SUBDIR, "")
    return wanted if wanted in SUBDIRS else detected_subdir()


def invalid_override(environ: Mapping[str, str]) -> str | None:
    """Return the value of `PIXI_OVERRIDE_PLATFORM` if it names no known platform."""
    wanted = environ.get(OVERRIDE_SUBDIR, "")
    return wanted if wanted and wanted not in SUBDIRS else None


def virtual_packages(
    environ: Mapping[str, str], ignored: Callable[[str, str], None] = lambda _name, _reason: None
) -> tuple[VirtualPackage, ...]:
    """Detect what this machine provides, `CONDA_OVERRIDE_*` of `environ` applied.

    An override replaces what was detected, an empty one removes it, and one that cannot be read is
    left out: `ignored` hears its name and the reason. A build that conda fills with `0` is kept, as
    `info` shows it.
    """
    overrides = {name: value for name, value in environ.items() if name.startswith(_OVERRIDE)}
    try:
        return _detected(overrides)
    except _MalformedError:
        pass  # it does not say which
    for name in sorted(overrides):
        try:
            _detected({name: overrides[name]})
        except _MalformedError as error:
            del overrides[name]
            ignored(name, str(error))
    return _detected(overrides)


class _MalformedError(Exception):
    """An override that rattler cannot read."""


def _detected(overrides: Mapping[str, str]) -> tuple[VirtualPackage, ...]:
    """Detect with these overrides and no others. Raises `_MalformedError` if one is."""
    # The native classes: their wrappers load forty modules of rattler.
    from rattler.rattler import (
        DetectVirtualPackageError,
        PyVirtualPackage,
        PyVirtualPackageOverrides,
    )

    names = {*overrides, *(name for name in os.environ if name.startswith(_OVERRIDE))}
    try:
        with borrowed(names, overrides):
            found = PyVirtualPackage.detect(PyVirtualPackageOverrides.from_env())
    except DetectVirtualPackageError as error:
        raise _MalformedError(str(error)) from None
    generic = [package.as_generic() for package in found]
    return tuple(
        VirtualPackage(row.name.normalized, row.version.as_str(), str(row.build_string))
        for row in generic
    )


_REMOTE_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "beegfs", "gpfs", "afs", "9p", "glusterfs"}
    | {"ceph", "fuse.sshfs", "fuse.glusterfs", "panfs", "orangefs", "wekafs"}
)


def is_remote(path: Path) -> bool:
    """Tell whether a path, or the nearest folder that exists, lies on a network file system.

    Only Linux is asked (`/proc/self/mounts`); elsewhere the answer is no.
    """
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    where = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind in _REMOTE_KINDS
