"""Checks of an environment as a whole: what it was solved from, for what, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import identity, identity_of
from wisp.lock.mismatch import (
    ChannelPriorityChanged,
    ChannelsAppended,
    ChannelsChanged,
    IndexesChanged,
    IndexesMissing,
    Mismatch,
    NonBinaryLocked,
    PlatformSubdirChanged,
    PlatformsUnknown,
    PrereleaseModeChanged,
    StrategyChanged,
    TooNew,
    VirtualPackagesChanged,
    WheelTagsMismatch,
)
from wisp.lock.model import (
    LOCK_STRATEGIES,
    PRERELEASE_DEFAULT,
    EnvironmentRow,
    LockFile,
    LockPlatform,
)
from wisp.lock.select import editable_names
from wisp.specs.cutoffs import utc_text
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.newness import missed, moment_of
from wisp.specs.origins import DirectFile, IndexFile, LocalFolder
from wisp.specs.package_names import python_of
from wisp.specs.pypi import FindLinks, normalize
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.specs.urls import without_credentials

#: From this version on locks say where PyPI packages were looked for.
_FIRST_WITH_INDEXES = 5
#: From this version on locks say what platforms declare.
_FIRST_WITH_PLATFORMS = 7
#: Name, version and three tags; what has fewer parts says nothing of platforms.
_DASHES_OF_WHEEL = 4


def check_environment(lock: LockFile, inputs: Sequence[EnvironmentInputs]) -> list[Mismatch]:
    """Compare an environment that the lock knows with its inputs, one for each platform."""
    locked = lock.environments[inputs[0].environment]
    return [
        *_channels(locked, inputs[0]),
        *_platforms(lock, locked, inputs),
        *_indexes(lock, locked, inputs),
        *_files(locked, inputs),
        *_options(locked, inputs[0]),
        *_cutoffs(locked, inputs),
    ]


def _channels(locked: EnvironmentRow, inputs: EnvironmentInputs) -> Iterator[Mismatch]:
    before = tuple(channel.url for channel in locked.channels)
    wanted = tuple(channel.url for channel in inputs.channels)
    if before == wanted:
        return
    kind = ChannelsAppended if before and wanted[: len(before)] == before else ChannelsChanged
    yield kind(environment=locked.name, locked=before, wanted=wanted)


def _platforms(
    lock: LockFile, locked: EnvironmentRow, inputs: Sequence[EnvironmentInputs]
) -> Iterator[Mismatch]:
    rows = {row.name: row for row in lock.platforms}
    known = {one.platform.name for one in inputs}
    unknown = tuple(name for name in locked.packages if name not in known)
    if unknown:
        yield PlatformsUnknown(environment=locked.name, platforms=unknown)
    for one in inputs:
        row = rows.get(one.platform.name)
        if row is not None:
            yield from _platform(lock, row, one)


def _platform(lock: LockFile, row: LockPlatform, inputs: EnvironmentInputs) -> Iterator[Mismatch]:
    platform = inputs.platform
    if row.subdir != platform.subdir:
        yield PlatformSubdirChanged(
            environment=inputs.environment,
            name=platform.name,
            locked=row.subdir,
            wanted=platform.subdir,
        )
        return
    if lock.version < _FIRST_WITH_PLATFORMS or row.virtual_packages is None:
        return
    _, before = identity(row.subdir, _today(row))
    _, wanted = identity_of(platform)
    if Counter(before) != Counter(wanted):
        yield VirtualPackagesChanged(
            environment=inputs.environment, name=platform.name, locked=before, wanted=wanted
        )


def _today(row: LockPlatform) -> tuple[str, ...]:
    """Return what a row declares; what a plain subdir had by default once, it does today.

    Before Pixi 0.79 that was the same C library for riscv64 as for all Linux.
    """
    packages = row.virtual_packages or ()
    if (row.name, row.subdir) == ("linux-riscv64", "linux-riscv64"):
        return tuple(one for one in packages if one != "__glibc=2.28")
    return packages


def _indexes(
    lock: LockFile, locked: EnvironmentRow, inputs: Sequence[EnvironmentInputs]
) -> Iterator[Mismatch]:
    if not any(one.pypi_dependencies for one in inputs):
        return
    options = inputs[0].pypi_options
    if locked.indexes is None:
        has_pypi = any(isinstance(record, PypiRecord) for record in locked.records())
        if lock.version >= _FIRST_WITH_INDEXES and has_pypi:
            yield IndexesMissing(environment=locked.name)
        return
    wanted = (options.index_url or DEFAULT_INDEX, *options.extra_index_urls)
    links = tuple(_link(link) for link in options.find_links)
    before_links = tuple(_link(link) for link in locked.find_links)
    same = list(map(without_credentials, wanted)) == list(map(without_credentials, locked.indexes))
    if not same or links != before_links:
        yield IndexesChanged(
            environment=locked.name,
            locked=locked.indexes + before_links,
            wanted=wanted + links,
        )


def _link(link: FindLinks) -> str:
    return link.url or (link.path or "").removeprefix("./").rstrip("/")


def _files(locked: EnvironmentRow, inputs: Sequence[EnvironmentInputs]) -> Iterator[Mismatch]:
    """Check files of PyPI packages: whether they may be built, and fit the platform."""
    for one in inputs:
        if not one.pypi_dependencies:
            continue
        records = locked.packages.get(one.platform.name, ())
        forbidden = one.pypi_options.no_build
        if forbidden:
            yield from _non_binaries(records, one, forbidden)
        yield from _misfits(records, one)


def _non_binaries(
    records: Iterable[Record], inputs: EnvironmentInputs, forbidden: bool | tuple[str, ...]
) -> Iterator[Mismatch]:
    editable = editable_names(inputs)
    names = None if forbidden is True else {normalize(name) for name in forbidden or ()}
    for record in records:
        if not isinstance(record, PypiRecord) or record.origin.is_wheel:
            continue
        is_forbidden = names is None or record.name in names
        if is_forbidden and not (
            isinstance(record.origin, LocalFolder) and record.name in editable
        ):
            yield NonBinaryLocked(environment=inputs.environment, package=record.name)


def _misfits(records: Sequence[Record], inputs: EnvironmentInputs) -> Iterator[Mismatch]:
    pypi = (record for record in records if isinstance(record, PypiRecord))
    wheels = [(record.name, wheel) for record in pypi if (wheel := _wheel(record)) is not None]
    python = python_of(records)
    if not wheels or python is None:
        return
    from wisp.specs.wheels import supported_tags, wheel_rank

    tags = supported_tags(inputs.platform, python.version, python.abi)
    for name, file_name in wheels:
        if file_name.count("-") < _DASHES_OF_WHEEL or file_name.endswith("-none-any.whl"):
            continue
        if wheel_rank(file_name, tags) is None:
            yield WheelTagsMismatch(environment=inputs.environment, wheel=name)


def _wheel(record: PypiRecord) -> str | None:
    """Return the file name of a wheel, None for what is none."""
    origin = record.origin
    if not isinstance(origin, IndexFile | DirectFile):
        return None
    return origin.file_name if origin.is_wheel else None


def _options(locked: EnvironmentRow, inputs: EnvironmentInputs) -> Iterator[Mismatch]:
    before = locked.options
    strategy = LOCK_STRATEGIES[inputs.solve_strategy]
    if before.strategy != strategy:
        yield StrategyChanged(environment=locked.name, locked=before.strategy, wanted=strategy)
    priority = inputs.channel_priority
    if before.channel_priority != priority:
        yield ChannelPriorityChanged(
            environment=locked.name, locked=before.channel_priority, wanted=priority
        )
    mode = inputs.pypi_options.prerelease_mode or PRERELEASE_DEFAULT
    if before.prerelease_mode != mode:
        yield PrereleaseModeChanged(
            environment=locked.name, locked=before.prerelease_mode, wanted=mode
        )


def _cutoffs(locked: EnvironmentRow, inputs: Sequence[EnvironmentInputs]) -> Iterator[Mismatch]:
    for one in inputs:
        cutoffs = one.exclude_newer
        if cutoffs.is_conda_free:
            continue
        for record in locked.packages.get(one.platform.name, ()):
            if not isinstance(record, CondaRecord):
                continue
            cutoff, made = missed(record, cutoffs), moment_of(record)
            if cutoff is not None and made is not None:
                yield TooNew(
                    environment=locked.name,
                    package=record.name,
                    timestamp=utc_text(made),
                    cutoff=utc_text(cutoff),
                )
