"""Channels of tiny packages, and engines set up for them, for tests below the facade."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.forge.archive import Package, text
from tools.forge.channel import packed, write_channel
from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve
from wisp.install.apply import InstallOptions, InstallOutcome, install_environment
from wisp.install.pypi import PypiWork
from wisp.lock.model import LockedEnvironment
from wisp.platforms import bare
from wisp.specs.records import CondaRecord
from wisp.specs.settings import CacheFolders, EngineSettings, Network

KINDS = (
    "conda_packages",
    "repodata",
    "pypi_wheels",
    "pypi_mapping",
    "exec_environments",
    "build_tool_environments",
    "detached_environments",
)
VIRTUAL = ("__unix=0=0", "__linux=4.18", "__glibc=2.28")


def settings(cache: Path, **network: Any) -> EngineSettings:
    folders: dict[str, Any] = {kind: cache / kind for kind in KINDS}
    return EngineSettings(caches=CacheFolders(root=cache, **folders), network=Network(**network))


def tiny(name: str, version: str = "1.0", *depends: str, **more: Any) -> Package:
    files = more.pop("files", None) or (text(f"share/{name}.txt", f"{name} {version}\n"),)
    return Package(
        name=name, version=version, noarch="generic", depends=depends, files=files, **more
    )


def channel(folder: Path, packages: Iterable[Package]) -> Path:
    write_channel(folder, map(packed, packages), ("noarch", "linux-64"))
    return folder


def many(folder: Path, count: int = 300) -> Path:
    """A channel of packages with twenty files each; every fiftieth brings the same file."""
    packages = []
    for number in range(count):
        name = f"tiny-{number:03}"
        files = [text(f"share/{name}/f{i}.txt", f"{name} {i}\n" * 20) for i in range(20)]
        if number % 50 == 0:
            files.append(text("share/clash.txt", f"{number}\n"))
        depends = (f"tiny-{number - 1:03}",) if number % 7 else ()
        packages.append(tiny(name, "1.0", *depends, files=tuple(files)))
    return channel(folder, packages)


def ask(channel: Path, access: ChannelAccess, *specs: str, **more: Any) -> tuple[CondaRecord, ...]:
    request = SolveRequest(
        specs=specs,
        channels=(channel.as_uri() + "/",),
        subdir="linux-64",
        virtual_packages=VIRTUAL,
        **more,
    )
    return solve(request, access)


def all_of(channel: Path, access: ChannelAccess) -> tuple[CondaRecord, ...]:
    repodata = json.loads((channel / "noarch" / "repodata.json").read_bytes())
    names = sorted({row["name"] for row in repodata["packages.conda"].values()})
    return ask(channel, access, *names)


def locked_as(name: str, records: tuple[Any, ...], root: Path = Path()) -> LockedEnvironment:
    return LockedEnvironment(
        name=name,
        platform=bare("linux-64"),
        virtual_packages=VIRTUAL,
        channels=(),
        indexes=(),
        records=records,
        root=root,
    )


def no_pypi(work: PypiWork) -> None:
    raise AssertionError(f"no PyPI packages were asked for: {work}")


def install(
    prefix: Path,
    records: tuple[Any, ...],
    access: ChannelAccess,
    install_pypi: Any = no_pypi,
    **options: Any,
) -> InstallOutcome:
    root = prefix.parent
    chosen = InstallOptions(manifest_path=root / "pixi.toml", **options)
    return install_environment(
        locked_as(prefix.name, records, root), prefix, chosen, lambda: access, install_pypi
    )
