"""Bringing the conda packages of a prefix to a wanted state with rattler."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rattler import PrefixRecord, RepoDataRecord, Subdir
from rattler.exceptions import ExtractError, InstallerError, LinkError, TransactionError
from rattler.install import install
from rattler.package_cache import PackageCache

from wisp.engine import loop
from wisp.engine.files import sweep_drafts
from wisp.engine.gateway import ChannelAccess
from wisp.engine.link_progress import LinkProgress, Received
from wisp.engine.lookout import Lookout
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.rattler_errors import chain_of, hints_for
from wisp.engine.records import to_rattler
from wisp.engine.safe.package_cache import holds, vouched_cache
from wisp.engine.safe.packages import check_prefix_record, spoil
from wisp.engine.safe.verdicts import Verdicts
from wisp.errors import FetchError, InstallError, WispError
from wisp.patterns import pattern
from wisp.report import SILENT, Reporter
from wisp.specs.inside import UnsafePathError
from wisp.specs.records import CondaRecord
from wisp.trust import LARGEST_LOCK, found_bytes
from wisp.values import dataclass

_MISMATCH = pattern(r"(?s)hash mismatch.*?expected (\w+), got (\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaInstallation:
    """A wanted state: these records and no other, except for what `ignored` names.

    `reinstall` names packages to be linked anew although they are there already. `repair`
    says that an installation was interrupted here: whatever it left is taken away first, since
    a package that clashes with another would otherwise depend on which of them came so far.
    `label` is how progress calls the work, e.g. the environment's name. `place` is the path that
    packages are told, where the prefix is meant for another machine.
    """

    records: tuple[CondaRecord, ...]
    prefix: Path
    subdir: str
    reinstall: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    repair: bool = False
    label: str = ""
    place: str | None = None


def install_conda(
    request: CondaInstallation,
    access: ChannelAccess,
    reporter: Reporter = SILENT,
    made: Sequence[RepoDataRecord] | None = None,
) -> None:
    """Link what is missing or different, unlink what is not wanted.

    `made` are the records as rattler has them, if somebody has made them already
    (`check_sources`).

    Raises:
        FetchError: A package cannot be had or does not have its hash.
        InstallError: A package cannot be linked or unlinked.

    """
    records = to_rattler(request.records) if made is None else made
    listeners = _Listeners.of(request, access, reporter)
    loop.call(_install(request, records, access, listeners), look=listeners.lookout.look)


@dataclass(frozen=True, slots=True)
class _Listeners:
    """Who is told of an installation, and who looks on."""

    reporter: Reporter
    received: Received
    lookout: Lookout

    @classmethod
    def of(
        cls, request: CondaInstallation, access: ChannelAccess, reporter: Reporter
    ) -> _Listeners:
        patience = access.settings.network.patience
        sizes = {record.name: record.size for record in request.records}
        received = Received(sizes, patience.largest)
        lookout = Lookout(
            (access.settings.caches.conda_packages,),
            [record.location for record in request.records],
            patience,
            received.heard,
            {f".{name}-": patience.growth * (size or 0) for name, size in sizes.items()},
        )
        return cls(reporter, received, lookout)


async def _install(
    request: CondaInstallation,
    records: Sequence[RepoDataRecord],
    access: ChannelAccess,
    listeners: _Listeners,
) -> None:
    if request.repair:
        await _link(request, (), access, listeners)
        _sweep(request)
    await _link(request, records, access, listeners)


async def _link(
    request: CondaInstallation,
    records: Sequence[RepoDataRecord],
    access: ChannelAccess,
    listeners: _Listeners,
) -> None:
    with vouched_cache(request.records, access) as vouched:
        judge = _Judge(request, vouched.folders)
        listeners.lookout.folders = vouched.folders
        try:
            await _transact(request, records, access, vouched.cache, judge.listener(listeners))
        except (InstallerError, LinkError, TransactionError, ExtractError) as error:
            raise judge.refusal or _failure(str(error)) from error
        except WispError:
            raise
        except Exception as error:  # a panic of rattler, over what a stranger wrote
            raise judge.refusal or InstallError(
                "the packages could not be linked",
                causes=[str(error)],
                hints=["remove the environment with `wisp clean` and install it anew"],
            ) from error
        finally:
            judge.remember()
    if judge.refusal is not None:
        raise judge.refusal


async def _transact(
    request: CondaInstallation,
    records: Sequence[RepoDataRecord],
    access: ChannelAccess,
    cache: PackageCache,
    listener: LinkProgress,
) -> None:
    await install(
        list(records),
        request.prefix,
        installed_packages=_installed(request.prefix),
        reinstall_packages=set(request.reinstall),
        ignored_packages=set(request.ignored),
        platform=Subdir(request.subdir),
        client=access.client,
        package_cache=cache,
        config=access.config,
        show_progress=False,
        alternative_target_prefix=request.place,
        # What is meant for elsewhere does not run here, whatever the configuration says.
        execute_link_scripts=None if request.place is None else False,
        reporter=listener,
    )


class _Judge:
    """Looks at each package between unpacking and linking.

    rattler only tells that it begins to link and does not listen to an answer. So a package that
    is refused loses its list of files, without which rattler cannot link it.
    """

    def __init__(self, request: CondaInstallation, caches: Sequence[Path]) -> None:
        self.refusal: InstallError | None = None
        self._verdicts = {os.fspath(cache): Verdicts(cache) for cache in caches}
        self._label = request.label
        self._stems = {row.name: f"{row.name}-{row.version}-{row.build}" for row in request.records}
        self._locations = {row.name: row.location for row in request.records}

    def listener(self, listeners: _Listeners) -> LinkProgress:
        # Abstract only to the type checker: the bodies it inherits do nothing.
        return LinkProgress(  # type: ignore[abstract]
            listeners.reporter, self._label, self.check, self._locations, listeners.received
        )

    def check(self, name: str) -> None:
        stem = self._stems[name]
        for folder in self._folders(stem):
            try:
                self._verdicts[os.path.dirname(folder)].check(folder)  # noqa: PTH120
            except UnsafePathError as error:
                spoil(Path(folder))
                self.refusal = InstallError(
                    f"the package `{stem}` was refused",
                    causes=[error.message],
                    hints=["nothing of it was linked; tell the owners of its channel"],
                )

    def remember(self) -> None:
        for verdicts in self._verdicts.values():
            verdicts.store()

    def _folders(self, stem: str) -> list[str]:
        # Paths as text: it costs for each package.
        folders = [os.path.join(cache, stem) for cache in self._verdicts]  # noqa: PTH118
        if found := [folder for folder in folders if os.path.isdir(folder)]:  # noqa: PTH112
            return found
        # A cache that tells origins apart lengthens the names of its folders.
        return [name[:-1] for folder in folders for name in glob.glob(f"{glob.escape(folder)}-*/")]  # noqa: PTH207


def _sweep(request: CondaInstallation) -> None:
    """Remove what a killed installation left: drafts, and the files that rattler had put aside."""
    sweep_drafts(request.prefix / "conda-meta")
    for probe in request.prefix.glob(".refprobe-*"):
        shutil.rmtree(probe, ignore_errors=True)
    for link in request.prefix.glob("symtest_*-*-*-*-*"):
        link.unlink(missing_ok=True)
    for draft in (request.prefix / "conda-meta").glob("prefix_record_*"):
        draft.unlink(missing_ok=True)
    if not request.ignored:
        shutil.rmtree(request.prefix / "__clobbers__", ignore_errors=True)


def _installed(prefix: Path) -> list[PrefixRecord]:
    """Read `conda-meta`; a record that a crash left half-written counts as not installed."""
    found: list[PrefixRecord] = []
    for file in sorted((prefix / "conda-meta").glob("*.json")):
        _check_record(file)
        try:
            found.append(PrefixRecord.from_path(file))
        except Exception:  # whatever rattler's JSON reader raises
            file.unlink(missing_ok=True)
    return found


def _check_record(file: Path) -> None:
    """Refuse a record whose files would be removed outside of the prefix."""
    try:
        record = json.loads(found_bytes(file, LARGEST_LOCK))
    except (OSError, ValueError, RecursionError):
        return  # rattler cannot read it either
    try:
        check_prefix_record(record, f"`{file}`")
    except UnsafePathError as error:
        raise InstallError(
            "the environment has a record that no package made",
            causes=[error.message],
            hints=["remove the environment with `wisp clean` and install it anew"],
        ) from error


def check_sources(request: CondaInstallation, access: ChannelAccess) -> Sequence[RepoDataRecord]:
    """Refuse early what rattler would not: remote files offline, local files that changed.

    rattler verifies downloads only; an archive of a `file://` channel it takes as it is. What
    is linked already needs no source. Nothing is changed. Returns the records as rattler has
    them, which takes as long as much else of an installation and need not be done twice.

    Raises:
        FetchError: A package cannot be had or does not have its hash.

    """
    made = to_rattler(request.records)
    loop.call(_check_sources(request, made, access))
    return made


async def _check_sources(
    request: CondaInstallation, made: Sequence[RepoDataRecord], access: ChannelAccess
) -> None:
    offline = access.settings.network.offline
    suspects = [
        (row, rattler_record)
        for row, rattler_record in zip(request.records, made, strict=True)
        if (offline or row.origin.is_local) and not _is_linked(row, request)
    ]
    if not suspects:
        return
    index = await access.package_cache.index()
    shared = access.settings.caches.conda_packages
    for record, rattler_record in suspects:
        if holds(shared, record) and index.contains_record(rattler_record):
            continue
        if record.origin.is_local:
            _verify(record)
        else:
            raise FetchError(
                f"`{record.location}` is not in the package cache",
                hints=OFFLINE_HINTS,
            )


def _is_linked(record: CondaRecord, request: CondaInstallation) -> bool:
    if request.repair or record.name in request.reinstall:
        return False
    stem = f"{record.name}-{record.version}-{record.build}"
    return (request.prefix / "conda-meta" / f"{stem}.json").exists()


def _verify(record: CondaRecord) -> None:
    expected = record.sha256 or record.md5
    if expected is None:
        return
    algorithm = "sha256" if record.sha256 else "md5"
    try:
        with Path(record.location).open("rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise FetchError(
            f"could not read `{record.location}`", causes=[error.strerror or str(error)]
        ) from error
    if found != expected:
        raise _mismatch(record.location, expected, found)


def _mismatch(what: str, expected: str, found: str) -> FetchError:
    return FetchError(
        f"`{what}` does not have the hash that the lock file says",
        causes=[f"expected {expected}, found {found}"],
        hints=["the file was changed or damaged; if the change is meant, lock anew"],
    )


def _failure(text: str) -> WispError:
    mismatch = _MISMATCH.search(text)
    message, causes = chain_of(text)
    if mismatch:
        return _mismatch(message.removeprefix("failed to fetch "), mismatch[1], mismatch[2])
    if message.startswith("failed to fetch"):
        # The first cause only says that the cache was involved.
        return FetchError(message, causes=causes[1:], hints=hints_for(text))
    return InstallError(message, causes=causes, hints=hints_for(text))


def owned_files(prefix: Path) -> frozenset[str]:
    """Return the paths, relative to the prefix, that conda packages have put there."""
    owned: set[str] = set()
    for file in (prefix / "conda-meta").glob("*.json"):
        # A record that a crash left half-written owns nothing; the repair links anew.
        with contextlib.suppress(ValueError):
            owned.update(json.loads(found_bytes(file, LARGEST_LOCK)).get("files", ()))
    return frozenset(owned)
