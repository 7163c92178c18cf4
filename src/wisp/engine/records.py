"""Conda records as rattler holds them, and as locks spell them.

Towards rattler the way leads through a channel's list of packages: the constructors of py-rattler
know neither purls nor run exports, and its reader of lock files, which keeps them as well, takes
ten times as long.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from wisp.engine.rattler_errors import TELL_OWNERS, is_panic
from wisp.errors import FetchError, LockFileError
from wisp.specs.controls import PROSE, find_control
from wisp.specs.inside import UnsafePathError, inside, is_plain_name, site_packages
from wisp.specs.records import CondaRecord, RunExports
from wisp.specs.url_hosts import require_sound
from wisp.specs.url_secrets import shown
from wisp.specs.urls import is_url

TYPE_CHECKING = False
if TYPE_CHECKING:  # who only reads rows does not pay for rattler
    from typing import Any

    from rattler import RepoDataRecord
    from rattler.rattler import PyRecord

_LISTS = ("depends", "constrains", "flags", "track_features")
_TEXTS = (
    "noarch",
    "sha256",
    "md5",
    "legacy_bz2_md5",
    "features",
    "license",
    "license_family",
    "python_site_packages_path",
    "attestations_sha256",
)
#: The channel of a list until each record is told its own.
_NOWHERE = "https://nowhere.invalid"
#: What may stand in the path of a URL (WHATWG URL standard, the path percent-encode set).
_IN_PATHS = "/:@!$&'()*+,;=-._~[]|^"
_COUNTS = ("build_number", "size", "legacy_bz2_size")
_LARGEST_COUNT = (1 << 63) - 1
_NUMBERS = ("size", "legacy_bz2_size", "timestamp", "indexed_timestamp")


def location_of(url: str) -> str:
    """Spell the origin of a package as locks do: files by their path, all else by URL."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return url
    if os.name != "nt":
        return unquote(parts.path)
    from urllib.request import url2pathname

    return url2pathname(parts.path)


def url_of(location: str) -> str:
    """Undo `location_of`."""
    return location if is_url(location) else Path(location).absolute().as_uri()


#: The last second of the year 9999: what is larger counts milliseconds.
_LAST_SECOND = 253_402_300_799


def from_rattler(record: RepoDataRecord) -> CondaRecord:
    """Read a record that came from a channel."""
    return from_native(record._record)


def from_native(record: PyRecord) -> CondaRecord:
    """Read a record as the solver gives it, before rattler puts it in a class that loads more.

    Raises `FetchError` for one of which a lock could be written, but not be read again.
    """
    row = json.loads(record.to_json())
    found = find_control(row, lambda path: path[-1] in PROSE)
    if found is not None:
        raise _unlockable(row, f"a control character in `{found[0]}`")
    for key in _COUNTS:
        if (row.get(key) or 0) > _LARGEST_COUNT:
            raise _unlockable(row, f"a number that is too large in `{key}`")
    return from_row(row)


def _unlockable(row: Mapping[str, Any], what: str) -> FetchError:
    return FetchError(
        f"the record of `{row['name']}` in its channel has {what}",
        hints=[TELL_OWNERS],
    )


def from_row(row: Mapping[str, Any]) -> CondaRecord:
    """Read a record from rattler's JSON: repodata keys plus `url`, `channel`, `fn`.

    A record straight from a channel has no `arch` as a rule, one that passed through a lock
    has; `fresh` remembers which, since Pixi writes either into `conda-meta`.
    """
    modules = row.get("python_site_packages_path")
    if modules is not None:
        site_packages(str(modules), f"the record of `{row['name']}` in its channel")
    if not is_plain_name(row["subdir"]):
        inside(f"{row['subdir']}/", f"the record of `{row['name']}` in its channel")
    _require_same_side(row["url"], row.get("channel"))
    location = location_of(row["url"])
    last = unquote(row["url"].rsplit("/", 1)[-1])
    kept: dict[str, Any] = {key: tuple(_words(row.get(key))) for key in _LISTS}
    kept |= {key: row.get(key) for key in _TEXTS + _NUMBERS}
    if not isinstance(kept["noarch"], str):
        kept["noarch"] = "generic" if kept["noarch"] else None
    channel = row.get("channel")
    purls = row.get("purls")
    return CondaRecord(
        location=location,
        name=row["name"],
        version=str(row["version"]),
        build=row["build"],
        build_number=row["build_number"],
        subdir=row["subdir"],
        channel=channel.rstrip("/") if channel else None,
        extra_depends={
            name: tuple(specs) for name, specs in (row.get("extra_depends") or {}).items()
        },
        file_name=row["fn"] if row["fn"] != last else None,
        purls=None if purls is None else tuple(purls),
        run_exports=_run_exports(row.get("run_exports")),
        fresh="arch" not in row,
        **kept | {"timestamp": _milliseconds(row.get("timestamp"))},
    )


def _require_same_side(url: str, channel: str | None) -> None:
    """Refuse a package of this machine that a channel elsewhere claims for its own (`base_url`).

    What is no URL (`x:y`) would count as a path.
    """
    is_remote = channel is not None and is_url(channel) and not channel.startswith("file:")
    if is_remote and (url.startswith("file:") or not is_url(url)):
        raise UnsafePathError(f"the channel `{channel}` names a package on this machine: `{url}`")


