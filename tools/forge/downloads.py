"""Wheels from the package index, through pip."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.forge.layouts import ForgeError
from tools.forge.pins import Pin

_PURE_ONLY = ["--platform", "any", "--implementation", "py", "--abi", "none"]


def download(pins: tuple[Pin, ...], minor: str, folder: Path) -> dict[Pin, Path]:
    """Fetch the wheel of each pin into `folder`, where one that lies there is not asked for.

    Raises `ForgeError` with pip's words when it fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [pin for pin in pins if _find(folder, pin) is None]
    for batch in _without_repeated_names(missing):
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as scratch:
            _run_pip(batch, minor, scratch)
            for file in Path(scratch).iterdir():
                file.rename(folder / file.name)
    return {pin: _expect(folder, pin) for pin in pins}


def _run_pip(pins: list[Pin], minor: str, folder: str) -> None:
    pure = [*_PURE_ONLY, "--python-version", minor] if pins[0].pure else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", folder]
    command += [*pure, *[pin.requirement for pin in pins]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ForgeError(f"wheels could not be downloaded:\n{done.stderr.strip()}")


def _without_repeated_names(pins: list[Pin]) -> list[list[Pin]]:
    """Split into batches: pip refuses two versions of a project in one call."""
    batches: dict[tuple[bool, int], list[Pin]] = {}
    seen: dict[str, int] = {}
    for pin in pins:
        seen[pin.name] = seen.get(pin.name, 0) + 1
        batches.setdefault((pin.pure, seen[pin.name]), []).append(pin)
    return list(batches.values())


def _find(folder: Path, pin: Pin) -> Path | None:
    for file in sorted(folder.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(file.name)
        if name == canonicalize_name(pin.name) and str(version) == pin.version:
            return file
    return None


def _expect(folder: Path, pin: Pin) -> Path:
    file = _find(folder, pin)
    if file is None:
        raise ForgeError(f"pip downloaded no wheel for {pin.requirement}")
    return file
