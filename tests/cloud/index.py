"""Programs and libraries of the package index that tests of this folder use, not wisp itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[2] / ".cache" / "cloud"


def environment_of(*requirements: str, python: str = sys.executable) -> Path:
    """Return the `bin` of an environment with these packages, made once; skip without an index."""
    key = hashlib.sha256("\n".join((python, *requirements)).encode()).hexdigest()[:16]
    folder = CACHE / f"python-{key}"
    done = folder / "done"
    if not done.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        for command in (
            (uv, "venv", "--quiet", "--clear", "--python", python, str(folder)),
            (uv, "pip", "install", "--quiet", "--python", str(folder), *requirements),
        ):
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.skip(f"not to be had: {', '.join(requirements)}: {made.stderr.strip()}")
        done.touch()
    return folder / "bin"
