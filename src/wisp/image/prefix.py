"""A prefix that was made for the image: which package owns which file, and files as members.

Each file belongs to the package whose record lists it: `conda-meta` for conda packages, RECORD
for wheels. So layers can be made, and kept, one by one.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from wisp.engine.files import refusal
from wisp.engine.safe.packages import check_prefix_record
from wisp.engine.trees import files_below
from wisp.engine.wheels import installed_wheels, recorded_paths
from wisp.errors import HostError
from wisp.foreign import json_data
from wisp.image.bytecode import lasting_header, source_of
from wisp.image.entries import LayerEntry, file_entry, text_file
from wisp.image.scrub import (
    DIRECT_URL,
    DROPPED,
    RECORD,
    clean_conda_record,
    clean_direct_url,
    clean_wheel_record,
)
from wisp.layout import CONDA_META
from wisp.specs.inside import UnsafePathError
from wisp.trust import LARGEST_LOCK, found_bytes, found_text
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.records import PackageKind

    Owner = tuple[PackageKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedFiles:
    """The files of one package, relative to the prefix.

    `unpacked` is where a conda package lies in the cache; `rewritten` are the files that are
    not as they are there; `disputed` those that another package has too.
    """

    paths: tuple[str, ...]
    unpacked: Path | None = None
    rewritten: frozenset[str] = frozenset()
    disputed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A prefix that lies in `folder` and is meant for `place` (absolute, in the image)."""

    folder: Path
    place: str
    owners: Mapping[Owner, OwnedFiles] = field(default_factory=dict)

    @property
    def disputed(self) -> frozenset[str]:
        """All files that more than one package has."""
        return frozenset().union(*(one.disputed for one in self.owners.values()))


def read_staged(folder: Path, place: str, unread: list[HostError] | None = None) -> Staged:
    """Find out whose every file of a prefix is.

    Raises:
        HostError: A record cannot be read; with `unread` it owns nothing, and is told there.

    """
    conda = dict(_conda_owners(folder, unread))
    taken = frozenset(path for one in conda.values() for path in one.paths)
    wheels: dict[Owner, OwnedFiles] = {}
    for wheel in installed_wheels(folder):
        info = wheel.folder.relative_to(folder).as_posix()
        if f"{info}/METADATA" not in taken:
            wheels[("pypi", wheel.name)] = _wheel_files(folder, wheel.folder)
    return Staged(folder=folder, place=place, owners=_with_disputes({**conda, **wheels}))


def _conda_owners(
    folder: Path, unread: list[HostError] | None
) -> Iterator[tuple[Owner, OwnedFiles]]:
    for file in sorted((folder / CONDA_META).glob("*.json")):
        try:
            record = _recorded(file)
        except HostError as error:
            if unread is None:
                raise
            unread.append(error)
        else:
            yield record


