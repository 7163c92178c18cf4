"""Bringing the conda packages of a prefix to a wanted state with rattler."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence, Set

from rattler.exceptions import ExtractError, InstallerError, LinkError, TransactionError
from rattler.package_cache.package_cache import PackageCache
from rattler.platform.subdir import Subdir
from rattler.prefix.prefix_record import PrefixRecord
from rattler.rattler import py_install

from wisp.engine import loop
from wisp.engine.conda_installation import CondaInstallation, Sources, linked_names
from wisp.engine.first_fault import first_fault
from wisp.engine.gateway import ChannelAccess
from wisp.engine.link_progress import LinkProgress, Received
from wisp.engine.linked import linked_records, staying_names, sweep
from wisp.engine.lookout import Lookout
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.package_judge import PackageJudge, SharedPlaceError
from wisp.engine.rattler_errors import CHANGED_FILE, chain_of, hints_for, package_at_fault
from wisp.engine.records import to_rattler
from wisp.engine.safe.modes import open_records
from wisp.engine.safe.package_cache import holds, vouched_cache
from wisp.engine.scratch import scratch_folder
from wisp.errors import FetchError, InstallError, WispError
from wisp.layout import UNVERIFIED_PACKAGES
from wisp.patterns import pattern
from wisp.report import SILENT, Reporter
from wisp.specs.origins import is_wheel
from wisp.specs.records import CondaRecord
from wisp.trust import opened_regular
from wisp.values import dataclass, replace

_MISMATCH = pattern(r"(?s)hash mismatch.*?expected (\w+), got (\w+)")


def install_conda(
    request: CondaInstallation,
    access: ChannelAccess,
    reporter: Reporter = SILENT,
    sources: Sources | None = None,
) -> None:
    """Link what is missing or different, unlink what is not wanted.

    `sources` are those that `check_sources` has found, if it was asked.

    Raises:
        FetchError: A package cannot be had or does not have its hash.
        InstallError: A package cannot be linked or unlinked.

    """
    found = _sources(request, access) if sources is None else sources
    if any(is_wheel(record.location) for record in request.records):
        from wisp.engine.channel_wheels import bring_wheels

        bring_wheels(request.records, access, reporter)
        found = _sources(request, access)
    listeners = _Listeners.of(request, access, reporter)
    loop.call(_install(request, found, access, listeners), look=listeners.lookout.look)
    open_records(request.ground, request.prefix)


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

    def progress(self, request: CondaInstallation, check: Callable[[str], None]) -> LinkProgress:
        """Make what rattler tells of its steps; `check` judges a package before it is linked."""
        locations = {row.name: row.location for row in request.records}
        return LinkProgress(self.reporter, request.label, check, locations, self.received)


async def _install(
    request: CondaInstallation, sources: Sources, access: ChannelAccess, listeners: _Listeners
) -> None:
    if request.repair:
        await _link(request, Sources((), sources.held), access, listeners)
        sweep(request.ground, request.prefix, clobbered=not request.ignored)
    await _link(request, sources, access, listeners)


async def _link(
    request: CondaInstallation, sources: Sources, access: ChannelAccess, listeners: _Listeners
) -> None:
    try:
        await _link_once(request, sources, access, listeners)
    except (FetchError, InstallError) as error:

        async def attempt(records: tuple[CondaRecord, ...]) -> None:
            with scratch_folder(access.settings.caches.root, UNVERIFIED_PACKAGES) as prefix:
                trial = CondaInstallation(
                    records=records, prefix=prefix, subdir=request.subdir, place=os.fspath(prefix)
                )
                await _link_once(trial, _sources(trial, access), access, listeners)

        raise await first_fault(request.records, error, attempt) from error.__cause__


async def _link_once(
    request: CondaInstallation, sources: Sources, access: ChannelAccess, listeners: _Listeners
) -> None:
    """Link without sharing files if programs clash with those, and in two steps if with links.

    What is there already is taken away before a program is written (`wisp.engine.safe.programs`).
    """
    try:
        await _linked(request, sources, access, listeners, shares=True)
        return
    except SharedPlaceError:
        pass
    late: set[str] = set()
    while True:
        first = _without(request, late)
        try:
            await _linked(first, _sources(first, access), access, listeners, shares=False)
            break
        except SharedPlaceError as error:
            # What was refused is surely not being linked: rattler's threads may go on a while.
            if error.package is None or error.package in late:
                raise
            late.add(error.package)
    if late:
        rest = replace(request, reinstall=request.reinstall - {row.name for row in first.records})
        await _linked(rest, _sources(rest, access), access, listeners, shares=False)


def _without(request: CondaInstallation, stems: Set[str]) -> CondaInstallation:
    kept = [row for row in request.records if f"{row.name}-{row.version}-{row.build}" not in stems]
    return replace(request, records=tuple(kept)) if stems else request


async def _linked(
    request: CondaInstallation,
    sources: Sources,
    access: ChannelAccess,
    listeners: _Listeners,
    *,
    shares: bool,
) -> None:
    with vouched_cache(request.records, sources.held, access) as vouched:
        owners = access.settings.caches.owners
        judge = PackageJudge(request, vouched.folders, owners, shares=shares)
        seeming = linked_names(request) if sources.records else frozenset()
        installed = linked_records(request.ground, request.prefix)
        staying = staying_names(request, sources, installed)
        _verify_all(request, seeming - staying - sources.held)
        judge.check_held(sources, staying)
        listeners.lookout.folders = vouched.folders
        try:
            await _transact(request, sources, installed, access, vouched.cache, judge, listeners)
        except (InstallerError, LinkError, TransactionError, ExtractError) as error:
            raise judge.refusal or failure_of(str(error)) from error
        except WispError:
            raise
        except Exception as error:  # a panic of rattler, over what a stranger wrote
            raise judge.refusal or InstallError(
                "the packages could not be linked",
                causes=[str(error)],
                hints=["remove the environment with `wisp clean` and install it anew"],
            ) from error
        finally:
            judge.end()
    if judge.refusal is not None:
        raise judge.refusal


async def _transact(
    request: CondaInstallation,
    sources: Sources,
    installed: Sequence[PrefixRecord],
    access: ChannelAccess,
    cache: PackageCache,
    judge: PackageJudge,
    listeners: _Listeners,
) -> None:
    reporter = listeners.reporter
    # To be told six things of each package takes as long as to link ten files of it.
    if installed or reporter.watched or not judge.has_passed(sources):
        listener = listeners.progress(request, judge.check)
        await _rattler_install(request, sources, installed, access, cache, judge, listener)
        return
    token = reporter.start("linking", request.label, len(sources.records))
    try:
        await _rattler_install(request, sources, installed, access, cache, judge, None)
    finally:
        reporter.finish(token)
    reporter.count("installed", len(sources.records), "conda")


def _rattler_install(
    request: CondaInstallation,
    sources: Sources,
    installed: Sequence[PrefixRecord],
    access: ChannelAccess,
    cache: PackageCache,
    judge: PackageJudge,
    listener: LinkProgress | None,
) -> Awaitable[None]:
    """Call what `rattler.install` would; to import that loads what installs nothing."""
    done: Awaitable[None] = py_install(
        records=list(sources.records),
        target_prefix=str(request.prefix),
        cache_dir=None,
        installed_packages=list(installed),
        reinstall_packages=set(request.reinstall),
        ignored_packages=set(request.ignored),
        platform=Subdir(request.subdir)._inner,
        client=access.client._client,
        # What is meant for elsewhere does not run here, whatever the configuration says.
        execute_link_scripts=None if request.place is None else False,
        show_progress=False,
        requested_specs=None,
        reporter=listener,
        alternative_target_prefix=request.place,
        config=(access.config if judge.shares else access.config_of_copies)._inner,
        attestation_policy=None,
        package_cache=cache._inner,
    )
    return done


def check_sources(request: CondaInstallation, access: ChannelAccess) -> Sources:
    """Refuse early what rattler would not: remote files offline, local files that changed.

    rattler verifies downloads only; an archive of a `file://` channel it takes as it is. What
    is linked already needs no source. Nothing is changed. What was found out need not be found
    twice.

    Raises:
        FetchError: A package cannot be had or does not have its hash.

    """
    sources = _sources(request, access)
    offline = access.settings.network.offline
    linked = linked_names(request)
    for record in request.records:
        if record.name in sources.held or not (offline or record.origin.is_local):
            continue
        if record.name in linked:
            continue
        if record.origin.is_local:
            _verify(record)
        else:
            raise FetchError(
                f"`{record.location}` is not in the package cache",
                hints=OFFLINE_HINTS,
            )
    return sources


def _verify_all(request: CondaInstallation, names: frozenset[str]) -> None:
    """Verify local archives of what `check_sources` took for linked by the name of a file."""
    for record in request.records if names else ():
        if record.name in names and record.origin.is_local:
            _verify(record)


def _sources(request: CondaInstallation, access: ChannelAccess) -> Sources:
    caches = access.settings.caches
    held = frozenset(record.name for record in request.records if holds(caches, record))
    return Sources(tuple(to_rattler(request.records)), held)


def _verify(record: CondaRecord) -> None:
    import hashlib  # it loads OpenSSL

    expected = record.sha256 or record.md5
    algorithm = "sha256" if record.sha256 else "md5"
    try:
        # A pipe is refused also where no hash is known: rattler would wait for it.
        with opened_regular(record.location) as file:
            found = hashlib.file_digest(file, algorithm).hexdigest() if expected else ""
    except OSError as error:
        raise FetchError(
            f"could not read `{record.location}`", causes=[error.strerror or str(error)]
        ) from error
    if expected and found != expected.lower():
        raise _mismatch(record.location, expected, found)


def _mismatch(what: str, expected: str, found: str) -> FetchError:
    return FetchError(
        f"`{what}` does not have the hash that the lock file says",
        causes=[f"expected {expected}, found {found}"],
        hints=[CHANGED_FILE],
    )


def failure_of(text: str) -> WispError:
    """Word what rattler says where it could not install, as data."""
    error = _worded(text)
    error.package = package_at_fault(text)
    return error


def _worded(text: str) -> WispError:
    mismatch = _MISMATCH.search(text)
    message, causes = chain_of(text)
    if mismatch:
        return _mismatch(message.removeprefix("failed to fetch "), mismatch[1], mismatch[2])
    if message.startswith("failed to fetch"):
        # The first cause only says that the cache was involved.
        return FetchError(message, causes=causes[1:], hints=hints_for(text))
    return InstallError(message, causes=causes, hints=hints_for(text))
