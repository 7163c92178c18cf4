"""An interpreter that only says what it is, so that uv installs wheels for a machine elsewhere.

uv asks the interpreter of a prefix for its version, platform and folders, and then needs it no
more to put wheels there. A Python of another platform cannot be asked, and one that has been put
aside would tell the folder it lies in instead of the one it is meant for. So uv is given a script
that answers for it. The fields are those of the uv that wisp pins.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from wisp.errors import InstallError
from wisp.values import dataclass

#: The architecture of a subdir, as Python calls it.
MACHINES = {
    "linux-32": "i686",
    "linux-64": "x86_64",
    "linux-aarch64": "aarch64",
    "linux-ppc64le": "ppc64le",
    "linux-riscv64": "riscv64",
    "linux-s390x": "s390x",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonDescription:
    """What is said of a CPython in a prefix on Linux.

    `folder` is where files are put, `place` the path of the prefix once it is where it belongs.
    `site_packages` is relative to the prefix. `glibc` is (major, minor).
    """

    version: str
    subdir: str
    folder: Path
    place: str
    site_packages: str
    glibc: tuple[int, int]
    free_threaded: bool = False

    @property
    def minor(self) -> str:
        """The version as far as folders name it, e.g. `3.12`."""
        return ".".join(self.version.split(".")[:2])


def write_described_python(python: PythonDescription, script: Path) -> None:
    """Write the script that answers for an interpreter.

    Raises:
        InstallError: Nobody knows how Python calls that machine.

    """
    answer = shlex.quote(json.dumps(_answer(python)))
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\nprintf '%s\\n' {answer}\n", encoding="utf-8")
    script.chmod(0o755)


def _answer(python: PythonDescription) -> dict[str, object]:
    machine = MACHINES.get(python.subdir)
    if machine is None:
        raise InstallError(f"wheels cannot be installed for '{python.subdir}' from elsewhere")
    folder, minor = python.folder, python.minor
    site = str(folder / python.site_packages)
    program = f"{python.place}/bin/python"
    relative = {"purelib": python.site_packages, "platlib": python.site_packages}
    return {
        "result": "success",
        "markers": _markers(python, machine),
        "sys_base_prefix": str(folder),
        "sys_base_exec_prefix": str(folder),
        "sys_prefix": str(folder),
        "sys_base_executable": program,
        "sys_executable": program,
        "sys_path": [site],
        "site_packages": [site],
        "stdlib": str(folder / "lib" / f"python{minor}"),
        "extension_suffixes": [".so"],
        "standalone": False,
        "scheme": {
            "platlib": site,
            "purelib": site,
            "include": str(folder / "include" / f"python{minor}"),
            "scripts": str(folder / "bin"),
            "data": str(folder),
        },
        "virtualenv": {
            **relative,
            "include": f"include/site/python{minor}",
            "scripts": "bin",
            "data": "",
        },
        "os": {"name": "manylinux", "major": python.glibc[0], "minor": python.glibc[1]},
        "arch": machine,
        "cpu_info": {"unavailable": "another machine"},
        "manylinux_compatible": True,
        "gil_disabled": python.free_threaded,
        "debug_enabled": False,
        "pointer_size": "32" if python.subdir == "linux-32" else "64",
    }


def _markers(python: PythonDescription, machine: str) -> dict[str, str]:
    return {
        "implementation_name": "cpython",
        "implementation_version": python.version,
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": python.version,
        "python_version": python.minor,
        "sys_platform": "linux",
    }
