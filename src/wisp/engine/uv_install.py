"""Put PyPI packages into a prefix with uv, beside what conda has put there.

uv is handed exactly the locked files and only adds or replaces these: it never synchronises,
which would remove the Python packages that conda owns. What it installs gets our own mark
(`INSTALLER`), by which it is known as removable later, by Pixi too.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from wisp.engine.files import refusal, replace_in
from wisp.engine.local_projects import require_address, require_files
from wisp.engine.offline import was_offline
from wisp.engine.pylock import install_lock
from wisp.engine.rattler_errors import CHANGED_FILE, hints_for
from wisp.engine.safe.root import Root
from wisp.engine.unfinished_wheels import (
    changed_at,
    conda_records,
    new_records,
    remove_unfinished,
    take_away,
    unnamed_wheels,
)
from wisp.engine.uv import Uv, UvError, unindented
from wisp.engine.uv_options import build_options, index_options
from wisp.engine.wheels import (
    InstalledWheel,
    installed_wheels,
    is_from_checkout,
    planted_records,
)
from wisp.errors import FetchError, HostError, InstallError, WispError
from wisp.layout import CONDA_META, PYPI_INSTALLER
from wisp.report import SILENT, Reporter
from wisp.specs.origins import DirectFile, GitCheckout, LocalFolder
from wisp.specs.pypi import PypiOptions, normalize
from wisp.specs.records import PypiRecord
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

#: What uv writes into INSTALLER.
_UV_MARK = "uv"
#: What uv says of every installation before it begins.
_GREETING = "Using Python "


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelInstallation:
    """The PyPI packages that a prefix shall have.

    `python` is the prefix's interpreter, `root` the folder of the lock, to which relative
    locations refer. `editable` names the local folders that are installed in place, `reinstall`
    what is put there anew although it seems right. `options` tell how source distributions are
    built; `variables` are those of the activated prefix, for such builds. `held` is a descriptor
    that uv inherits, so that the prefix stays locked as long as uv writes, whatever becomes of
    the process that started it. `within` is the folder of the user's choice that the prefix lies
    in, from which on no link is followed; without one it is the prefix itself.
    """

    prefix: Path
    python: Path
    root: Path
    records: tuple[PypiRecord, ...]
    editable: frozenset[str] = frozenset()
    reinstall: frozenset[str] = frozenset()
    options: PypiOptions = PypiOptions()
    variables: Mapping[str, str] = field(default_factory=dict)
    held: int | None = None
    label: str = ""
    within: Root | None = None

    @property
    def ground(self) -> Root:
        """The way to what lies in the prefix."""
        return self.within or Root(self.prefix)


def install_wheels(uv: Uv, wanted: WheelInstallation, reporter: Reporter = SILENT) -> None:
    """Install what is wanted and not there yet, and mark it as ours.

    Packages without build isolation come last, in the order in which they are named, because
    they may need the others. Raises `FetchError` when a download fails or has another digest
    than the lock, `InstallError` when a package cannot be built or installed.
    """
    token = reporter.start("installing PyPI", wanted.label, len(wanted.records))
    reporter.describe(token, outer=True)
    anew = _installed_by_others(wanted) | _other_checkouts(wanted)
    before = conda_records(wanted.prefix)
    unnamed = {wheel.folder: changed_at(wheel) for wheel in unnamed_wheels(wanted.prefix)}
    names = {record.name for record in wanted.records}
    try:
        for turn in _rounds(wanted.records, wanted.options):
            for records in _by_large_files(turn):
                tell_changes(_install(uv, wanted, records, anew), reporter)
                reporter.advance(token, len(records))
    except WispError:

        def is_new(wheel: InstalledWheel) -> bool:
            return wheel.name in names and unnamed.get(wheel.folder) != changed_at(wheel)

        with contextlib.suppress(WispError):  # what failed first is told
            remove_unfinished(wanted.ground, wanted.prefix, is_new)
        raise
    finally:
        reporter.finish(token)
        # Also after a failure: what uv has put there is ours to remove.
        brought = new_records(wanted.prefix, before)
        take_away(wanted.ground, wanted.prefix, brought)
        refused = _mark(wanted)
    if refused or brought:
        _tell_of_records(wanted.prefix, refused, new_records(wanted.prefix, before))


def _tell_of_records(prefix: Path, refused: Sequence[str], left: Sequence[str]) -> NoReturn:
    which = f"the PyPI package `{refused[0]}`" if refused else "a PyPI package"
    done = "what it brought there was removed; tell its owners"
    raise InstallError(
        f"{which} was refused: it brings records of conda packages",
        hints=[f"remove `{prefix / CONDA_META / left[0]}`; it could not be" if left else done],
    )


def _rounds(
    records: Sequence[PypiRecord], options: PypiOptions
) -> Iterator[tuple[PypiRecord, ...]]:
    if isinstance(options.no_build_isolation, bool):
        yield tuple(records)
        return
    last = [normalize(name) for name in options.no_build_isolation]
    first = tuple(record for record in records if record.name not in last)
    if first:
        yield first
    for name in last:
        found = tuple(record for record in records if record.name == name)
        if found:
            yield found


def _by_large_files(records: tuple[PypiRecord, ...]) -> Iterator[tuple[PypiRecord, ...]]:
    """Part checkouts with Git LFS from the rest: a lock for uv cannot say it, a variable can."""
    for large in (False, True):
        part = tuple(record for record in records if _has_large_files(record) is large)
        if part:
            yield part


def _has_large_files(record: PypiRecord) -> bool:
    return isinstance(record.origin, GitCheckout) and record.origin.has_large_files


def _install(
    uv: Uv,
    wanted: WheelInstallation,
    records: tuple[PypiRecord, ...],
    anew: frozenset[str],
) -> str:
    """Let uv install some of the packages, and return what it said of them."""
    for origin in (record.origin for record in records):
        if isinstance(origin, DirectFile) and not origin.is_local:
            require_address(origin.place)
        elif isinstance(origin, DirectFile | LocalFolder):
            require_files(Path(origin.path(wanted.root)))
    with tempfile.TemporaryDirectory(prefix="wisp-install-") as folder:
        lock = Path(folder) / "pylock.toml"
        text = install_lock(records, wanted.root, wanted.editable)
        lock.write_text(uv.mirrors.there(text), encoding="utf-8")
        arguments = ["pip", "install", "--no-deps", "--preview-features", "pylock"]
        arguments += ["--python", str(wanted.python), "--break-system-packages"]
        arguments += ["--requirements", str(lock)]
        for record in records:
            if record.name in wanted.reinstall | anew:
                arguments += ["--reinstall-package", record.name]
        arguments += index_options(wanted.options, wanted.root, uv.default_index)
        arguments += build_options(wanted.options)
        descriptors = () if wanted.held is None else (wanted.held,)
        variables = dict(wanted.variables)
        if _has_large_files(records[0]):
            variables["UV_GIT_LFS"] = "1"
        try:
            done = uv.run(
                arguments,
                cwd=wanted.root,
                variables=variables,
                pass_fds=descriptors,
                hosts=_hosts(records),
                beside=dict.fromkeys(record.index for record in records if record.index),
            )
        except UvError as error:
            raise installation_error(error) from error
    return done.stderr


def _hosts(records: Sequence[PypiRecord]) -> dict[str, str]:
    hosts = {record.name: urlsplit(record.location).hostname for record in records}
    return {name: host for name, host in hosts.items() if host}


def tell_changes(said: str, reporter: Reporter) -> None:
    """Count what uv lists at its end: `+` what came, `-` what went, `~` what was put there anew."""
    signs: dict[str, set[str]] = {"+": set(), "-": set(), "~": set()}
    for line in said.splitlines():
        if line[:1] == " " and line[1:2] in signs and line[2:3] == " ":
            signs[line[1]].add(line[3:].partition("==")[0].partition(" ")[0])
    came, went, again = signs.values()
    reporter.count("installed", len(came - went), "PyPI")
    reporter.count("changed", len(came & went | again), "PyPI")
    reporter.count("removed", len(went - came), "PyPI")


def installation_error(error: UvError) -> WispError:
    """Turn what uv said into an error of ours: a failed download apart from a failed build."""
    lines = [line for line in error.stderr.splitlines() if line.strip()]
    hints = [line.strip() for line in lines if line.lstrip().startswith("hint: ")]
    hints = [hint.removeprefix("hint: ") for hint in hints]
    told = [line for line in lines if not line.lstrip().startswith(("hint: ", _GREETING))]
    causes = [unindented("\n".join(told))]
    if "Hash mismatch" in error.stderr:
        return FetchError(
            "a PyPI package does not have the digest that the lock file names",
            causes=causes,
            hints=[CHANGED_FILE, *hints],
        )
    if "Failed to fetch" in error.stderr or "Failed to download" in error.stderr:
        hints += hints_for(error.stderr, offline=was_offline(error.stderr))
        return FetchError("a PyPI package could not be downloaded", causes=causes, hints=hints)
    return InstallError("the PyPI packages could not be installed", causes=causes, hints=hints)


def _installed_by_others(wanted: WheelInstallation) -> frozenset[str]:
    """Return the wanted names that somebody else has installed, e.g. a user's `pip`.

    They are put there anew, so that they can be removed when they leave the lock.
    """
    names = {record.name for record in wanted.records}
    return frozenset(
        wheel.name
        for wheel in installed_wheels(wanted.prefix)
        if wheel.name in names and wheel.installer not in {PYPI_INSTALLER, _UV_MARK}
    )


def _other_checkouts(wanted: WheelInstallation) -> frozenset[str]:
    """Return the names that are there from another checkout than is wanted.

    uv would leave those of the same commit, whether they came with large files or without.
    """
    origins = {one.name: one.origin for one in wanted.records}
    checkouts = {name: one for name, one in origins.items() if isinstance(one, GitCheckout)}
    if not checkouts:
        return frozenset()
    return frozenset(
        wheel.name
        for wheel in installed_wheels(wanted.prefix)
        if wheel.name in checkouts and not is_from_checkout(wheel, checkouts[wheel.name])
    )


def _mark(wanted: WheelInstallation) -> list[str]:
    """Mark what uv has put there; take away what is not a wheel's, and name those that had it."""
    names = {record.name for record in wanted.records}
    refused = []
    for wheel in installed_wheels(wanted.prefix):
        if wheel.name in names and wheel.installer == _UV_MARK:
            if planted := planted_records(wheel, wanted.prefix):
                refused.append(wheel.name)
            for path in planted:
                if path.parts[0] != CONDA_META:  # what is new there is gone, and the rest conda's
                    _unlink(wanted.ground, wanted.prefix / path)
            mark_as_ours(wheel, wanted.prefix, wanted.ground)
    return refused


