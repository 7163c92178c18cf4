"""How a CPython lies on disk: the layouts that can be repackaged, and a refusal for the others."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

SUBDIRS = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}

#: What native packages ask of the system, by the first word of the platform. The interpreter
#: repackaged here was linked against this machine's glibc; its record still asks for the floor
#: that conda's own builds ask for, because it must be solvable for the default virtual packages of
#: a platform, and it never leaves this machine.
SYSTEM_FLOORS = {"linux": ("__glibc >=2.17,<3.0.a0",), "osx": ("__osx >=11.0",), "win": ()}


class ForgeError(Exception):
    """The forge cannot do what was asked, and says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of an installed CPython.

    `kind` is `prefix` (everything below one folder of its own, as pyenv, python-build-standalone
    and a plain `make install` lay it) or `debian` (spread over `/usr`, with patches that look for
    `dist-packages`).
    """

    kind: str
    version: str
    subdir: str
    prefix: Path
    executable: Path
    stdlib: Path
    libraries: tuple[Path, ...]

    @property
    def minor(self) -> str:
        """Major and minor version, as in `3.12`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def tag(self) -> str:
        """Short tag of the binary interface, as in `cp312`."""
        return "cp" + self.minor.replace(".", "")


def running() -> Layout:
    """Describe the interpreter that runs this; raises `ForgeError` for an unknown layout."""
    if sys.platform != "linux" or sys.implementation.name != "cpython":
        raise ForgeError("only a CPython on Linux can be repackaged")
    machine = platform.machine()
    if machine not in SUBDIRS:
        raise ForgeError(f"no conda platform is known for the machine {machine!r}")
    return recognise(Path(sys.base_prefix), platform.python_version(), SUBDIRS[machine])


def recognise(prefix: Path, version: str, subdir: str) -> Layout:
    """Find the parts of CPython `version` below `prefix`, or refuse with what is missing."""
    minor = ".".join(version.split(".")[:2])
    name = f"python{minor}"
    executable = prefix / "bin" / name
    stdlib = prefix / "lib" / name
    for needed in (executable, stdlib / "os.py"):
        if not needed.exists():
            raise ForgeError(
                f"{prefix} is no layout the forge knows (pyenv, python-build-standalone, "
                f"Debian): {needed} does not exist"
            )
    debian = (prefix / "lib/python3/dist-packages").is_dir() and prefix == Path("/usr")
    libraries = () if debian else tuple(sorted((prefix / "lib").glob("libpython*.so*")))
    return Layout(
        "debian" if debian else "prefix", version, subdir, prefix, executable, stdlib, libraries
    )
