"""The archives of packages as they are: fetched, compared with the lock, kept for the next time.

rattler fetches conda packages, since it knows all kinds of channels; wheels come by our own client.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wisp.engine import loop
from wisp.engine.files import place_of, refusal
from wisp.engine.gateway import ChannelAccess
from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Bounds, Response
from wisp.engine.lookout import Lookout
from wisp.engine.mirrors import mirrored
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.rattler_errors import CHANGED_FILE, chain_of, hints_for
from wisp.engine.safe.root import Root
from wisp.errors import FetchError, WispError
from wisp.report import DOWNLOADING, Reporter
from wisp.specs.inside import plain_name
from wisp.specs.origins import DirectFile, IndexFile
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.specs.url_secrets import shown
from wisp.trust import opened_regular
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

#: Some wheels hold whole GPU libraries.
_WHEEL = Bounds(size=8 << 30, seconds=3600)
_MOST_AT_ONCE = 16

ArchiveRecord = CondaRecord | PypiRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveStore:
    """Where archives come from and go: `folder` is ours, `cache` a folder that somebody keeps.

    `root` is the folder of the lock, to which relative locations refer.
    """

    folder: Path
    root: Path
    cache: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive on this disk: `folder` is its subdir, or `pypi`; `sha256` in lower-case hex."""

    record: ArchiveRecord
    path: Path
    folder: str
    name: str
    sha256: str


def fetch_archives(
    records: Sequence[ArchiveRecord],
    store: ArchiveStore,
    access: ChannelAccess,
    http: HttpClient,
    reporter: Reporter,
) -> tuple[Archive, ...]:
    """Return the archive of each package; each has the digest of its record.

    Raises:
        FetchError: One cannot be had, or has another digest.
        UnsafePathError: The lock names one by what is no name of a file.
        HostError: The operating system refuses.

    """
    token = reporter.start(DOWNLOADING, "packages", len(records))

    def fetched(record: ArchiveRecord) -> Archive:
        archive = _fetched(record, store, access, http)
        reporter.advance(token)
        return archive

    workers = max(1, min(_MOST_AT_ONCE, access.settings.network.concurrent_downloads))
    pool = ThreadPoolExecutor(workers)
    try:
        return tuple(pool.map(fetched, records))
    except OSError as error:
        raise refusal("write", place_of(error, store.folder), error) from error
    finally:
        pool.shutdown(cancel_futures=True)
        reporter.finish(token)


def conda_archive(record: CondaRecord, folder: Path, access: ChannelAccess) -> Path:
    """Return where the archive of a conda package lies: its file, or one fetched into a folder.

    Raises as `fetch_archives`.
    """
    origin = record.origin
    if isinstance(origin, DirectFile) and origin.is_local:
        path = Path(origin.path(folder))
    else:
        path = folder / f".{archive_name(record)}"  # a draft, to those who look on
        patience = access.settings.network.patience
        look = Lookout((folder,), [record.location], patience).look
        _download_conda(record, path, access, look)
    _verify(path, record)
    return path


def archive_name(record: ArchiveRecord) -> str:
    """Return the file name of an archive.

    Raises:
        FetchError: The package is none.
        UnsafePathError: It is no name of a file.

    """
    origin = record.origin
    if not isinstance(origin, IndexFile | DirectFile):
        raise FetchError(f"`{record.name}` is no archive")
    own = record.file_name if isinstance(record, CondaRecord) else None
    return plain_name(own or origin.file_name, f"the archive of `{record.name}`")


def conda_index(path: Path) -> bytes | None:
    """Return `info/index.json` of a conda package, None if it has none.

    Raises whatever rattler does for a file that is no package.
    """
    from rattler.package_streaming import PackageArchive

    async def read() -> bytes | None:
        archive = await PackageArchive.from_path(path)
        return await archive.read_file("info/index.json")

    return loop.call(read())


