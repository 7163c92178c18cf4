"""The layers of an environment's packages, made of its lock, with link scripts where wanted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from wisp.api.imaging.staging import Prepared, prepared, stage
from wisp.api.opened import OpenedWorkspace
from wisp.engine.host import detected_subdir
from wisp.errors import HostError
from wisp.image.cache import LayerCache, Recipe
from wisp.image.link_scripts import SKIP_HINT, scripted_packages
from wisp.image.packages import MadeLayer, Workshop, package_layers
from wisp.image.plan import PackageLayer, package_of, plan_layers
from wisp.image.scripted import scripted_layer
from wisp.image.settings import ImageSettings
from wisp.lock.graph import graph_of
from wisp.lock.model import LockedEnvironment
from wisp.specs.records import CondaRecord
from wisp.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageWork:
    """How the layers of packages are made: above `below` layers, with times made `time`.

    With `run_scripts` their link scripts run too.
    """

    settings: ImageSettings
    cache: LayerCache
    below: int
    time: int
    run_scripts: bool = False


def packages_of(
    workspace: OpenedWorkspace, locked: LockedEnvironment, work: PackageWork
) -> tuple[MadeLayer, ...]:
    """Return the layers of packages, and above them what link scripts change.

    Raises:
        WispError: See `package_layers`, `stage` and `run_link_scripts`.

    """
    session, settings, subdir = workspace.session, work.settings, locked.platform.subdir
    workshop = Workshop(
        cache=work.cache,
        scratch=work.cache.folder,
        workers=workers(),
        reporter=workspace.reporter,
    )
    with prepared(workspace, locked, work.cache.folder, work.time) as wanted:
        plan = planned(wanted, below=work.below)
        recipe = recipe_of(subdir, wanted.python, settings, work.time)

        def staged(folder: Path) -> None:
            stage(session, wanted, settings.prefix, folder, session.reporter)

        layers = package_layers(plan, recipe, staged, workshop)
        names = scripted_packages(path for made in layers for path in made.content.paths)
        if not work.run_scripts:
            _warn_of_scripts(workspace, names)
            return layers
        refuse_elsewhere(names, subdir)
        records = _in_order(wanted.conda, subdir)
        return (*layers, *scripted_layer(layers, records, recipe, staged, workshop))


def _warn_of_scripts(workspace: OpenedWorkspace, names: Sequence[str]) -> None:
    """Name the packages whose link scripts did not run, as in a usual installation."""
    if names:
        workspace.reporter.warn(
            f"link scripts have not run: {', '.join(names)}",
            ("`--run-post-link-scripts` runs them on this machine",),
        )


def refuse_elsewhere(names: Sequence[str], subdir: str) -> None:
    """Refuse to run link scripts that are for another kind of machine. Raises `HostError`."""
    here = detected_subdir()
    if names and subdir != here:
        raise HostError(
            f"link scripts for {subdir} cannot run on {here}: {', '.join(names)}",
            hints=[SKIP_HINT],
        )


def _in_order(records: Sequence[CondaRecord], subdir: str) -> tuple[CondaRecord, ...]:
    """Put what others need before them, as they are linked."""
    graph = graph_of(records, subdir)
    found: dict[str, CondaRecord] = {}
    seen: set[str] = set()

    def visit(record: CondaRecord) -> None:
        if record.name in seen:
            return
        seen.add(record.name)
        for need in graph.needs(record):
            if isinstance(need.record, CondaRecord):
                visit(need.record)
        found[record.name] = record

    for record in sorted(records, key=lambda one: one.name):
        visit(record)
    return tuple(found.values())


def planned(wanted: Prepared, *, below: int) -> tuple[PackageLayer, ...]:
    """Plan the layers of an environment."""
    packages = [
        replace(package_of(record), local=True)
        if record in wanted.pypi and record.name in wanted.local
        else package_of(record)
        for record in wanted.records
    ]
    return plan_layers(packages, below=below)


def recipe_of(
    subdir: str, python: CondaRecord | None, settings: ImageSettings, time: int
) -> Recipe:
    """Return what decides about the layers of an environment besides its packages."""
    return Recipe(
        place=settings.prefix,
        subdir=subdir,
        python=f"{python.version} {python.build}" if python else "",
        slim=settings.slim,
        time=time,
        compression=settings.compression,
    )


def workers() -> int:
    """Return how much is done at once: as much as there are cores."""
    return os.cpu_count() or 1
