"""A prefix made on this machine for another place, and perhaps another kind of machine.

Engines are imported where they are used: with all layers in the cache none of them is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wisp.engine.described_python import PythonDescription, write_described_python
from wisp.engine.safe.aside import links_of_packages, taken_away
from wisp.engine.safe.root import Root
from wisp.engine.scratch import scratch_folder
from wisp.errors import InstallError
from wisp.install.state import installable
from wisp.lock.model import LockedEnvironment
from wisp.report import Reporter
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.specs.wheels import platform_libc
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A locked environment all of whose packages are archives: folders have become wheels.

    `local` are the names of those that have.
    """

    locked: LockedEnvironment
    conda: tuple[CondaRecord, ...]
    pypi: tuple[PypiRecord, ...]
    local: frozenset[str]

    @property
    def records(self) -> tuple[Record, ...]:
        """All of them."""
        return (*self.conda, *self.pypi)

    @property
    def python(self) -> CondaRecord | None:
        """The interpreter."""
        return next((one for one in self.conda if one.name == "python"), None)


@contextmanager
def prepared(
    workspace: OpenedWorkspace, locked: LockedEnvironment, scratch: Path, time: int
) -> Iterator[Prepared]:
    """Make wheels of local folders; they lie in `scratch` until the end.

    Raises:
        InstallError: A package would have to be built on the machine it is for.

    """
    conda, pypi = installable(locked.records)
    _refuse_sources(pypi)
    with scratch_folder(scratch, "wheels-") as folder:
        built: list[PypiRecord] = []
        local: set[str] = set()
        for record in pypi:
            if record.version is None:
                local.add(record.name)
                made = _build(workspace, locked, record, folder / record.name, time)
                built.append(replace(made, name=record.name))
            else:
                built.append(record)
        yield Prepared(locked=locked, conda=conda, pypi=tuple(built), local=frozenset(local))


def _refuse_sources(records: tuple[PypiRecord, ...]) -> None:
    """Refuse what this machine would have to build for another: the lock has no wheel of it."""
    for record in records:
        if record.version is not None and not record.origin.is_wheel:
            raise InstallError(
                f"`{record.name}` is locked as sources, and what this machine would make of them "
                "need not run elsewhere",
                hints=["lock a version that has wheels: `no-build = true` in [pypi-options]"],
            )


def _build(
    workspace: OpenedWorkspace,
    locked: LockedEnvironment,
    record: PypiRecord,
    out: Path,
    time: int,
) -> PypiRecord:
    from wisp.engine.wheel_building import WheelBuild, build_wheel

    out.mkdir()
    wanted = WheelBuild(
        folder=(locked.root / record.location).resolve(),
        out=out,
        python=Path(sys.executable),
        root=locked.root,
        options=locked.pypi_options,
        variables={"SOURCE_DATE_EPOCH": str(time)},
    )
    return build_wheel(workspace.session.uv, wanted)


def stage(
    session: SessionContext, wanted: Prepared, place: str, folder: Path, reporter: Reporter
) -> None:
    """Fill an empty folder with a prefix as it would be at `place`.

    No script of a package runs, and nothing of it: entry points are written, not asked for.

    Raises:
        FetchError: A package cannot be had.
        InstallError: A package cannot be linked, or wheels have no Python.

    """
    from wisp.engine.conda_installation import CondaInstallation
    from wisp.engine.installer import check_sources, install_conda

    locked = wanted.locked
    request = CondaInstallation(
        records=wanted.conda,
        prefix=folder,
        subdir=locked.platform.subdir,
        label=locked.name,
        place=place,
    )
    check_sources(request, session.channels)
    install_conda(request, session.channels, reporter)
    if wanted.pypi:
        _stage_wheels(session, wanted, place, folder, reporter)


def _stage_wheels(
    session: SessionContext, wanted: Prepared, place: str, folder: Path, reporter: Reporter
) -> None:
    from wisp.engine.uv_install import WheelInstallation, install_wheels

    python = wanted.python
    if python is None:
        raise InstallError(
            f"environment `{wanted.locked.name}` has PyPI packages but no python",
            hints=["add `python` to its dependencies"],
        )
    libc = platform_libc(wanted.locked.platform)
    minor = ".".join(python.version.split(".")[:2])
    site = python.python_site_packages_path or f"lib/python{minor}/site-packages"
    script = folder.with_name("python")
    described = PythonDescription(
        version=python.version,
        subdir=wanted.locked.platform.subdir,
        folder=folder,
        place=place,
        site_packages=site,
        glibc=(libc.major, libc.minor),
        free_threaded=site.rpartition("/")[0].endswith("t"),
    )
    write_described_python(described, script)
    installation = WheelInstallation(
        prefix=folder,
        python=script,
        root=wanted.locked.root,
        records=wanted.pypi,
        options=wanted.locked.pypi_options,
        label=wanted.locked.name,
    )
    root = Root(folder)
    with taken_away(root, links_of_packages(root, folder)):
        install_wheels(session.uv, installation, reporter)