def _milliseconds(timestamp: int | None) -> int | None:
    """Channels count from the epoch in milliseconds or, in old records, in seconds."""
    if timestamp is None or timestamp > _LAST_SECOND:
        return timestamp
    return timestamp * 1000


def _words(value: str | Sequence[str] | None) -> Sequence[str]:
    return value.split() if isinstance(value, str) else value or ()


def _run_exports(row: Mapping[str, Sequence[str]] | None) -> RunExports | None:
    if row is None:
        return None
    return RunExports(**{kind: tuple(specs) for kind, specs in row.items()})


def to_rattler(records: Iterable[CondaRecord]) -> list[RepoDataRecord]:
    """Make rattler's records, in the order given.

    Raises `LockFileError` for what rattler does not take for a record.
    """
    wanted = list(records)
    if not wanted:
        return []
    try:
        return _made(wanted)
    except BaseException as error:  # of a kind that depends on what is wrong
        is_own = isinstance(error, Exception) or is_panic(error)
        if not is_own or (isinstance(error, OSError) and error.errno):  # the machine refuses
            raise
        raise _unusable(wanted, error) from error


def _unusable(wanted: Sequence[CondaRecord], error: BaseException) -> LockFileError:
    """Name the first package that rattler does not take, which says only what is wrong with it."""
    for record in wanted:
        try:
            _made([record])
        except BaseException as why:
            if not isinstance(why, Exception) and not is_panic(why):
                raise
            told = f"the locked package `{shown(record.location)}` cannot be used"
            return LockFileError(told, causes=[str(why)])
    return LockFileError("the locked packages cannot be used", causes=[str(error)])


def _made(wanted: Sequence[CondaRecord]) -> list[RepoDataRecord]:
    from rattler.package.package_name import PackageName

    listed = _through_repodata(map(_repodata_row, wanted))
    found = {int(made.file_name.partition("-")[0]): made for made in listed}
    for number, record in enumerate(wanted):
        PackageName(record.name)  # of names alone lists are not asked
        _locate(found[number], record)
    return [found[number] for number in range(len(wanted))]


def _through_repodata(rows: Iterable[dict[str, Any]]) -> list[RepoDataRecord]:
    """Write a channel's list of packages and have rattler read it.

    Files are named by position, since packages of several channels may share a name.
    """
    from rattler.channel.channel import Channel
    from rattler.rattler import PyRepoData  # around it stands a module that loads half of rattler
    from rattler.repo_data.record import RepoDataRecord

    document = {
        "info": {"subdir": "noarch"},
        "packages": {},
        "packages.conda": {f"{number}-0-0.conda": row for number, row in enumerate(rows)},
        "repodata_version": 1,
    }
    with _file_of(json.dumps(document).encode()) as path:
        listed = PyRepoData.from_path(path)
    made = PyRepoData.repo_data_to_records(listed, Channel(_NOWHERE)._channel)
    return [RepoDataRecord._from_py_record(record) for record in made]


@contextlib.contextmanager
def _file_of(content: bytes) -> Iterator[str]:
    """Give the path of a file with some bytes: in memory where Linux shows such files."""
    if sys.platform == "linux" and os.access("/proc/self/fd", os.X_OK):
        descriptor = os.memfd_create("wisp-records")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="wisp-records-") as folder:
        file_there = Path(folder, "repodata.json")
        file_there.write_bytes(content)
        yield str(file_there)


def _locate(made: RepoDataRecord, record: CondaRecord) -> None:
    """Tell a record where it is, and what locks let one see in its subdir."""
    url = _rattler_url(record.location)
    made.url = url
    made.channel = f"{record.channel or url.rsplit('/', 2)[0]}/"
    made.file_name = record.file_name or url.rpartition("/")[2]
    if not record.fresh:
        made.platform, made.arch = _machine_of(record.subdir)


def _rattler_url(location: str) -> str:
    """Spell a location as rattler spells it, which escapes less than Python does."""
    if is_url(location) or os.name == "nt":
        require_sound(location)
        return url_of(location)
    return f"file://{quote(os.path.abspath(location), safe=_IN_PATHS)}"  # noqa: PTH100 - for each


@cache
def _machine_of(subdir: str) -> tuple[str | None, str | None]:
    """Return rattler's words for the system and the processor of a subdir it knows."""
    from rattler.exceptions import ParseSubdirError
    from rattler.platform.subdir import Subdir

    try:
        known = Subdir(subdir)
    except ParseSubdirError:
        return None, None
    return known.only_platform, None if known.arch is None else str(known.arch)


def _repodata_row(record: CondaRecord) -> dict[str, Any]:
    """Spell a record as an entry of repodata."""
    row: dict[str, Any] = {
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build_number": record.build_number,
        "subdir": record.subdir,
        "depends": list(record.depends),
    }
    row |= {key: list(value) for key in _LISTS[1:] if (value := getattr(record, key))}
    row |= {key: value for key in _TEXTS + _NUMBERS if (value := getattr(record, key)) is not None}
    if record.extra_depends:
        row["extra_depends"] = {name: list(specs) for name, specs in record.extra_depends.items()}
    if record.purls is not None:
        row["purls"] = list(record.purls)
    if record.run_exports is not None:
        row["run_exports"] = _run_exports_row(record.run_exports)
    return row


def _run_exports_row(exports: RunExports) -> dict[str, list[str]]:
    kinds = ("weak", "strong", "noarch", "weak_constrains", "strong_constrains")
    return {kind: list(specs) for kind in kinds if (specs := getattr(exports, kind))}
