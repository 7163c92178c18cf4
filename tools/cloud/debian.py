"""Images for Docker to build upon, made on this machine: a Debian, and wisp on it.

No registry is asked: the Debian is debootstrap's, kept in the cache, and wisp is the one of this
checkout.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from wisp.engine.apt_sources import host_mirror

CACHE = Path(__file__).parents[2] / ".cache" / "cloud"
SUITE = "trixie"
#: The Python that Debian's suite has.
PYTHON = "3.13"
BASE, BUILDER = "wisp-test/debian:trixie", "wisp-test/builder:trixie"
#: What the forge's CPython, made for this machine, takes from the system; and a Python for wisp.
_PACKAGES = "ca-certificates,bash,python3,libffi8,libbz2-1.0,liblzma5,libsqlite3-0,libcrypt1"
_LAUNCHER = '#!/bin/sh\nPYTHONPATH=/opt/wisp exec python3 -m wisp "$@"\n'
_REPOSITORY = Path(__file__).parents[2]


class MissingToolError(Exception):
    """Something is not there that this machine would need."""


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a program and return what it printed. Raises `MissingToolError` where it fails."""
    environ = {**os.environ, "DOCKER_BUILDKIT": "0"}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise MissingToolError(f"not installed: {command[0]}") from error
    if done.returncode:
        raise MissingToolError(f"{' '.join(command)} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def rootfs() -> Path:
    """Return an archive of a root file system, made once."""
    archive = CACHE / f"{SUITE}.tar"
    if archive.exists():
        return archive
    mirror = host_mirror()
    if os.geteuid() != 0 or mirror is None:
        raise MissingToolError("debootstrap needs root, and a mirror that apt knows")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wisp-debian-", dir=CACHE) as scratch:
        root = Path(scratch) / "root"
        include = f"--include={_PACKAGES}"
        run("debootstrap", "--variant=minbase", include, SUITE, str(root), mirror)
        for waste in ("var/cache/apt", "var/lib/apt/lists"):
            shutil.rmtree(root / waste, ignore_errors=True)
        run("tar", "-C", str(root), "-cf", str(Path(scratch) / "draft"), ".")
        (Path(scratch) / "draft").replace(archive)
    return archive


def base_image() -> str:
    """Give Docker the Debian; return its name there."""
    run("docker", "import", str(rootfs()), BASE)
    return BASE


def builder_image() -> str:
    """Give Docker a Debian with the wisp of this checkout; return its name there."""
    base = base_image()
    with tempfile.TemporaryDirectory(prefix="wisp-builder-") as scratch:
        context = Path(scratch)
        _install(context / "wisp")
        shutil.rmtree(context / "wheels")
        (context / "launcher").write_text(_LAUNCHER)
        (context / "launcher").chmod(0o755)
        (context / "Dockerfile").write_text(
            f"FROM {base}\nCOPY wisp /opt/wisp\nCOPY launcher /usr/local/bin/wisp\n"
        )
        run("docker", "build", "--quiet", "--tag", BUILDER, scratch)
    return BUILDER


def _install(folder: Path) -> None:
    """Put wisp, and all that it needs, into a folder for Debian's Python."""
    uv = str(Path(sys.executable).with_name("uv"))
    machine = f"{platform.machine()}-unknown-linux-gnu"
    wheels = folder.with_name("wheels")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", str(wheels), str(_REPOSITORY))
    (wheel,) = wheels.glob("*.whl")
    target = ("--target", str(folder), "--python-version", PYTHON, "--python-platform", machine)
    run(uv, "pip", "install", "--quiet", *target, "--only-binary", ":all:", str(wheel))
