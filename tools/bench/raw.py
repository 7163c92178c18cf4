"""The engines without wisp, as far as a task needs them: the baseline of what wisp adds.

    raw.py solve   CHANNEL SUBDIR SPEC
    raw.py install REPODATA CACHE PREFIX     (all that the file lists)
    raw.py resolve CHANNEL SUBDIR SPEC CACHE INDEX PYTHON REQUIREMENT

Ends through `os._exit`, as every program that used rattler must.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from rattler import (
    Channel,
    Gateway,
    MatchSpec,
    Platform,
    RepoDataRecord,
    SparseRepoData,
    VirtualPackage,
    install,
    solve,
)


async def _solve(channel: str, subdir: str, spec: str) -> list[RepoDataRecord]:
    return await solve(
        sources=[Channel(channel)],
        specs=[MatchSpec(spec, strict=False)],
        gateway=Gateway(),
        platforms=[Platform(subdir), Platform("noarch")],
        virtual_packages=[found.into_generic() for found in VirtualPackage.detect()],
    )


async def _install(repodata: str, cache: str, prefix: str) -> None:
    channel = Channel(Path(repodata).parents[1].as_uri())
    with SparseRepoData(channel, Path(repodata).parent.name, repodata) as sparse:
        records = sparse.load_all_records()
    await install(records=records, target_prefix=prefix, cache_dir=Path(cache), show_progress=False)


def _resolve(cache: str, index: str, python: str, requirement: str) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "-", "--format", "pylock.toml", "--no-header", "--quiet"]
    command += ["--no-config", "--python", sys.executable, "--python-version", python]
    command += ["--python-platform", "x86_64-manylinux_2_28", "--index-url", index]
    command += ["--cache-dir", cache]
    subprocess.run(command, input=requirement.encode(), stdout=subprocess.DEVNULL, check=True)


def main(kind: str, *arguments: str) -> None:
    """Do the work named `kind`."""
    if kind == "install":
        asyncio.run(_install(*arguments))
        return
    asyncio.run(_solve(*arguments[:3]))
    if kind == "resolve":
        _resolve(*arguments[3:])


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