def _unlink(ground: Root, file: Path) -> None:
    with contextlib.suppress(OSError, HostError), ground.folder(file.parent) as folder:
        folder.unlink(file.name)


def mark_as_ours(wheel: InstalledWheel, prefix: Path, ground: Root) -> None:
    """Write our name into INSTALLER, and its new digest into RECORD.

    Files are replaced, never written into: uv's cache may share them through hard links.
    """
    installer = wheel.folder / "INSTALLER"
    record = wheel.folder / "RECORD"
    mark = f"{PYPI_INSTALLER}\n" if _ends_with_newline(installer) else PYPI_INSTALLER
    try:
        rows = list(csv.reader(record.read_text(encoding="utf-8").splitlines()))
        path = f"{wheel.folder.name}/INSTALLER"
        digest = base64.urlsafe_b64encode(hashlib.sha256(mark.encode()).digest()).rstrip(b"=")
        row = [path, f"sha256={digest.decode()}", str(len(mark))]
        told = _csv([row if old[:1] == [path] else old for old in rows])
        with ground.folder(_by_no_link(prefix, wheel.folder)) as folder:
            replace_in(folder, installer.name, mark.encode(), lasting=False)
            replace_in(folder, record.name, told.encode(), lasting=False)
    except OSError as error:
        raise refusal("mark", wheel.folder, error) from error


def _by_no_link(prefix: Path, folder: Path) -> Path:
    """Return the path to a folder of a prefix by which no link is met from the prefix on.

    A package may bring links that stay inside. Raises `OSError` for a folder that lies elsewhere.
    """
    place, home = Path(os.path.realpath(folder)), Path(os.path.realpath(prefix))
    if not place.is_relative_to(home):
        raise NotADirectoryError(f"`{folder}` leads out of `{prefix}`")
    return prefix / place.relative_to(home)


def _ends_with_newline(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return file.read_bytes().endswith(b"\n")
    return False


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
