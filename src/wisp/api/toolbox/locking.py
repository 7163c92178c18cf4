"""`global lock` and `global sync --locked`: a toolbox that moves between machines.

The lock lies beside the manifests and holds the environments of both toolboxes, each for the
platforms as a workspace would declare them. It is made of what is installed here, as far as the
manifests allow it, and of what it had for other platforms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.api.machine_platform import known_subdir
from wisp.api.prefixes import install_at
from wisp.api.spec_environments import lock_path
from wisp.api.spec_locks import (
    not_what_is_asked_for,
    read_lock,
    reasons_against_inputs,
    solved_lock,
    write_lock,
)
from wisp.api.toolbox.changes import ToolChange, package_changes
from wisp.api.toolbox.changing import exposure, without_strangers
from wisp.errors import LockFileError
from wisp.install.apply import InstallOptions
from wisp.install.state import fingerprint, read_fingerprint
from wisp.lock.select import locked_environment
from wisp.platforms import bare
from wisp.solve.assemble import assemble
from wisp.solve.update import Solution
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.toolbox import place
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from wisp.api.toolbox.tools import Tools
    from wisp.lock.model import LockFile
    from wisp.specs.inputs import EnvironmentInputs
    from wisp.toolbox.manifest import ToolEnvironment


@dataclass(frozen=True, slots=True)
class ToolLock:
    """Where the lock is, how many environments it has, and whether it is another one now."""

    path: Path
    environments: int
    changed: bool


def lock_tools(boxes: Sequence[Tools], platforms: Sequence[str] = ()) -> ToolLock:
    """Write the lock of all environments, for this machine, those locked before, and `platforms`.

    Raises `LockFileError` for a damaged lock, `SolveError` where nothing fits a manifest,
    `UsageError` for a platform that is none.
    """
    first = boxes[0]
    for platform in platforms:
        known_subdir(platform)
    with first.changing():
        old = read_lock(first.home.lock)
        inputs = [one for box in boxes for _, one in _inputs(box, old, platforms)]
        known = _known(boxes, old, platforms)
        reasons = () if known is None else reasons_against_inputs(first.session, known, inputs)
        lock = known
        if inputs and (known is None or reasons):
            lock = solved_lock(
                first.session,
                inputs,
                lambda one: first.home.prefix(one.environment),
                manifest_path=first.home.manifest,
                known=known,
                reasons=reasons,
            )
        lock = lock or assemble((), {})
        changed = lock != old
        if changed:
            write_lock(lock, first.home.lock)
    return ToolLock(first.home.lock, len(lock.environments), changed)


def _inputs(
    tools: Tools, lock: LockFile | None, platforms: Sequence[str] = ()
) -> Iterator[tuple[ToolEnvironment, EnvironmentInputs]]:
    """Give what each environment asks for on each platform, this machine's first."""
    locked = [row.subdir for row in lock.platforms] if lock is not None else []
    for environment in tools.box.environments.values():
        subdirs = (tools.session.subdir, *platforms, *locked)
        chosen = (environment.platform,) if environment.platform else dict.fromkeys(subdirs)
        for subdir in chosen:
            yield environment, replace(tools.inputs(environment), platform=bare(subdir))


def _known(
    boxes: Sequence[Tools], old: LockFile | None, platforms: Sequence[str]
) -> LockFile | None:
    """Make a lock of what is installed here and what was locked for other platforms."""
    inputs: list[EnvironmentInputs] = []
    solutions = {}
    for box in boxes:
        for environment, one in _inputs(box, old, platforms):
            records = _here(box, environment, one) or _before(old, one)
            if records:
                inputs.append(one)
                solutions[one.environment, one.platform.name] = Solution(
                    tuple(row for row in records if isinstance(row, CondaRecord)),
                    tuple(row for row in records if isinstance(row, PypiRecord)),
                )
    return assemble(inputs, solutions) if inputs else None


def _here(
    tools: Tools, environment: ToolEnvironment, inputs: EnvironmentInputs
) -> tuple[Record, ...]:
    subdir = tools.subdir(environment)
    if inputs.platform.subdir != subdir or not tools.in_order(environment):
        return ()
    conda = tuple(one.record for one in tools.installed(environment.name).packages())
    if not environment.pypi:
        return conda
    solved = read_lock(lock_path(tools.home.prefix(environment.name)))
    rows = solved.environments[environment.name].records() if solved is not None else ()
    wheels = tuple(row for row in rows if isinstance(row, PypiRecord))
    return (*conda, *wheels) if wheels else ()


def _before(old: LockFile | None, inputs: EnvironmentInputs) -> tuple[Record, ...]:
    row = old.environments.get(inputs.environment) if old is not None else None
    return () if row is None else tuple(row.packages.get(inputs.platform.name, ()))


# Installing from it


def locked_for(boxes: Sequence[Tools]) -> LockFile:
    """Return the lock, to install from. Raises `LockFileError` where it does not fit."""
    first = boxes[0]
    path = first.home.lock
    lock = read_lock(path)
    if lock is None:
        raise LockFileError(
            f"there is no lock file at `{path}`", hints=("`wisp global lock` makes one",)
        )
    inputs = [one for box in boxes for _, one in _inputs(box, lock)]
    reasons = reasons_against_inputs(first.session, lock, inputs) if inputs else ()
    if reasons:
        raise not_what_is_asked_for(path, reasons, hint="`wisp global lock` brings it up to date")
    return lock


def sync_locked(tools: Tools, lock: LockFile) -> tuple[ToolChange, ...]:
    """Make all environments what is locked for this machine, and remove all others.

    Raises what installing and exposing raise; what was done until then stays.
    """
    with tools.changing() as current:
        found = without_strangers(current)
        for environment in current.box.environments.values():
            found += _synced(current, environment, lock)
    return tuple(found)


def _synced(tools: Tools, environment: ToolEnvironment, lock: LockFile) -> list[ToolChange]:
    name, prefix = environment.name, tools.home.prefix(environment.name)
    platform = bare(tools.subdir(environment))
    inputs = replace(tools.inputs(environment), platform=platform)
    locked = locked_environment(lock, name, platform.name, inputs.root, inputs)
    there = tools.installed(name)
    before, damaged = there.versions(), there.is_damaged()
    changes: list[ToolChange] = []
    if damaged or not _is_there(tools, name, locked.records):
        with tools.marked(name):
            if damaged:
                place.remove_prefix(prefix)
            install_at(
                tools.session,
                locked,
                prefix,
                InstallOptions(
                    manifest_path=tools.home.manifest,
                    tells_its_path=environment.pypi != (),
                    release=tools.session.level.release,
                ),
            )
            if environment.pypi:
                write_lock(lock, lock_path(prefix))
        changes = [*package_changes(name, environment.direct, before, there.versions())]
        if not before:
            changes = [ToolChange("environment added", name)]
    return changes + exposure(name, *tools.expose(environment))


def _is_there(tools: Tools, name: str, records: Sequence[Record]) -> bool:
    """Tell whether an environment holds these records, whoever put them there."""
    conda = fingerprint(row for row in records if isinstance(row, CondaRecord))
    wheels = {row.name: row.version for row in records if isinstance(row, PypiRecord)}
    there = {wheel: one.version for wheel, one in tools.installed(name).wheels().items()}
    return read_fingerprint(tools.home.prefix(name)) == conda and there == wheels
