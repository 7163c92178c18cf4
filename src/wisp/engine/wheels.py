"""The wheels that lie in a prefix: found by their dist-info, their files by their RECORD."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from wisp import layout
from wisp.engine.trees import files_below
from wisp.foreign import json_data
from wisp.patterns import pattern
from wisp.specs.controls import has_control
from wisp.specs.origins import GitCheckout
from wisp.specs.pypi import normalize
from wisp.trust import found_bytes, found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.engine.safe.folder import Folder
    from wisp.engine.safe.root import Root

#: The files of a dist-info that tell who put a wheel there, and from where.
WHEEL_ORIGIN = ("INSTALLER", "direct_url.json")
#: How uv names what it will rename once it is whole.
_UV_DRAFT = pattern(r"\.tmp[A-Za-z0-9]{6}")
#: A number of bytes; no file has more.
_SIZE = pattern(r"[0-9]{1,15}")
#: How earlier releases called a file that was to replace another one of a dist-info.
_MARK_DRAFTS = frozenset({"INSTALLER.wisp", "RECORD.wisp"})


@dataclass(frozen=True, slots=True)
class InstalledWheel:
    """A PyPI package in a prefix: normalised name, version, its dist-info folder, who put it there.

    `direct_url` is what PEP 610 remembers of a package that came from no index.
    """

    name: str
    version: str
    folder: Path
    installer: str
    direct_url: Mapping[str, Any] | None = None

    @property
    def is_editable(self) -> bool:
        """Whether it is a project that is installed in place."""
        told = (self.direct_url or {}).get("dir_info")
        return isinstance(told, dict) and told.get("editable") is True


def starting(folder: Path, start: str) -> list[Path]:
    """Return the entries whose names start so, sorted; to compile a glob takes longer than that."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return []
    return [folder / name for name in names if name.startswith(start)]


def site_packages(prefix: Path) -> list[Path]:
    """Return the folders of a prefix that wheels are put into."""
    candidates = [python / "site-packages" for python in starting(prefix / "lib", "python3")]
    candidates.append(prefix / "Lib" / "site-packages")
    found: list[Path] = []
    for folder in candidates:
        # `lib` and `Lib` are one folder where the file system ignores case.
        if folder.is_dir() and not any(folder.samefile(other) for other in found):
            found.append(folder)
    return found


def installed_wheels(prefix: Path) -> list[InstalledWheel]:
    """List the wheels of a prefix, those of conda packages included, sorted by folder."""
    return [
        _read(folder)
        for site in site_packages(prefix)
        for folder in sorted(site.glob("*.dist-info"))
        if folder.is_dir()
    ]


def wheel_sizes(prefix: Path) -> dict[tuple[str, str], int]:
    """Return what wheels take in a prefix, in bytes, by normalised name and version.

    It is what their RECORD says, so that no file of theirs is looked at; one that cannot be read
    gives none.
    """
    found: dict[tuple[str, str], int] = {}
    for site in site_packages(prefix):
        for record in site.glob("*.dist-info/RECORD"):
            name, _, version = record.parent.name.removesuffix(".dist-info").rpartition("-")
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found[normalize(name), version] = _recorded_size(found_text(record))
    return found


def _recorded_size(text: str) -> int:
    """Add up the last column of a RECORD; the file itself has nothing there."""
    sizes = (line.rpartition(",")[2] for line in text.splitlines())
    return len(text) + sum(int(size) for size in sizes if _SIZE.fullmatch(size))


def _read(folder: Path) -> InstalledWheel:
    name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
    direct_url: Mapping[str, Any] | None = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json_data(found_bytes(folder / "direct_url.json"))
        direct_url = found if isinstance(found, dict) else None
    installer = ""
    with contextlib.suppress(OSError):
        installer = found_text(folder / "INSTALLER", errors="replace").strip()
    return InstalledWheel(normalize(name), version, folder, installer, direct_url)