def _fetched(
    record: ArchiveRecord, store: ArchiveStore, access: ChannelAccess, http: HttpClient
) -> Archive:
    name = archive_name(record)
    folder = "pypi"
    if isinstance(record, CondaRecord):
        folder = plain_name(record.subdir, f"the subdir of `{record.name}`")
    path = _path(record, store, f"{folder}/{name}", access, http)
    sha256 = record.sha256 or _digest(path, "sha256")
    return Archive(record=record, path=path, folder=folder, name=name, sha256=sha256.lower())


def _path(
    record: ArchiveRecord,
    store: ArchiveStore,
    place: str,
    access: ChannelAccess,
    http: HttpClient,
) -> Path:
    """Return where an archive with the digest of its record lies."""
    origin = record.origin
    if isinstance(origin, DirectFile) and origin.is_local:
        path = Path(origin.path(store.root))
        _verify(path, record)
        return path
    kept = store.cache / place if store.cache else None
    if kept is not None and _is_that(kept, record):
        return kept
    target = store.folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(record, CondaRecord):
        _download_conda(record, target, access)
    else:
        _download_wheel(str(origin).removeprefix("direct+").partition("#")[0], target, http, access)
    _verify(target, record)
    if store.cache and kept is not None:
        Root(store.cache).make(kept.parent)
        _keep(target, kept)
    return target


def _download_conda(
    record: CondaRecord,
    target: Path,
    access: ChannelAccess,
    look: Callable[[], object] | None = None,
) -> None:
    from rattler.package_streaming import download_to_path

    url = record.location
    if access.settings.network.offline:
        raise _offline(url)
    try:
        loop.call(download_to_path(access.client, url, target), look=look)
    except WispError:
        raise
    except Exception as error:  # whatever rattler's client raises
        text = str(error)
        message, causes = chain_of(text)
        raise FetchError(
            f"could not fetch `{shown(url)}`", causes=[message, *causes], hints=hints_for(text)
        ) from error


def _download_wheel(url: str, target: Path, http: HttpClient, access: ChannelAccess) -> None:
    network = access.settings.network
    if network.offline:
        raise _offline(url)
    problems: list[str] = []
    for candidate in mirrored(url, network.mirrors):
        with target.open("wb") as file:
            try:
                response = http.request("GET", candidate, into=_into(file), bounds=_WHEEL)
            except FetchError as error:
                problems += map(str, error.causes)
                continue
        if response.ok:
            return
        problems.append(f"{shown(candidate)}: status {response.status}")
    raise FetchError(f"could not fetch `{shown(url)}`", causes=list(dict.fromkeys(problems)))


def _into(file: IO[bytes]) -> Callable[[Response], Callable[[bytes], object]]:
    def begin(_head: Response) -> Callable[[bytes], object]:
        file.seek(0)
        file.truncate()
        return file.write

    return begin


def _offline(url: str) -> FetchError:
    return FetchError(
        f"could not fetch `{shown(url)}`", causes=["offline mode is on"], hints=OFFLINE_HINTS
    )


def _expected(record: ArchiveRecord) -> tuple[str, str] | None:
    if record.sha256:
        return "sha256", record.sha256.lower()
    return ("md5", record.md5.lower()) if record.md5 else None


def _is_that(path: Path, record: ArchiveRecord) -> bool:
    """Tell whether a kept file is the archive; without a digest nobody can."""
    expected = _expected(record)
    return expected is not None and path.is_file() and _digest(path, expected[0]) == expected[1]


def _verify(path: Path, record: ArchiveRecord) -> None:
    expected = _expected(record)
    found = _digest(path, expected[0] if expected else "sha256")
    if expected is not None and found != expected[1]:
        raise FetchError(
            f"`{shown(record.location)}` does not have the hash that the lock file says",
            causes=[f"expected {expected[1]}, found {found}"],
            hints=[CHANGED_FILE],
        )


def _digest(path: Path, algorithm: str) -> str:
    try:
        with opened_regular(path) as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise refusal("read", path, error) from error


def _keep(path: Path, kept: Path) -> None:
    draft = kept.with_name(f".{kept.name}.{os.urandom(4).hex()}")
    shutil.copyfile(path, draft)
    draft.replace(kept)
