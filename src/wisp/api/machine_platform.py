"""Which platform of an environment is this machine's? All answers, side by side.

They differ because Pixi's do, and Pixi's do because the questions do:

- `install_platform`: what is put into a prefix has to run here, so no platform is a failure. The
  machine's own properties (`__cuda`, `__glibc` …) are only looked at where a platform promises any,
  since that costs more than the rest.
- `run_platform`: an environment that asks for no package, or of which nothing is to be installed,
  runs on any machine, as on the first of its platforms; and a machine that keeps no platform's
  promise may still provide all that the locked packages ask for.
- `shown_platform`: to look needs no machine. Where no platform fits this one, the first of its
  subdir is shown, else the first of all. A subdir that the environment does not support is
  answered, with nothing, and an override that is wrong is not worth a warning.
- `exported_platform`: an environment for elsewhere is exported as the first of its platforms.
- `task_platform`: a listing has to show tasks of environments that cannot run here, and say so.
- `solved_platform`: what no workspace asks for is solved for this machine, with all it provides.
- `fits_here`: after an edit of platforms none of this machine's may be left; nothing is installed.

What describes a workspace for a given machine (`wisp.api.views.describe`) takes the machine as a
value and asks `wisp.workspace.platforms.select_platform` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wisp.engine.host import OVERRIDE_SUBDIR
from wisp.errors import ManifestError, UsageError
from wisp.platforms import SUBDIRS, Platform, bare, customised, runnable_subdirs
from wisp.platforms import select_platform as select_among
from wisp.workspace.compose import platform_named
from wisp.workspace.features import asks_for_nothing, environment_named
from wisp.workspace.misfits import misfit
from wisp.workspace.platforms import platforms_of, select_platform

#: As `task list --summary` marks environments.
Runnability = Literal["no dependency", "by design", "by accident", "not runnable here"]

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wisp.api.context import SessionContext
    from wisp.lock.model import LockFile
    from wisp.manifest.model import Manifest
    from wisp.specs.records import Record


def install_platform(
    manifest: Manifest,
    session: SessionContext,
    environment: str,
    wanted: str | None = None,
    lock: LockFile | None = None,
) -> Platform:
    """The platform that an environment is installed for here, or the one that is asked for.

    With a `lock` a platform will do whose promise the machine does not keep, where the packages do
    not need it. Raises `ManifestError` when there is none.
    """
    found = environment_named(manifest, environment)
    if wanted is not None:
        return platform_named(manifest, found, wanted)
    platforms = platforms_of(manifest, found)
    asks = any(one.declared for one in platforms)
    host = session.host if asks else (session.subdir, ())
    platform = select_platform(manifest, found, *host)
    if platform is None:
        return _accidental(session, platforms, lock, environment)
    return platform


def _accidental(
    session: SessionContext, platforms: Sequence[Platform], lock: LockFile | None, environment: str
) -> Platform:
    """Find a platform whose locked packages can run here though the platform asks for more."""
    unmet = {} if lock is None else unmet_by_platform(session, platforms, lock, environment)
    for platform, specs in unmet.items():
        if not specs:
            return platform
    raise misfit(environment, platforms, *session.host, unmet=next(iter(unmet.values()), ()))


def run_platform(
    manifest: Manifest,
    session: SessionContext,
    lock: LockFile,
    environment: str,
    wanted: str | None = None,
    *,
    installed: str | None = None,
    no_install: bool = False,
) -> Platform | None:
    """The platform of an environment to run commands for here; None if it declares none at all.

    A machine that fits no declared platform may still provide all that the locked packages need,
    and who names another platform to act as answers for it: then the subdir that the prefix was
    made for counts. Raises `ManifestError` if there is none.
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
    if session.environ.get(OVERRIDE_SUBDIR):
        made_for = [one for one in platforms if one.subdir == installed]
        if made_for:
            return made_for[0]
        raise ManifestError(
            f"Cannot install environment '{environment}': no platform supported by it matches the "
            "current system"
        )
    return _accidental(session, platforms, lock, environment)


def unmet_by_platform(
    session: SessionContext, platforms: Sequence[Platform], lock: LockFile, environment: str
) -> dict[Platform, tuple[str, ...]]:
    """Return what the packages locked for each platform that could run here lack on this machine.

    A platform that nothing is locked for lacks nothing.
    """
    row = lock.environments.get(environment)
    packages = row.packages if row is not None else {}
    return {
        platform: _unmet(session, packages.get(platform.name, ()))
        for subdir in runnable_subdirs(session.subdir)
        for platform in platforms
        if platform.subdir == subdir
    }


def _unmet(session: SessionContext, records: tuple[Record, ...]) -> tuple[str, ...]:
    from wisp.install.state import virtual_requirements
    from wisp.specs.match import parse_spec

    needed = map(parse_spec, virtual_requirements(records))
    return tuple(
        spec.text for spec in needed if not any(spec.matches(one) for one in session.provided)
    )


def runnability(
    manifest: Manifest,
    session: SessionContext,
    environment: str,
    lock: Callable[[], LockFile | None] = lambda: None,
) -> Runnability:
    """Tell how an environment runs on this machine; the lock is read only where it decides."""
    found = environment_named(manifest, environment)
    vouched = bool(session.environ.get(OVERRIDE_SUBDIR))
    if vouched or select_platform(manifest, found, *session.host) is not None:
        return "by design"
    platforms = platforms_of(manifest, found)
    if asks_for_nothing(manifest, found, platforms):
        return "no dependency"
    locked = lock()
    if locked is None:
        return "not runnable here"
    unmet = unmet_by_platform(session, platforms, locked, environment)
    return "by accident" if () in unmet.values() else "not runnable here"


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
    try:
        return install_platform(manifest, session, environment, wanted)
    except ManifestError:
        if wanted is not None or not platforms:
            raise
    here = subdir(session.environ)
    return next((one for one in platforms if one.subdir == here), platforms[0])


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


def solved_platform(session: SessionContext, subdir: str | None) -> Platform:
    """The platform to solve for: this machine as it is, or another by its defaults.

    Raises `UsageError` for what is no subdir.
    """
    if subdir is not None and subdir not in SUBDIRS:
        raise UsageError(
            f"'{subdir}' is no platform",
            hints=(f"those known are: {', '.join(SUBDIRS)}",),
            exit_code=1,
        )
    if subdir is None or subdir == session.subdir:
        here, provided = session.host
        return Platform(here, here, customised(Platform(here, here, provided)))
    return bare(subdir)


def fits_here(manifest: Manifest, session: SessionContext, environment: str) -> bool:
    """Whether any platform of an environment is this machine's."""
    found = environment_named(manifest, environment)
    return select_platform(manifest, found, *session.host) is not None