def _recorded(file: Path) -> tuple[Owner, OwnedFiles]:
    """Read what a record in `conda-meta` says of its package. Raises `HostError`."""
    try:
        record = json_data(found_bytes(file, LARGEST_LOCK))
        check_prefix_record(record, f"`{file.name}`")
        rows = (record.get("paths_data") or {}).get("paths") or ()
        unpacked = record.get("extracted_package_dir")
        paths = dict.fromkeys((*(row["_path"] for row in rows), *record["files"]))
        return ("conda", f"{record['name']}"), OwnedFiles(
            paths=(*paths, f"{CONDA_META}/{file.name}"),
            unpacked=Path(unpacked) if unpacked else None,
            rewritten=frozenset(row["_path"] for row in rows if row.get("prefix_placeholder")),
            disputed=frozenset(row["original_path"] for row in rows if row.get("original_path")),
        )
    except OSError as error:
        raise refusal("read", file, error) from error
    except (UnsafePathError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = "it is no record of a package"
        raise HostError(f"could not read `{file}`", causes=[reason]) from error


def _wheel_files(folder: Path, info: Path) -> OwnedFiles:
    site = info.parent.relative_to(folder).as_posix()
    paths = [
        path
        for row in _rows(info / RECORD)
        if not (path := os.path.normpath(f"{site}/{row}")).startswith(("../", "/"))
    ]
    # What installers write after RECORD was made is not in it.
    below = (Path(place, name) for place, names in files_below(info) for name in names)
    paths += [file.relative_to(folder).as_posix() for file in below if file.is_file()]
    return OwnedFiles(paths=tuple(dict.fromkeys(paths)))


def _rows(record: Path) -> list[str]:
    try:
        return recorded_paths(found_text(record, errors="surrogateescape"))
    except OSError as error:
        raise refusal("read", record, error) from error


def _with_disputes(owners: Mapping[Owner, OwnedFiles]) -> dict[Owner, OwnedFiles]:
    count: dict[str, int] = {}
    for one in owners.values():
        for path in (*one.paths, *one.disputed):
            count[path] = count.get(path, 0) + 1
    shared = {path for path, times in count.items() if times > 1}
    return {
        owner: replace(one, disputed=one.disputed | (shared & set(one.paths)))
        for owner, one in owners.items()
    }


def package_entries(
    staged: Staged, owner: Owner, keep: Callable[[str], bool]
) -> Iterator[LayerEntry]:
    """Make members of a package's files, without what slimming drops and what is missing."""
    files = staged.owners[owner]
    cleaned = _cleaned(staged.folder, owner, files)
    for path in files.paths:
        if not keep(path) or cleaned.get(path, b"") is None:
            continue
        file = staged.folder / path
        place = f"{staged.place.lstrip('/')}/{path}"
        if not os.path.lexists(file):
            continue
        if path in cleaned:
            yield text_file(place, cleaned[path] or b"")
            continue
        entry = file_entry(file, place)
        source = source_of(path)
        if source is not None and entry.kind == "file":
            yield from _compiled(staged, files, source, entry)
        else:
            yield entry


def _compiled(
    staged: Staged, files: OwnedFiles, source: str, entry: LayerEntry
) -> Iterator[LayerEntry]:
    module = staged.folder / source
    if not module.exists():
        yield entry
        return
    assert entry.source is not None
    head = lasting_header(entry.source, module, lambda: _packaged_time(files, source, module))
    if head is not None:
        yield replace(entry, head=head)


def _packaged_time(files: OwnedFiles, source: str, module: Path) -> float | None:
    """Return the time of a module as it was packed; copies into the prefix have a newer one."""
    if source in files.rewritten:
        return None
    packed = files.unpacked / source if files.unpacked else module
    return (packed if packed.exists() else module).stat().st_mtime


def _cleaned(folder: Path, owner: Owner, files: OwnedFiles) -> dict[str, bytes | None]:
    """Return the files whose content may not leave as it is; None for what stays here."""
    if owner[0] == "conda":
        record = next(path for path in reversed(files.paths) if path.startswith(CONDA_META))
        return {record: clean_conda_record((folder / record).read_bytes())}
    found: dict[str, bytes | None] = {}
    record = next(path for path in files.paths if path.endswith(f".dist-info/{RECORD}"))
    info = record.removesuffix(f"/{RECORD}")
    for path in files.paths:
        name = path.removeprefix(f"{info}/")
        if name in DROPPED:
            found[path] = None
        elif name == DIRECT_URL:
            found[path] = clean_direct_url((folder / path).read_bytes())
    if not found:
        return {}
    rows = {
        f"{info.rpartition('/')[2]}/{path[len(info) + 1 :]}": now for path, now in found.items()
    }
    found[record] = clean_wheel_record((folder / record).read_bytes(), rows)
    return found


def all_paths(staged: Staged, owners: Iterable[Owner]) -> tuple[str, ...]:
    """List the files of some packages, sorted."""
    return tuple(sorted({path for owner in owners for path in staged.owners[owner].paths}))
