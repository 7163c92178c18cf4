"""A process that installs every package of a channel; tests start it and kill it.

    python -m tests.unit.install.worker CHANNEL PREFIX CACHE
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import WispError
from wisp.install.apply import InstallOptions, InstallOutcome, install_environment
from wisp.install.pypi import PypiWork
from wisp.lock.model import LockedEnvironment
from wisp.platforms import bare
from wisp.specs.records import CondaRecord
from wisp.specs.settings import CacheFolders, EngineSettings, Network


def settings(cache: Path, **network: object) -> EngineSettings:
    folders = {
        kind: cache / kind
        for kind in (
            "conda_packages",
            "repodata",
            "pypi_wheels",
            "pypi_mapping",
            "exec_environments",
            "build_tool_environments",
            "detached_environments",
        )
    }
    return EngineSettings(
        caches=CacheFolders(root=cache, **folders),
        network=Network(**network),  # type: ignore[arg-type]
    )


def locked_as(name: str, records: tuple[CondaRecord, ...]) -> LockedEnvironment:
    return LockedEnvironment(
        name=name,
        platform=bare("linux-64"),
        virtual_packages=("__unix=0=0", "__linux=4.18"),
        channels=(),
        indexes=(),
        records=records,
    )


def no_pypi(work: PypiWork) -> None:
    raise AssertionError(f"no PyPI packages were asked for: {work}")


def all_of(channel: Path, access: ChannelAccess) -> tuple[CondaRecord, ...]:
    repodata = json.loads((channel / "noarch" / "repodata.json").read_bytes())
    names = sorted({row["name"] for row in repodata["packages.conda"].values()})
    request = SolveRequest(specs=tuple(names), channels=(channel.as_uri(),), subdir="linux-64")
    return solve(request, access)


def install(
    prefix: Path, records: tuple[CondaRecord, ...], access: ChannelAccess, **options: object
) -> InstallOutcome:
    root = prefix.parent
    return install_environment(
        locked_as(prefix.name, records),
        prefix,
        InstallOptions(manifest_path=root / "pixi.toml", root=root, **options),  # type: ignore[arg-type]
        access,
        no_pypi,
    )


def main() -> int:
    channel, prefix, cache = map(Path, sys.argv[1:])
    access = ChannelAccess(settings(cache))
    try:
        install(prefix, all_of(channel, access), access)
    except WispError as error:
        print(error.message, *error.causes, *error.hints, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
