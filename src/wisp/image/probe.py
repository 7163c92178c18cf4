"""A program that finds out whether everything in an image loads, run by the Python of the image.

Each module and each library is tried in a process of its own, since a broken one may take all with
it. What it prints is JSON: what failed, and why, by kind and name.

This file is both imported here, as the place of its text, and run there, alone: it uses the
standard library only.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path


def modules() -> Iterator[str]:
    """Name the top-level modules that installed distributions bring."""
    for name, owners in sorted(importlib.metadata.packages_distributions().items()):
        if owners and name.isidentifier() and not name.startswith("_"):
            yield name


def libraries(prefix: str) -> Iterator[str]:
    """List the shared libraries of a prefix, those among Python's modules too."""
    for path in sorted(Path(prefix, "lib").rglob("*.so*")):
        if path.is_file() and not path.is_symlink() and is_elf(path):
            yield str(path)


def is_elf(path: Path) -> bool:
    """Tell whether a file is what a loader may be asked for."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def load(path: str) -> object:
    """Load a library. `ctypes` may be what does not load, so it is imported in the child."""
    return importlib.import_module("ctypes").CDLL(path)


def fault(action: Callable[[], object]) -> str | None:
    """Try something in a child; return why it failed, None if it did not."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        silence()
        try:
            action()
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode()[:2000])
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    if not status:
        return None
    return said or f"ended with status {os.waitstatus_to_exitcode(status)}"


def silence() -> None:
    """Let nothing that is imported write to our streams."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def trials(prefix: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Name what can be tried, and how. Without a `ctypes` that loads no library can be."""
    for name in modules():
        yield f"module {name}", partial(importlib.import_module, name)
    files = list(libraries(prefix))
    ctypes = partial(importlib.import_module, "ctypes")
    if files and fault(ctypes) is not None:
        yield "module ctypes", ctypes
        return
    for path in files:
        yield f"library {path}", partial(load, path)


def main() -> None:
    """Try everything and print what failed."""
    tried = list(trials(sys.prefix))
    found = {name: why for name, action in tried if (why := fault(action)) is not None}
    sys.stdout.write(json.dumps({"tried": len(tried), "failed": found}) + "\n")


if __name__ == "__main__":
    main()
