"""Which PyPI packages a conda record stands for, decided from names that were looked up before.

A record gets *purls* (package URLs), one per PyPI name, with a qualifier that tells who said so.
The maps are fetched by `wisp.engine.names`; here it is decided which of them counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from wisp.specs.conda import channel_url
from wisp.specs.mapping import CondaPypiMap
from wisp.specs.origins import is_wheel
from wisp.specs.package_names import PYPI_PURL
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.names import NameService
    from wisp.specs.mapping import CondaPypiMaps

#: Conda name to PyPI names; an empty tuple says that the package has none.
NameMap = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelNames:
    """What is known of the names of one channel.

    `project` is the manifest's map, `by_hash` that of single archives (sha256), `compressed` the
    channel's whole map. With `same_name` a record that no map knows has a PyPI package of its
    own name.
    """

    project: NameMap = field(default_factory=dict)
    by_hash: NameMap = field(default_factory=dict)
    compressed: NameMap = field(default_factory=dict)
    same_name: bool = False


def purls_of(record: CondaRecord, names: ChannelNames) -> tuple[str, ...] | None:
    """Return a record's purls: the first map that knows it decides.

    None when nobody knows it, so that whatever the record already says stays.
    """
    for known, key, source in (
        (names.project, record.name, "project-defined-mapping"),
        (names.by_hash, record.sha256 or "", "hash-mapping"),
        (names.compressed, record.name, "compressed-mapping"),
    ):
        if key in known:
            # By name, not by text: `msgpack` stands before `msgpack-python`.
            return tuple(f"{PYPI_PURL}{name}?source={source}" for name in sorted(set(known[key])))
    return (f"{PYPI_PURL}{record.name}",) if names.same_name else None


def is_conda_forge(record: CondaRecord) -> bool:
    """Tell whether a record comes from conda-forge or a mirror of it, labels included."""
    where = record.channel or record.location
    return urlsplit(where).path.startswith("/conda-forge")


def is_conda_pypi(record: CondaRecord) -> bool:
    """Tell whether a record comes from a channel `conda-pypi`: PyPI's wheels as conda packages."""
    return urlsplit(record.channel or "").path.rstrip("/").rpartition("/")[2] == "conda-pypi"


def add_purls(
    records: Iterable[CondaRecord],
    service: NameService,
    root: Path,
    maps: CondaPypiMaps = None,
    *,
    conda_pypi: bool = False,
) -> tuple[CondaRecord, ...]:
    """Give conda records their PyPI names, in the order project, archive, channel, same name.

    `maps` is the manifest's `conda-pypi-map`: False switches names off, an empty table the
    default maps. With `conda_pypi` packages of such channels have PyPI's own names. Raises
    `ConfigError` or `FetchError` when a map of the manifest cannot be read.
    """
    records = tuple(records)
    if maps is False:
        return records
    by_channel = {
        channel_url(name, root).rstrip("/"): entry for name, entry in (maps or {}).items()
    }
    lookup = _Lookup(
        records,
        service,
        root,
        by_channel,
        defaults=maps is None or bool(maps),
        conda_pypi=conda_pypi,
    )
    return tuple(lookup.named(record) for record in records)


def _wheel_name(record: CondaRecord) -> str:
    """Return the PyPI name of a package that is one of PyPI's: that of the wheel, if it is one."""
    file = record.location.rpartition("/")[2]
    return normalize(file.partition("-")[0] if is_wheel(record.location) else record.name)


class _Lookup:
    """The maps that one call of `add_purls` needs, each fetched once and only when it is met."""

    def __init__(
        self,
        records: tuple[CondaRecord, ...],
        service: NameService,
        root: Path,
        entries: Mapping[str, CondaPypiMap],
        *,
        defaults: bool,
        conda_pypi: bool,
    ) -> None:
        self._records = records
        self._service = service
        self._root = root
        self._entries = entries
        self._defaults = defaults
        self._conda_pypi = conda_pypi
        self._known: dict[tuple[str, bool], ChannelNames] = {}

    def named(self, record: CondaRecord) -> CondaRecord:
        channel = (record.channel or "").rstrip("/")
        key = (channel, is_conda_forge(record))
        pypi = self._conda_pypi and is_conda_pypi(record)
        if pypi and self._defaults and channel not in self._entries:
            return replace(record, purls=(f"{PYPI_PURL}{_wheel_name(record)}",))
        if key not in self._known:
            self._known[key] = self._channel(*key)
        purls = purls_of(record, self._known[key])
        return record if purls is None or purls == record.purls else replace(record, purls=purls)

    def _channel(self, channel: str, forge: bool) -> ChannelNames:
        entry = self._entries.get(channel)
        if entry is not None and entry.disabled:
            return ChannelNames()
        defaults = self._defaults and forge and not (entry and entry.replace)
        heuristic = entry.same_name_heuristic if entry else None
        return ChannelNames(
            project=self._project(entry) if entry else {},
            by_hash=self._hashes(channel) if defaults else {},
            compressed=self._service.conda_forge() if defaults else {},
            same_name=forge if heuristic is None else heuristic,
        )

    def _project(self, entry: CondaPypiMap) -> NameMap:
        located = self._service.read_map(entry.location, self._root) if entry.location else {}
        return {**located, **{name: found or () for name, found in entry.mapping.items()}}

    def _hashes(self, channel: str) -> NameMap:
        return self._service.by_hash(
            record.sha256
            for record in self._records
            if record.sha256 and (record.channel or "").rstrip("/") == channel
        )
