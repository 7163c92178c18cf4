"""Which platform of an environment is this machine's? All answers, side by side.

They differ because Pixi's do, and Pixi's do because the questions do:

- `install_platform`: what is put into a prefix has to run here, so no platform is a failure. The
  machine's own properties (`__cuda`, `__glibc` …) are only looked at where a platform promises any,
  since that costs more than the rest.
- `run_platform`: an environment that asks for no package, or of which nothing is to be installed,
  runs on any machine, as on the first of its platforms; and a machine that keeps no platform's
  promise may still provide all that the locked packages ask for.
- `shown_platform`: to look needs no machine. A subdir that the environment does not support is
  answered, with nothing, and an override that is wrong is not worth a warning.
- `exported_platform`: an environment for elsewhere is exported as the first of its platforms.
- `task_platform`: a listing has to show tasks of environments that cannot run here, and say so.
- `fits_here`: after an edit of platforms none of this machine's may be left; nothing is installed.

What describes a workspace for a given machine (`wisp.api.views.describe`) takes the machine as a
value and asks `wisp.workspace.platforms.select_platform` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.platforms import SUBDIRS, Platform, bare
from wisp.platforms import select_platform as select_among
from wisp.workspace.compose import platform_named
from wisp.workspace.features import asks_for_nothing, environment_named
from wisp.workspace.misfits import misfit
from wisp.workspace.platforms import platforms_of, select_platform

if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.lock.model import LockFile
    from wisp.manifest.model import Manifest
    from wisp.specs.records import Record


def install_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> Platform:
    """The platform that an environment is installed for here, or the one that is asked for.

    Raises `ManifestError` when there is none.
    """
    found = environment_named(manifest, environment)
    if wanted is not None:
        return platform_named(manifest, found, wanted)
    platforms = platforms_of(manifest, found)
    asks = any(one.declared for one in platforms)
    host = session.host if asks else (session.subdir, ())
    platform = select_platform(manifest, found, *host)
    if platform is None:
        raise misfit(environment, platforms, *host)
    return platform


def run_platform(
    manifest: Manifest,
    session: SessionContext,
    lock: LockFile,
    environment: str,
    wanted: str | None = None,
    *,
    no_install: bool = False,
) -> Platform | None:
    """The platform of an environment to run commands for here; None if it declares none at all.

    A machine that fits no declared platform may still provide all that the locked packages need,
    which is worth a warning. Raises `ManifestError` if it does not.
    """
    found = environment_named(manifest, environment)
    if wanted is not None:
        return install_platform(manifest, session, environment, wanted)
    platforms = platforms_of(manifest, found)
    best = select_platform(manifest, found, *session.host)
    if best is not None or not platforms:
        return best
    if no_install or asks_for_nothing(manifest, found, platforms):
        return platforms[0]
    subdir = session.subdir
    row = lock.environments.get(environment)
    for platform in platforms if row is not None else ():
        records = row.packages.get(platform.name, ()) if row is not None else ()
        if platform.subdir == subdir and _provides(session, records):
            if records:
                session.reporter.warn(
                    f"this machine is not platform '{platform.name}' of environment "
                    f"'{environment}', but provides what its packages need"
                )
            return platform
    raise misfit(environment, platforms, *session.host)


def _provides(session: SessionContext, records: tuple[Record, ...]) -> bool:
    from wisp.install.state import virtual_requirements
    from wisp.specs.match import parse_spec

    needed = map(parse_spec, virtual_requirements(records))
    return all(any(spec.matches(one) for one in session.provided) for spec in needed)


def shown_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> Platform:
    """The platform to show what is locked for. Raises `ManifestError` when there is none."""
    from wisp.engine.host import subdir

    platforms = platforms_of(manifest, environment_named(manifest, environment))
    if wanted is None and not any(platform.declared for platform in platforms):
        plain = select_among(platforms, subdir(session.environ), ())
        if plain is not None:
            return plain
    known = {name for platform in platforms for name in (platform.name, platform.subdir)}
    if wanted in SUBDIRS and wanted not in known:
        return bare(wanted)
    return install_platform(manifest, session, environment, wanted)


def exported_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> Platform:
    """The platform asked for, else this machine's, else the first there is."""
    if wanted is None:
        supported = platforms_of(manifest, environment_named(manifest, environment))
        if supported and all(platform.subdir != session.subdir for platform in supported):
            return supported[0]
    return install_platform(manifest, session, environment, wanted)


def task_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> tuple[Platform | None, bool]:
    """The platform to show tasks for, None if there is none, and whether they can run here."""
    found = environment_named(manifest, environment)
    platforms = platforms_of(manifest, found)
    subdir, provided = session.host
    if wanted is not None:
        chosen = next((p for p in platforms if wanted in (p.name, p.subdir)), None)
    else:
        chosen = select_platform(manifest, found, subdir, provided)
    shown = chosen or next(iter(platforms), None)
    if chosen is not None or wanted is not None:
        return shown, chosen is not None
    here = any(one.subdir == subdir for one in platforms)
    return shown, here or asks_for_nothing(manifest, found, platforms)


def fits_here(manifest: Manifest, session: SessionContext, environment: str) -> bool:
    """Whether any platform of an environment is this machine's."""
    found = environment_named(manifest, environment)
    return select_platform(manifest, found, *session.host) is not None
