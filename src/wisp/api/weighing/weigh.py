"""`size`: an environment, an image or a lock, weighed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.locks.locked_view import look_up
from wisp.api.opened import OpenedWorkspace
from wisp.api.use.catalogue import catalogue_of
from wisp.api.weighing.images import weigh_image
from wisp.api.weighing.prefix import weigh_prefix
from wisp.api.weighing.reasons import chains, direct_names
from wisp.api.weighing.report import PackageSize, SizeReport, largest_first
from wisp.api.weighing.unused import imported_modules, unused
from wisp.errors import HostError, LockFileError, UsageError
from wisp.image.prefix import read_staged
from wisp.layout import CONDA_META
from wisp.lock.read import read
from wisp.specs.records import CondaRecord, Record, package_kind
from wisp.trust import LARGEST_LOCK, found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.weighing.report import Kind


def weigh_environment(
    workspace: OpenedWorkspace, environment: str, platform: str | None = None
) -> SizeReport:
    """Weigh an environment: what is installed, or where it is not, what its lock knows.

    With `platform` always what the lock knows of that one.

    Raises:
        ManifestError: There is no such environment or platform.
        LockFileError, SolveError: See `wisp.api.locks.locking.lock_to_look_at`.

    """
    view = look_up(workspace, environment, platform)
    records = view.lock.packages(environment, view.inputs.platform.name)
    reasons = chains(records, view.inputs)
    prefix = workspace.prefix(environment)
    if platform is not None or not (prefix / CONDA_META).is_dir():
        subject = f"lock of {environment} on {view.inputs.platform.name}"
        return SizeReport(subject=subject, form="lock", packages=_locked(records, reasons))
    versions: dict[tuple[Kind, str], str] = {
        (package_kind(one), one.name): one.version or "" for one in records
    }
    unread: list[HostError] = []
    staged = read_staged(prefix, "", unread)
    if unread:
        first = f"{unread[0].message}: {unread[0].causes[0]}"
        workspace.reporter.warn(
            f"what {len(unread)} of its packages have brought counts as of none: {first}"
        )
    owned: dict[tuple[Kind, str], tuple[str, ...]] = {
        owner: files.paths for owner, files in staged.owners.items()
    }
    direct = {
        one.name: owned.get((package_kind(one), one.name), ())
        for one in direct_names(records, view.inputs)
        if (package_kind(one), one.name) in owned
    }
    return SizeReport(
        subject=environment,
        form="environment",
        packages=weigh_prefix(prefix, staged).packages(versions, reasons),
        unused=unused(direct, imported_modules(workspace.root), _commands(workspace)),
    )


def _commands(workspace: OpenedWorkspace) -> Iterator[str]:
    """Yield the texts in which a program of a package may be called."""
    for environment in catalogue_of(workspace).environments.values():
        for task in environment.tasks.values():
            yield str(task.cmd)
    yield workspace.manifest.path.read_text(encoding="utf-8").partition("[activation")[2]


def _locked(
    records: tuple[Record, ...], reasons: dict[tuple[Kind, str], tuple[str, ...]]
) -> tuple[PackageSize, ...]:
    return largest_first(
        PackageSize(
            name=one.name,
            version=one.version or "",
            kind=package_kind(one),
            size=(one.size or 0) if isinstance(one, CondaRecord) else 0,
            why=reasons.get((package_kind(one), one.name), ()),
        )
        for one in records
    )


def weigh_file(
    session: SessionContext, path: Path, environment: str, platform: str | None = None
) -> SizeReport:
    """Weigh an image (a layout, an archive), or what a lock file has of an environment.

    `platform` is this machine's unless it is given.

    Raises:
        LockFileError: It is a lock file, but damaged or without that environment and platform.
        WispError: It is neither.

    """
    if path.is_dir() or path.suffix in (".tar", ".gz"):
        pile, owners, layers = weigh_image(path)
        packages = pile.packages(owners.versions, {})
        return SizeReport(subject=str(path), form="image", packages=packages, layers=layers)
    try:
        lock = read(found_text(path, LARGEST_LOCK), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"could not read `{path}`", causes=[str(error)]) from error
    records = lock.packages(environment, platform or session.subdir)
    if not records:
        raise LockFileError(
            f"`{path}` has nothing of environment '{environment}' for "
            f"'{platform or session.subdir}'",
            hints=["name others with `--environment` and `--platform`"],
        )
    return SizeReport(subject=str(path), form="lock", packages=_locked(records, {}))
