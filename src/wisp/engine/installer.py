"""Bringing the conda packages of a prefix to a wanted state with rattler."""

from __future__ import annotations

import glob
import os
from collections.abc import Awaitable, Sequence
from pathlib import Path

from rattler.exceptions import ExtractError, InstallerError, LinkError, TransactionError
from rattler.package_cache.package_cache import PackageCache
from rattler.platform.subdir import Subdir
from rattler.prefix.prefix_record import PrefixRecord
from rattler.rattler import py_install
from rattler.repo_data.record import RepoDataRecord

from wisp.engine import loop
from wisp.engine.first_fault import first_fault
from wisp.engine.gateway import ChannelAccess
from wisp.engine.link_progress import LinkProgress, Received
from wisp.engine.linked import linked_records, sweep
from wisp.engine.lookout import Lookout
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.rattler_errors import CHANGED_FILE, chain_of, hints_for, package_at_fault
from wisp.engine.records import to_rattler
from wisp.engine.safe.package_cache import holds, vouched_cache
from wisp.engine.safe.packages import spoil
from wisp.engine.safe.verdicts import Verdicts
from wisp.engine.scratch import scratch_folder
from wisp.errors import FetchError, InstallError, WispError
from wisp.layout import UNVERIFIED_PACKAGES
from wisp.patterns import pattern
from wisp.report import SILENT, Reporter
from wisp.specs.inside import UnsafePathError
from wisp.specs.records import CondaRecord
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


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the packages of an installation come from.

    `records` are rattler's, in the order of the request. `held` names those whose entry in the
    shared cache was verified against their digest.
    """

    records: tuple[RepoDataRecord, ...]
    held: frozenset[str]


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
    if any(record.location.endswith(".whl") for record in request.records):
        from wisp.engine.channel_wheels import bring_wheels

        bring_wheels(request.records, access, reporter)
        found = _sources(request, access)
    listeners = _Listeners.of(request, access, reporter)
    loop.call(_install(request, found, access, listeners), look=listeners.lookout.look)


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
    request: CondaInstallation, sources: Sources, access: ChannelAccess, listeners: _Listeners
) -> None:
    if request.repair:
        await _link(request, Sources((), sources.held), access, listeners)
        sweep(request.prefix, clobbered=not request.ignored)
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
    with vouched_cache(request.records, sources.held, access) as vouched:
        judge = _Judge(request, vouched.folders, access.settings.caches.owners)
        judge.check_held(sources)
        listeners.lookout.folders = vouched.folders
        try:
            await _transact(request, sources, access, vouched.cache, judge, listeners)
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
            judge.remember()
    if judge.refusal is not None:
        raise judge.refusal


async def _transact(
    request: CondaInstallation,
    sources: Sources,
    access: ChannelAccess,
    cache: PackageCache,
    judge: _Judge,
    listeners: _Listeners,
) -> None:
    installed, reporter = linked_records(request.prefix), listeners.reporter
    # To be told six things of each package takes as long as to link ten files of it.
    if installed or reporter.watched or not judge.has_passed(sources):
        listener = judge.listener(listeners)
        await _rattler_install(request, sources, installed, access, cache, listener)
        return
    token = reporter.start("linking", request.label, len(sources.records))
    try:
        await _rattler_install(request, sources, installed, access, cache, None)
    finally:
        reporter.finish(token)
    reporter.count("installed", len(sources.records), "conda")


def _rattler_install(
    request: CondaInstallation,
    sources: Sources,
    installed: Sequence[PrefixRecord],
    access: ChannelAccess,
    cache: PackageCache,
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
        config=access.config._inner,
        attestation_policy=None,
        package_cache=cache._inner,
    )
    return done


class _Judge:
    """Looks at each package between unpacking and linking.

    rattler only tells that it begins to link and does not listen to an answer. So a package that
    is refused loses its list of files, without which rattler cannot link it. That of one that was
    in the cache before it has read already when it tells: such a package is looked at first.
    """

    def __init__(
        self,
        request: CondaInstallation,
        caches: Sequence[Path],
        owners: frozenset[int] | None,
    ) -> None:
        self.refusal: InstallError | None = None
        self._verdicts = {os.fspath(cache): Verdicts(cache, owners) for cache in caches}
        self._request = request
        self._label = request.label
        self._stems = {row.name: f"{row.name}-{row.version}-{row.build}" for row in request.records}
        self._locations = {row.name: row.location for row in request.records}

    def listener(self, listeners: _Listeners) -> LinkProgress:
        return LinkProgress(
            listeners.reporter, self._label, self.check, self._locations, listeners.received
        )

    def has_passed(self, sources: Sources) -> bool:
        """Tell whether no package needs another look.

        What rattler unpacks anew, should it find an entry damaged, has the digest of what passed.
        """
        (cache, verdicts), *others = self._verdicts.items()
        return not others and all(
            name in sources.held and verdicts.has(f"{cache}/{stem}")
            for name, stem in self._stems.items()
        )

    def check_held(self, sources: Sources) -> None:
        """Look at what was in the cache before; what is refused is fetched and judged anew.

        Raises `InstallError` for a wheel, which rattler does not fetch.
        """
        for record in self._request.records if sources.records else ():
            if record.name in sources.held and not _is_linked(record, self._request):
                self.check(record.name)
                if self.refusal and record.location.endswith(".whl"):
                    raise self.refusal
                self.refusal = None

    def check(self, name: str) -> None:
        stem = self._stems[name]
        for folder in self._folders(stem):
            try:
                self._verdicts[os.path.dirname(folder)].check(folder)  # noqa: PTH120
            except UnsafePathError as error:
                spoil(Path(folder))
                self.refusal = InstallError(
                    f"the package `{stem}` was refused",
                    causes=[error.message, *error.causes],
                    hints=["nothing of it was linked; tell the owners of its channel"],
                    package=stem,
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
    for record in request.records:
        if record.name in sources.held or not (offline or record.origin.is_local):
            continue
        if _is_linked(record, request):
            continue
        if record.origin.is_local:
            _verify(record)
        else:
            raise FetchError(
                f"`{record.location}` is not in the package cache",
                hints=OFFLINE_HINTS,
            )
    return sources


def _sources(request: CondaInstallation, access: ChannelAccess) -> Sources:
    caches = access.settings.caches
    held = frozenset(record.name for record in request.records if holds(caches, record))
    return Sources(tuple(to_rattler(request.records)), held)


def _is_linked(record: CondaRecord, request: CondaInstallation) -> bool:
    if request.repair or record.name in request.reinstall:
        return False
    stem = f"{record.name}-{record.version}-{record.build}"
    return (request.prefix / "conda-meta" / f"{stem}.json").exists()


def _verify(record: CondaRecord) -> None:
    expected = record.sha256 or record.md5
    if expected is None:
        return
    import hashlib  # it loads OpenSSL

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
