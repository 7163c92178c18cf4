"""Asking rattler which conda packages fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rattler.exceptions import GatewayError, InvalidMatchSpecError, SolverError
from rattler.match_spec.match_spec import MatchSpec
from rattler.rattler import (
    PyBuildString,
    PyChannelPriority,
    PyGenericVirtualPackage,
    PyMatchSpec,
    PyPackageName,
    PyRecord,
    PyVersion,
    py_solve,
)

from wisp.engine import loop
from wisp.engine.cutoffs import FilteredChannel, in_cache, is_uniform, old_enough
from wisp.engine.gateway import ChannelAccess
from wisp.engine.heavy_records import refuse_heavy
from wisp.engine.native_gateway import natives, platforms_of
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.rattler_errors import folded, unreachable
from wisp.engine.records import from_native, to_rattler
from wisp.engine.wheel_listings import Source, sources_of
from wisp.errors import SolveError
from wisp.platforms import VirtualPackage
from wisp.specs.heavy import beginning, excess
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.newness import missed
from wisp.specs.records import CondaRecord
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.inputs import ChannelPriority as PriorityName
    from wisp.specs.inputs import SolveStrategy

_PRIORITIES = {
    "strict": PyChannelPriority.Strict,
    "flexible": PyChannelPriority.Flexible,
    "disabled": PyChannelPriority.Disabled,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveRequest:
    """A question for the solver.

    `specs` and `constraints` are match specs in the manifest's order, which decides between
    equally good answers; `channels` base URLs, highest priority first; `virtual_packages` as
    locks spell them (`__glibc=2.28`). `locked` records are preferred, `pinned` ones must stay.
    """

    specs: tuple[str, ...]
    channels: tuple[str, ...]
    subdir: str
    virtual_packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    channel_priority: PriorityName = "strict"
    strategy: SolveStrategy = "highest"
    exclude_newer: ExcludeNewer = field(default_factory=ExcludeNewer)
    locked: tuple[CondaRecord, ...] = ()
    pinned: tuple[CondaRecord, ...] = ()


def solve(request: SolveRequest, access: ChannelAccess) -> tuple[CondaRecord, ...]:
    """Find the packages that fulfil a request, sorted by location.

    Raises:
        SolveError: Nothing fits; the message is the solver's explanation.
        FetchError: A channel cannot be read.

    """
    access = access.of(request.channels)
    look = access.lookout(request.channels).look
    return loop.call(_solve(request, access), access.solves, look)


async def _solve(request: SolveRequest, access: ChannelAccess) -> tuple[CondaRecord, ...]:
    specs, constraints = _specs(request.specs), _specs(request.constraints)
    cutoffs = request.exclude_newer
    offline = access.settings.network.offline
    platforms = platforms_of(request.subdir)
    sources: list[Source | FilteredChannel] = []
    try:
        listed = await sources_of(request.channels, platforms, access)
        channels = dict(zip(request.channels, listed, strict=True))
        await refuse_heavy(specs, channels, platforms, access)
        sources = await _filtered(channels, request, access)
        answer: list[PyRecord] = await py_solve(
            sources=natives(sources),
            specs=specs,
            gateway=access.native_gateway,
            platforms=[platform._inner for platform in platforms],
            locked_packages=_existing(request.locked, cutoffs),
            pinned_packages=_existing(request.pinned, cutoffs),
            virtual_packages=[virtual_package(text) for text in request.virtual_packages],
            channel_priority=_PRIORITIES[request.channel_priority],
            timeout=None,
            exclude_newer_timestamp_ms=_uniform_moment(cutoffs),
            exclude_newer_duration_seconds=None,
            strategy=request.strategy,
            timestamp_policy="allow-missing",
            constraints=constraints,
            channel_relations=None,
            channel_relations_max_depth=None,
            add_pip_as_python_dependency=False,
        )
    except SolverError as error:
        hints = (*_too_new(str(error), sources), *(OFFLINE_HINTS if offline else ()))
        raise _unsolvable(str(error), hints) from error
    except GatewayError as error:
        raise unreachable(str(error), offline=offline, channels=request.channels) from error
    spelled = {record.location: record.track_features for record in request.locked}
    records = [_spelled_as(from_native(record), spelled) for record in answer]
    return tuple(sorted(records, key=lambda record: record.location))


def _specs(texts: Iterable[str]) -> list[PyMatchSpec]:
    return [parse_spec(text)._match_spec for text in texts]


def _existing(records: tuple[CondaRecord, ...], cutoffs: ExcludeNewer) -> list[PyRecord]:
    """Leave out what is too new: rattler takes a preferred record that no channel has."""
    existing = [record for record in records if missed(record, cutoffs) is None]
    return [record._record for record in to_rattler(existing)]


def _uniform_moment(cutoffs: ExcludeNewer) -> int | None:
    """Return the moment that holds for all packages, in milliseconds since the epoch."""
    if cutoffs.default is None or not is_uniform(cutoffs):
        return None
    return int(cutoffs.default.timestamp() * 1000)


def _spelled_as(record: CondaRecord, spelled: Mapping[str, tuple[str, ...]]) -> CondaRecord:
    """Keep the spelling of a locked record's features, which rattler joins into one text."""
    before = spelled.get(record.location, ())
    if before == record.track_features or " ".join(before) != " ".join(record.track_features):
        return record
    return replace(record, track_features=before)


async def _filtered(
    channels: Mapping[str, Source], request: SolveRequest, access: ChannelAccess
) -> list[Source | FilteredChannel]:
    """Give channels themselves where rattler can judge alone, filters in front of them if not."""
    cutoffs = request.exclude_newer
    index = await access.package_cache.index() if access.settings.network.offline else None
    sources: list[Source | FilteredChannel] = []
    for url, channel in channels.items():
        cached = in_cache(index) if index is not None and not url.startswith("file:") else None
        aged = None if is_uniform(cutoffs) else old_enough(url, cutoffs)
        sources.append(
            FilteredChannel(channel, access.gateway, cached=cached, old_enough=aged)
            if cached or aged
            else channel
        )
    return sources


def parse_spec(text: str, *, globs: bool = False) -> MatchSpec:
    """Read a match spec as generously as manifests write them (`foo 1.0 py_0`).

    Raises:
        SolveError: The text is no match spec.

    """
    if (too_much := excess(text)) is not None:
        raise SolveError(f"`{beginning(text)}` is not a valid match spec: it {too_much}")
    try:
        return MatchSpec(text, strict=False, exact_names_only=not globs)
    except InvalidMatchSpecError as error:
        raise SolveError(f"`{text}` is not a valid match spec", causes=[str(error)]) from error


def virtual_package(text: str) -> PyGenericVirtualPackage:
    """Read a virtual package as locks spell it, as rattler's value."""
    package = VirtualPackage.parse(text)
    return PyGenericVirtualPackage(
        PyPackageName(package.name),
        PyVersion(package.version or "0"),
        PyBuildString(package.build or "0"),
    )


def _too_new(text: str, sources: Iterable[Source | FilteredChannel]) -> tuple[str, ...]:
    """Tell of packages in an explanation that cut-offs hide: to rattler they do not exist."""
    filtered = [one for one in sources if isinstance(one, FilteredChannel)]
    words = set(text.replace(",", " ").split())
    hidden = sorted(words & {name for one in filtered for name in one.too_new})
    if not hidden:
        return ()
    return (f"`exclude-newer` leaves out newer builds of {', '.join(hidden)}",)


def _unsolvable(text: str, hints: Sequence[str]) -> SolveError:
    return SolveError(
        "failed to solve the environment", causes=[folded(text.rstrip())], hints=hints
    )
