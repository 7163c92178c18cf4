"""A package index of many small generated wheels, for benchmarks of resolution."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tools.forge import simple, store
from tools.forge.pins import Pin
from tools.forge.projects import tiny_wheel

VERSIONS = ("1.0", "1.1", "2.0")


def bazaar(cache: Path, projects: int = 180) -> Path:
    """Make an index whose project `bazaar` needs the newest of all the others.

    Gives the folder to serve; the index is its folder `simple`.
    """

    def make(folder: Path) -> None:
        simple.write_index(folder / "simple", _wheels(folder / "wheels", projects))

    code = store.code_digest("bazaar.py", "projects.py", "simple.py")
    return store.made(cache, f"bazaar-{projects}", code, make)


def _wheels(folder: Path, projects: int) -> Iterator[tuple[Pin, Path]]:
    chance = random.Random(projects)
    names = [f"bazaar-{number:03}" for number in range(projects - 1)]
    for number, name in enumerate(names):
        needs = chance.sample(names[:number], min(number, chance.randint(0, 5)))
        for version in VERSIONS:
            yield tiny_wheel(folder, name, version, [f"{other} >=1.0" for other in needs])
    yield tiny_wheel(folder, "bazaar", "1.0", names)
