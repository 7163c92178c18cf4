"""The newest versions that channels and indexes have of what is locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from packaging.requirements import Requirement
from packaging.version import Version

from wisp.api.opened import OpenedWorkspace
from wisp.engine.index_files import newest_version
from wisp.engine.search import newest_records
from wisp.lock.model import LockFile
from wisp.lock.select import index_of
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.match import SpecSyntaxError, parse_spec, version_of
from wisp.specs.origins import IndexFile
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import dataclass

#: How many pages of indexes are asked for at once.
_AT_ONCE = 8
#: Channels and a subdir.
_Place = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest version of a package; of a conda package also its build and what it needs."""

    name: str
    version: str
    build: str = ""
    depends: tuple[str, ...] = ()
    is_pypi: bool = False

    def is_after(self, version: str) -> bool:
        """Tell whether this is a later version than another one."""
        if not self.is_pypi:
            return bool(version_of(self.version) > version_of(version))
        try:
            return Version(self.version) > Version(version)
        except ValueError:  # no version, or a number of thousands of digits
            return False

    def fits_spec(self, text: str) -> bool:
        """Tell whether this is what a match spec asks for; what is none forbids nothing."""
        try:
            return parse_spec(text).matches(self)
        except SpecSyntaxError:
            return True

    def fits_requirement(self, text: str) -> bool:
        """Tell whether this is what a PEP 508 requirement asks for, likewise."""
        try:
            return Requirement(text).specifier.contains(self.version, prereleases=True)
        except ValueError:  # likewise
            return True


class NewestVersions:
    """What is the newest of each package of a lock; all are asked for at the start.

    Raises `FetchError` if a channel or an index cannot be read.
    """

    def __init__(
        self, workspace: OpenedWorkspace, lock: LockFile, chosen: Sequence[EnvironmentInputs]
    ) -> None:
        self._lock = lock
        access, http = workspace.session.channels, workspace.session.http
        names: dict[_Place, set[str]] = {}
        wheels: dict[tuple[str, str], None] = {}
        for inputs in chosen:
            records = lock.packages(inputs.environment, inputs.platform.name)
            names.setdefault(_place(inputs), set()).update(_of_channels(records))
            wheels |= dict.fromkeys(self._of_indexes(records, inputs))
        self._conda = {
            (channels, subdir): newest_records(
                sorted(names[channels, subdir]), channels, (subdir, "noarch"), access
            )
            for channels, subdir in names
        }
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda one: newest_version(http, *one), wheels)
            self._pypi = dict(zip(wheels, found, strict=True))

    def of(self, record: Record, inputs: EnvironmentInputs) -> Newest | None:
        """Return the newest version of a locked package, None if nobody knows of one."""
        if isinstance(record, PypiRecord):
            version = self._pypi.get((self._index(record, inputs), record.name))
            return Newest(name=record.name, version=version, is_pypi=True) if version else None
        channel = (record.channel or "").rstrip("/") if isinstance(record, CondaRecord) else ""
        row = self._conda[_place(inputs)].get((record.name, channel))
        if row is None:
            return None
        depends = tuple(row.row.get("depends", ()))
        return Newest(name=row.name, version=row.version, build=row.build, depends=depends)

    def _of_indexes(
        self, records: Iterable[Record], inputs: EnvironmentInputs
    ) -> Iterator[tuple[str, str]]:
        for record in records:
            if isinstance(record, PypiRecord) and isinstance(record.origin, IndexFile):
                yield self._index(record, inputs), record.name

    def _index(self, record: PypiRecord, inputs: EnvironmentInputs) -> str:
        return index_of(record, self._lock.environments[inputs.environment])


def _place(inputs: EnvironmentInputs) -> _Place:
    return tuple(channel.url for channel in inputs.channels), inputs.platform.subdir


def _of_channels(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        if isinstance(record, CondaRecord) and record.channel is not None:
            yield record.name
