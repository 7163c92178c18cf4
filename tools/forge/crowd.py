"""Large channels for benchmarks and for interrupted installs: many tiny packages, deep graphs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tools.forge import store
from tools.forge.archive import Json, Package, text
from tools.forge.channel import packed, write_channel, write_repodata
from tools.forge.handmade import SUBDIRS

#: Every solution of the maze has this many packages.
MAZE_SIZE = 448
_MAZE_VERSIONS = 50
_CODE = ("archive.py", "channel.py", "crowd.py")


def crowd(cache: Path, packages: int = 300, files: int = 20) -> Path:
    """Make a channel of tiny packages; `crowd` depends on them all. Gives its folder."""

    def make(folder: Path) -> None:
        members = list(_members(packages, files))
        depends = tuple(sorted(member.name for member in members))
        whole = Package(name="crowd", version="1.0", noarch="generic", depends=depends)
        write_channel(folder, map(packed, [*members, whole]), SUBDIRS)

    inputs = f"{store.code_digest(*_CODE)} {packages} {files}"
    return store.made(cache, f"crowd-{packages}-{files}", inputs, make)


def _members(packages: int, files: int) -> Iterator[Package]:
    for number in range(packages):
        name = f"crowd-{number:03}"
        entries = tuple(
            text(f"share/{name}/{file:02}.txt", f"{name} {file}\n" * (file + 1))
            for file in range(files)
        )
        yield Package(name=name, version="1.0", noarch="generic", files=entries)


def maze(cache: Path) -> Path:
    """Make a channel of records alone, whose only package `maze` draws in all the others.

    Each of the 448 names has fifty versions with bounded dependencies on earlier names; the
    newest do not all go together, and one hidden choice does, so that an answer exists.
    """

    def make(folder: Path) -> None:
        for subdir in SUBDIRS:
            (folder / subdir).mkdir()
            records = dict(_maze_records()) if subdir == "noarch" else {}
            write_repodata(folder / subdir, records)

    return store.made(cache, "maze", store.code_digest(*_CODE), make)


def _maze_records() -> Iterator[tuple[str, Json]]:
    chance = random.Random(MAZE_SIZE)
    names = [f"maze-{number:03}" for number in range(MAZE_SIZE - 1)]
    hidden = {name: chance.randrange(_MAZE_VERSIONS) for name in names}
    for number, name in enumerate(names):
        wanted = chance.sample(names[:number], min(number, chance.randint(1, 6)))
        for version in range(_MAZE_VERSIONS):
            bounds = tuple(
                _bound(chance, other, hidden, certain=version == hidden[name]) for other in wanted
            )
            yield _row(Package(name=name, version=f"1.{version}", depends=bounds, noarch="generic"))
    entrance = Package(name="maze", version="1.0", depends=tuple(names), noarch="generic")
    yield _row(entrance)


def _bound(chance: random.Random, other: str, hidden: dict[str, int], *, certain: bool) -> str:
    """Allow a random stretch of versions; a `certain` one admits the hidden version."""
    low = chance.randrange(_MAZE_VERSIONS // 2)
    high = chance.randrange(_MAZE_VERSIONS * 3 // 4, _MAZE_VERSIONS * 2)
    if certain:
        low, high = min(low, hidden[other]), max(high, hidden[other] + 1)
    return f"{other} >=1.{low},<1.{high}"


def _row(package: Package) -> tuple[str, Json]:
    """Give a record with digests of its name: nothing of it is ever downloaded."""
    return package.filename, package.record(package.filename.encode())
