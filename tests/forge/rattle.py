"""Solve, and install into a prefix if one is named: CHANNEL SUBDIR CACHE PREFIX SPEC...

A program of its own, because rattler must not meet the end of the interpreter (it may crash);
it leaves through `os._exit`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rattler import (
    BuildString,
    Channel,
    Gateway,
    GenericVirtualPackage,
    MatchSpec,
    PackageName,
    Platform,
    Version,
    install,
    solve,
)

SYSTEMS = {
    "linux": {"__unix": "0", "__linux": "4.18", "__glibc": "2.28"},
    "osx": {"__unix": "0", "__osx": "13.0"},
    "win": {"__win": "10"},
}


def virtual_packages(subdir: str) -> list[GenericVirtualPackage]:
    rows = SYSTEMS[subdir.split("-")[0]].items()
    none = BuildString("0")
    return [GenericVirtualPackage(PackageName(name), Version(text), none) for name, text in rows]


async def main(channel: str, subdir: str, cache: str, prefix: str, *specs: str) -> None:
    records = await solve(
        sources=[Channel(channel)],
        specs=[MatchSpec(spec, strict=False) for spec in specs],
        gateway=Gateway(cache_dir=Path(cache)),
        platforms=[Platform(subdir), Platform("noarch")],
        virtual_packages=virtual_packages(subdir),
    )
    for record in records:
        print(record.name.normalized, record.version)
    if prefix:
        await install(
            records=records, target_prefix=prefix, cache_dir=Path(cache), show_progress=False
        )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)
