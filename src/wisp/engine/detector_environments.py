"""The environment in which the detector of a channel runs, in the cache, made by our installer.

rattler would make it itself, without looking at the packages. It asks a folder beside its results
first, named by the digest of the packages, and takes what stands there for whole when a file says
so. So we put it there before: every package is judged and verified as any other is, and none of
their scripts is run.
"""

from __future__ import annotations

import os
from pathlib import Path

from wisp.engine.file_locks import held_file
from wisp.engine.gateway import ChannelAccess
from wisp.errors import HostError
from wisp.layout import CACHE_FOLDERS
from wisp.report import Reporter
from wisp.trust import doubt_about

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.records import CondaRecord

#: The file that says how far an environment is, and holds its lock, as rattler writes it.
_GUARD = ".guard"
_READY = b'"ready"'
_INSTALLING = b'"installing"'


def home_of(access: ChannelAccess) -> Path:
    """Return the folder of detectors, which rattler names so in the cache it is given."""
    return access.settings.caches.root / CACHE_FOLDERS["detectors"]


def make_ready(
    digest: str,
    records: tuple[CondaRecord, ...],
    subdir: str,
    access: ChannelAccess,
    reporter: Reporter,
) -> None:
    """Make the environment of these packages, unless it is there.

    Raises:
        FetchError, InstallError: A package cannot be had, or linked.
        HostError: The folder cannot be written, or may be somebody else's.

    """
    prefix = home_of(access) / "envs" / digest
    prefix.mkdir(parents=True, exist_ok=True)
    for folder in (home_of(access), prefix.parent, prefix):
        if reason := doubt_about(str(folder)):
            raise HostError(f"nothing is run from `{folder}`", causes=[reason])
    with held_file(prefix / _GUARD) as guard:
        if os.read(guard, len(_READY) + 1) == _READY:
            return
        _write(guard, _INSTALLING)
        _install(prefix, records, subdir, access, reporter)
        _write(guard, _READY)


def _install(
    prefix: Path,
    records: tuple[CondaRecord, ...],
    subdir: str,
    access: ChannelAccess,
    reporter: Reporter,
) -> None:
    from wisp.engine.conda_installation import CondaInstallation
    from wisp.engine.installer import check_sources, install_conda

    _sweep(prefix)
    # Packages that are told a place run no scripts, and this is where they lie.
    request = CondaInstallation(
        records=records, prefix=prefix, subdir=subdir, place=str(prefix), label="detector"
    )
    install_conda(request, access, reporter, check_sources(request, access))


def _sweep(prefix: Path) -> None:
    """Remove what an interrupted installation left."""
    from wisp.engine.trees import remove_tree

    for path in prefix.iterdir():
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        elif path.name != _GUARD:
            path.unlink()


def _write(guard: int, state: bytes) -> None:
    os.lseek(guard, 0, os.SEEK_SET)
    os.write(guard, state)
    os.ftruncate(guard, len(state))
