"""A cache of folders, each named by the digest of what it was made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.forge.layouts import Layout


def made(cache: Path, kind: str, inputs: str, make: Callable[[Path], None]) -> Path:
    """Give the folder that `make` fills from `inputs`, made once.

    It appears under its name only when it is whole, so a killed build leaves nothing behind that
    counts; two processes that want the same folder wait for each other.
    """
    folder = cache / f"{kind}-{hashlib.sha256(inputs.encode()).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / f"{kind}.lock"):
        if not folder.is_dir():
            scratch = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=cache))
            try:
                make(scratch)
                scratch.chmod(0o755)
                scratch.rename(folder)
                _forget_old(cache, kind)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _forget_old(cache: Path, kind: str) -> None:
    """Remove what earlier inputs gave, unless somebody may still be using it."""
    yesterday = time.time() - 24 * 3600
    for folder in cache.glob(f"{kind}-{'[0-9a-f]' * 16}"):
        if folder.stat().st_mtime < yesterday:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def code_digest(*names: str) -> str:
    """Give the digest of files of the forge; without names, of all of them."""
    here = Path(__file__).parent
    files = [here / name for name in names] or sorted([*here.glob("*.py"), *here.glob("*.toml")])
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def interpreter_digest(layout: Layout) -> str:
    """Tell one installed interpreter from another by names, sizes and times, not by content."""
    rows = [repr(layout)]
    for file in [layout.executable, *layout.libraries, *sorted(layout.stdlib.glob("*"))]:
        if file.name in ("site-packages", "dist-packages", "__pycache__") or not file.exists():
            continue
        status = file.stat()
        size = status.st_size if file.is_file() else 0
        rows.append(f"{file.name} {size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