def sweep_wheel_drafts(root: Root, prefix: Path) -> None:
    """Remove what a killed uv, and who marks its wheels, left half done beside the wheels.

    uv makes every file and folder that it will rename in the folder of its target, with names
    that nobody else gives: in site-packages and below, and where scripts are.
    """
    from wisp.errors import HostError

    folders = [prefix / "bin", prefix / "Scripts"]
    for site in site_packages(prefix):
        folders += [Path(parent) for parent, _ in files_below(site)]
    for folder in folders:
        # A link on the way is left alone, also one that was made a moment ago.
        with contextlib.suppress(OSError, HostError), root.folder(folder) as held:
            _sweep(held, describes=folder.suffix == ".dist-info")


def _sweep(folder: Folder, *, describes: bool) -> None:
    from wisp.engine.files import sweep_in

    if describes:
        sweep_in(folder)
    for name in folder.names():
        if (describes and name in _MARK_DRAFTS) or _UV_DRAFT.fullmatch(name):
            with contextlib.suppress(OSError):
                folder.remove(name)


def is_record(file: Path, prefix: Path) -> bool:
    """Whether a file is one of conda's about the prefix; none of those is a wheel's."""
    within = Path(os.path.relpath(file, prefix)).parts
    return bool(within) and within[0].lower() == layout.CONDA_META


def planted_records(wheel: InstalledWheel, prefix: Path) -> list[Path]:
    """List what of conda's a wheel's RECORD claims to have brought, as paths below the prefix."""
    home = prefix.resolve()
    return [file.relative_to(home) for file in recorded_files(wheel) if is_record(file, home)]


def wheel_files(wheel: InstalledWheel, prefix: Path) -> tuple[str, ...]:
    """Return what a wheel brought, as paths relative to its prefix with slashes, sorted."""
    root = prefix.resolve()
    files = recorded_files(wheel)
    return tuple(
        sorted(file.relative_to(root).as_posix() for file in files if file.is_relative_to(root))
    )


def recorded_files(wheel: InstalledWheel) -> Iterator[Path]:
    """Resolve the rows of RECORD; what tells whose wheel it is goes last: a crash can resume.

    RECORD goes once the files are gone that only it names, INSTALLER after all others. No link is
    met on the way to a file, which may itself be one.
    """
    rows: list[str] = []
    with contextlib.suppress(OSError):
        rows = recorded_paths(found_text(wheel.folder / "RECORD", errors="replace"))
    base = wheel.folder.parent.resolve()
    files = [
        Path(os.path.realpath((base / row).parent)) / name
        for row in rows
        if (name := Path(row).name) not in ("", "..")
    ]
    info = base / wheel.folder.name
    yield from (file for file in files if not file.is_relative_to(info))
    rest = [Path(folder, name) for folder, names in files_below(info) for name in names]
    yield from sorted(rest, key=lambda file: (file.name == "INSTALLER", file))


def recorded_paths(text: str) -> list[str]:
    """Return the paths that a RECORD names as they stand there; none where it is damaged."""
    import csv

    try:
        rows = [row[0] for row in csv.reader(text.splitlines()) if row and row[0]]
    except csv.Error:  # a field without measure
        return []
    return [row for row in rows if not has_control(row)]


def is_of_conda(wheel: InstalledWheel, conda_files: Collection[str], prefix: Path) -> bool:
    """Tell whether a conda package has brought a wheel's dist-info."""
    info = wheel.folder.relative_to(prefix).as_posix()
    return f"{info}/METADATA" in conda_files or f"{info}/INSTALLER" in conda_files


def is_from_checkout(wheel: InstalledWheel, checkout: GitCheckout) -> bool:
    """Tell whether a wheel was made from a locked commit, with its large files if they are wanted.

    Source: PEP 610, and `git_lfs` as uv adds it.
    """
    found = (wheel.direct_url or {}).get("vcs_info")
    if not isinstance(found, dict):
        return False
    same_commit = found.get("commit_id") == checkout.commit
    return same_commit and (found.get("git_lfs") is True) is checkout.has_large_files
