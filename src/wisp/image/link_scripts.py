"""Link scripts of packages, run on request: what they change of a prefix is a layer by itself.

They run on a copy of the prefix, since files of the prefix may be those of the package cache, and
see it at its place in the image. The layers of packages stay what they are without scripts.

Source: conda's documentation, "Link and unlink scripts".
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from wisp.engine.mounted import can_mount, run_mounted
from wisp.errors import HostError, InstallError
from wisp.image.bytecode import lasting_header, source_of
from wisp.image.entries import LayerEntry, file_entry, text_file, walk
from wisp.image.whiteouts import whiteout_of
from wisp.patterns import pattern
from wisp.specs.records import CondaRecord
from wisp.values import dataclass, replace

_POST_LINK = pattern(r"bin/\.(.+)-post-link\.sh")
SKIP_HINT = "without `--run-post-link-scripts` they are named and skipped"


def scripted_packages(paths: Iterable[str]) -> tuple[str, ...]:
    """Name the packages that have a script to run after they are linked, by files of a prefix."""
    return tuple(sorted({found[1] for path in paths if (found := _POST_LINK.fullmatch(path))}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRun:
    """What is needed to run scripts: the prefix in `folder` is meant for `place`.

    `records` are in the order of linking; `scratch` is an empty folder on the same disk.
    """

    folder: Path
    place: str
    records: tuple[CondaRecord, ...]
    time: int
    scratch: Path


def run_link_scripts(run: ScriptRun, keep: Callable[[str], bool]) -> tuple[LayerEntry, ...]:
    """Run the scripts; return what they changed, as members of a layer. They lie in `scratch`.

    Raises:
        HostError: This machine cannot show the prefix at its place.
        InstallError: A script failed.
        UnfitFileError: One left something that no image can have.

    """
    if not can_mount(run.place):
        raise HostError(
            f"link scripts cannot run here for an environment in `{run.place}`", hints=[SKIP_HINT]
        )
    after, root = run.scratch / "prefix", run.scratch / "root"
    shutil.copytree(run.folder, after, symlinks=True)
    root.mkdir()
    for record in run.records:
        if (after / f"bin/.{record.name}-post-link.sh").is_file():
            _run(record, run, after, root)
    return tuple(_changes(run, after, keep))


def _run(record: CondaRecord, run: ScriptRun, after: Path, root: Path) -> None:
    shell = "/bin/bash" if Path("/bin/bash").exists() else "/bin/sh"
    script = f"{run.place}/bin/.{record.name}-post-link.sh"
    done = run_mounted(
        [shell, script], after, run.place, root=root, environ=_variables(record, run)
    )
    if done.code:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise InstallError(
            f"the link script of `{record.name}` failed with exit code {done.code}",
            causes=[said] if said else [],
            hints=[SKIP_HINT],
        )


def _variables(record: CondaRecord, run: ScriptRun) -> Mapping[str, str]:
    """Return what a script is told; nothing of the caller's environment."""
    return {
        "PREFIX": run.place,
        "CONDA_PREFIX": run.place,
        "PKG_NAME": record.name,
        "PKG_VERSION": record.version,
        "PKG_BUILDNUM": str(record.build_number),
        "PATH": f"{run.place}/bin:/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "SOURCE_DATE_EPOCH": str(run.time),
        # Whose times would be those of today, and wrong in the image.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _changes(run: ScriptRun, after: Path, keep: Callable[[str], bool]) -> Iterator[LayerEntry]:
    old, new = set(walk(run.folder)), walk(after)
    changed = {path for path in new if path not in old or _differ(run.folder / path, after / path)}
    gone = {path for path in old if not os.path.lexists(after / path)}
    gone |= {path for path in old - changed - gone if source_of(path) in changed}
    for path in sorted(changed):
        if keep(path):
            yield from _entry(after, path, run.place)
    for path in sorted(gone):
        if keep(path):
            yield _whiteout(path, run.place)


def _whiteout(path: str, place: str) -> LayerEntry:
    return text_file(str(whiteout_of(PurePosixPath(place.lstrip("/"), path))), b"")


def _differ(one: Path, other: Path) -> bool:
    before, now = one.lstat(), other.lstat()
    if before.st_mode != now.st_mode or (one.is_symlink() and one.readlink() != other.readlink()):
        return True
    if not one.is_file() or one.is_symlink():
        return False
    same = (before.st_size, before.st_mtime_ns) == (now.st_size, now.st_mtime_ns)
    return not same and not filecmp.cmp(one, other, shallow=False)


def _entry(folder: Path, path: str, place: str) -> Iterator[LayerEntry]:
    entry = file_entry(folder / path, f"{place.lstrip('/')}/{path}")
    source = source_of(path)
    if source is None or entry.kind != "file" or not (folder / source).exists():
        yield entry
        return
    module = folder / source
    head = lasting_header(folder / path, module, lambda: module.stat().st_mtime)
    yield _whiteout(path, place) if head is None else replace(entry, head=head)
