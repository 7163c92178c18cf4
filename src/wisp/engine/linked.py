"""What is linked into a prefix, by its records in `conda-meta`, and what a killed process left.

Records may be anybody's: one whose files would lie outside of the prefix is refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from rattler.prefix.prefix_record import PrefixRecord

from wisp.engine.files import sweep_in
from wisp.engine.safe.packages import check_prefix_record
from wisp.engine.safe.root import Root
from wisp.errors import HostError, InstallError
from wisp.foreign import json_data
from wisp.layout import CONDA_META
from wisp.patterns import pattern
from wisp.rights import ways_to_read
from wisp.specs.inside import UnsafePathError
from wisp.trust import LARGEST_LOCK, found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rattler.repo_data.record import RepoDataRecord

    from wisp.engine.conda_installation import CondaInstallation, Sources


#: What rattler makes in a prefix to find out what the file system can.
_DRAFT = pattern(r"\.refprobe-.*|symtest_.*-.*-.*-.*-.*")


def sweep(root: Root, prefix: Path, *, clobbered: bool) -> None:
    """Remove what a killed installation left: drafts, and, if `clobbered`, what was put aside."""
    left = ["__clobbers__"] if clobbered else []
    with contextlib.suppress(OSError, HostError), root.folder(prefix) as folder:
        names = [name for name in folder.names() if _DRAFT.fullmatch(name)]
        for name in [*names, *left]:
            with contextlib.suppress(OSError):
                folder.remove(name)
        with folder.within(CONDA_META) as meta:
            sweep_in(meta)
            for name in meta.names():
                if name.startswith("prefix_record_"):
                    meta.remove(name)


def linked_records(root: Root, prefix: Path) -> list[PrefixRecord]:
    """Read `conda-meta`; a record that a crash left half-written counts as not installed."""
    found: list[PrefixRecord] = []
    for file in sorted((prefix / "conda-meta").glob("*.json")):
        _check_record(file)
        try:
            found.append(PrefixRecord.from_path(file))
        except Exception:  # whatever rattler's JSON reader raises
            root.remove(file)
    return found


def staying_names(
    request: CondaInstallation, sources: Sources, installed: Sequence[PrefixRecord]
) -> frozenset[str]:
    """Name the packages that rattler leaves as they are: what `installed` says is what is wanted.

    A file of the right name (`linked_names`) may hold anything. Packages of Python are linked anew
    with another Python.
    """
    there = {record.name.normalized: _content(record) for record in installed}
    pairs = zip(request.records, sources.records, strict=False)
    found = {one.name for one, record in pairs if there.get(one.name) == _content(record)}
    found -= request.reinstall
    if "python" in found:
        return frozenset(found)
    return frozenset(
        one.name for one in request.records if one.name in found and one.noarch != "python"
    )


def _content(record: RepoDataRecord) -> tuple[object, ...]:
    """Return what rattler tells the contents of two packages of one name apart by."""
    sha256, md5 = record.sha256, record.md5
    if sha256 is not None:
        return sha256, md5 is None
    if md5 is not None:
        return (md5,)
    return record.size, str(record.version), str(record.build)


def _check_record(file: Path) -> None:
    """Refuse a record whose files would be removed outside of the prefix."""
    try:
        record = json_data(found_bytes(file, LARGEST_LOCK))
    except FileNotFoundError:  # a link that leads nowhere
        return
    except ValueError:
        return  # rattler cannot read it either
    except OSError as error:  # a pipe, from which rattler would read for ever
        raise InstallError(
            f"could not read `{file}`",
            causes=[error.strerror or str(error)],
            hints=ways_to_read(file, error),
        ) from error
    try:
        check_prefix_record(record, f"`{file}`")
    except UnsafePathError as error:
        raise InstallError(
            "the environment has a record that no package made",
            causes=[error.message],
            hints=["remove the environment with `wisp clean` and install it anew"],
        ) from error


def owned_files(prefix: Path) -> frozenset[str]:
    """Return the paths, relative to the prefix, that conda packages have put there."""
    return frozenset(owners_of_files(prefix))


def owners_of_files(prefix: Path) -> dict[str, str]:
    """Return the same paths, each with the name of its package."""
    owners: dict[str, str] = {}
    for file in (prefix / "conda-meta").glob("*.json"):
        # A record that a crash left half-written owns nothing; the repair links anew.
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            record = json_data(found_bytes(file, LARGEST_LOCK))
            owners |= dict.fromkeys(record.get("files", ()), str(record.get("name")))
    return owners
