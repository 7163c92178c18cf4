"""Bills of materials of environments: from the lock, or of what lies in a prefix.

No lock knows the licences of PyPI packages. They are read where an environment is installed, else
asked from the index; both are the same file, so the bill is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locked_view import look_up
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.dependency_tree import asked_extras
from wisp.api.views.reasons import asked_for
from wisp.errors import FetchError
from wisp.lock.graph import graph_of, key_of
from wisp.sbom.bill import BillOfMaterials
from wisp.sbom.installed import installed_packages, wheel_licenses
from wisp.sbom.licenses import metadata_license
from wisp.sbom.locked import BillSubject, bill_of
from wisp.specs.origins import DirectFile, IndexFile
from wisp.specs.records import PypiRecord, Record
from wisp.specs.source_date import source_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext

#: How many indexes are asked at once.
_AT_ONCE = 8
_SHOWN = 5


def bill_of_environment(
    workspace: OpenedWorkspace,
    environment: str | None = None,
    platform: str | None = None,
    usage: LockUsage = AS_NEEDED,
) -> BillOfMaterials:
    """Write down what is locked for an environment on a platform (this machine's unless named).

    Raises:
        ManifestError: There is no such environment or platform.
        LockFileError, SolveError: See `wisp.api.locks.locking.lock_to_look_at`.
        UsageError: SOURCE_DATE_EPOCH is no number.

    """
    view = look_up(workspace, environment, platform, usage)
    inputs = view.inputs
    records = view.lock.packages(inputs.environment, inputs.platform.name)
    graph = graph_of(records, inputs.platform.subdir)
    direct = {key_of(one.record): one.record for one in asked_for(graph, inputs)}
    prefix = workspace.prefix(inputs.environment)
    return bill_of(
        BillSubject(
            name=workspace.name,
            version=workspace.manifest.workspace.version,
            subject=f"environment {inputs.environment} on {inputs.platform.name}",
            time=source_date(workspace.environ),
        ),
        records,
        inputs.platform.subdir,
        direct=direct.values(),
        extras=asked_extras(inputs),
        licenses=_licenses(workspace, records, prefix),
    )


def bill_of_prefix(session: SessionContext, prefix: Path) -> BillOfMaterials:
    """Write down what lies in a prefix, whoever has made it.

    Raises:
        UsageError: It is no prefix, or SOURCE_DATE_EPOCH is no number.

    """
    found = installed_packages(prefix)
    records: tuple[Record, ...] = (*found.conda, *found.pypi)
    subdirs = {one.subdir for one in found.conda} - {"noarch"}
    subdir = min(subdirs, default=session.subdir)
    return bill_of(
        BillSubject(
            name=prefix.resolve().name,
            subject=f"environment on {subdir}",
            time=source_date(session.environ),
        ),
        records,
        subdir,
        licenses=found.licenses,
    )


def _licenses(
    workspace: OpenedWorkspace, records: Iterable[Record], prefix: Path
) -> dict[str, str]:
    wheels = [one for one in records if isinstance(one, PypiRecord)]
    installed = wheel_licenses(prefix) if wheels else {}
    found: dict[str, str] = {}
    unknown: list[PypiRecord] = []
    for one in wheels:
        key = (one.name, (one.version or "").replace("-", "_"))
        if key in installed:
            found |= {one.name: text} if (text := installed[key]) else {}
        elif one.origin.is_wheel:
            unknown.append(one)
    asked, missing = _asked(workspace, unknown)
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        workspace.reporter.warn(
            f"the licences of {len(missing)} PyPI packages could not be read: {shown}",
            ("install the environment first, or let wisp use the network",),
        )
    return found | asked


def _asked(
    workspace: OpenedWorkspace, wheels: Sequence[PypiRecord]
) -> tuple[dict[str, str], list[str]]:
    """Read what indexes, or files on this disk, say of wheels; name those that cannot be read."""
    from concurrent.futures import ThreadPoolExecutor

    if not wheels:
        return {}, []

    def asked(record: PypiRecord) -> str | None:
        try:
            return _metadata(workspace, record)
        except (FetchError, OSError):
            return None

    with workspace.reporter.during("checking", "licences"), ThreadPoolExecutor(_AT_ONCE) as pool:
        texts = dict(zip((one.name for one in wheels), pool.map(asked, wheels), strict=True))
    found = {name: metadata_license(text) for name, text in texts.items() if text is not None}
    missing = [name for name, text in texts.items() if text is None]
    return {name: text for name, text in found.items() if text}, missing


def _metadata(workspace: OpenedWorkspace, record: PypiRecord) -> str:
    from wisp.engine.dist_metadata import fetched_metadata, wheel_metadata

    http = workspace.session.http
    match record.origin:
        case IndexFile(url) as file:
            return fetched_metadata(http, url, file.file_name)
        case DirectFile(is_local=False, place=url) as file:
            return fetched_metadata(http, url, file.file_name)
        case DirectFile() as file:
            with Path(file.path(workspace.root)).open("rb") as stream:
                return wheel_metadata(file.file_name, stream)
        case _:
            raise FetchError(f"`{record.name}` is no wheel")
