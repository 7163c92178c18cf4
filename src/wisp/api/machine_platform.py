"""Which platform of an environment is this machine's? All answers, side by side.

They differ because Pixi's do, and Pixi's do because the questions do:

- `install_platform`: what is put into a prefix has to run here, so no platform is a failure. The
  machine's own properties (`__cuda`, `__glibc` …) are only looked at where a platform declares any,
  since that costs more than the rest.
- `run_platform`: an environment that asks for no package, or of which nothing is to be installed,
  runs on any machine, as on the first of its platforms; and a machine that
  lacks what each of them declares may still provide all that the locked packages ask for.
- `shown_platform`: to look needs no machine. Where no platform fits this one, the first of its
  subdir is shown, else the first of all. A subdir that the environment does not support is
  answered, with nothing, and an override that is wrong is not worth a warning.
- `exported_platform`: an environment for elsewhere is exported as the first of its platforms.
- `task_platform`: a listing has to show tasks of environments that cannot run here, and say so.
- `solved_platform`: what no workspace asks for is solved for this machine, with all it provides.
- `completed`: of what could be installed something may ask for what detectors of channels find.
- `fits_here`: after an edit of platforms none of this machine's may be left; nothing is installed.

What describes a workspace for a given machine (`wisp.api.views.describe`) takes the machine as a
value and asks `wisp.workspace.platforms.select_platform` itself. A pack is for the subdir that its
request names, else for the session's, and a global tool for that of its environment.
"""

from __future__ import annotations

from wisp.engine.host import OVERRIDE_SUBDIR
from wisp.errors import FetchError, ManifestError, UsageError
from wisp.platforms import SUBDIRS, WELL_KNOWN, Platform, bare, customised, runnable_subdirs
from wisp.platforms import select_platform as select_among
from wisp.values import replace
from wisp.workspace.compose import platform_named
from wisp.workspace.features import asks_for_nothing, environment_named
from wisp.workspace.platforms import platforms_of, select_platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal

    from wisp.api.context import SessionContext
    from wisp.lock.model import LockFile
    from wisp.manifest.model import Environment, Manifest
    from wisp.platforms import VirtualPackage
    from wisp.specs.inputs import EnvironmentInputs
    from wisp.specs.records import Record

    #: As `task list --summary` marks environments.
    Runnability = Literal["no dependency", "by design", "by accident", "not runnable here"]


def install_platform(
    manifest: Manifest,
    session: SessionContext,
    environment: str,
    wanted: str | None = None,
    lock: LockFile | None = None,
    *,
    may_ask: bool = True,
) -> Platform:
    """The platform that an environment is installed for here, or the one that is asked for.

    With a `lock` a platform will do of which the machine lacks a virtual package, where the locked
    packages do not need it. With `may_ask` the user may be asked whether detectors may run.

    Raises `ManifestError` when there is none.
    """
    found = environment_named(manifest, environment)
    if wanted is not None:
        return platform_named(manifest, found, wanted)
    platforms = platforms_of(manifest, found)
    asks = any(one.declared for one in platforms)
    here = _Here(session, manifest, found, may_ask=may_ask)
    host = here.for_platforms(platforms) if asks else (session.subdir, ())
    platform = select_platform(manifest, found, *host)
    if platform is None:
        return _accidental(here, platforms, lock, environment)
    return platform


def machine_having(
    session: SessionContext,
    manifest: Manifest,
    environment: Environment,
    names: Iterable[str],
    *,
    may_ask: bool = False,
) -> tuple[str, tuple[VirtualPackage, ...]]:
    """The subdir of this machine and what it has; of `names` what detectors find of it too.

    Those are the detectors of an environment's channels. With `may_ask` the user may be asked
    whether they may run.
    """
    beyond = frozenset(names) - WELL_KNOWN
    if not beyond:
        return session.host
    from wisp.api.detectors import DIFFERENCE
    from wisp.workspace.channels import channels_of

    if not manifest.level.has(DIFFERENCE):
        return session.host
    urls = [channel.url for channel in channels_of(manifest, environment)]
    found = session.detectors.provided(urls, beyond, may_ask=may_ask, root=manifest.root)
    return session.subdir, found


class _Here:
    """The machine as one environment sees it: detectors of its channels may find more of it."""

    def __init__(
        self,
        session: SessionContext,
        manifest: Manifest,
        environment: Environment,
        *,
        may_ask: bool = False,
    ) -> None:
        self.session = session
        self._manifest = manifest
        self._environment = environment
        self._may_ask = may_ask

    def having(self, names: Iterable[str]) -> tuple[str, tuple[VirtualPackage, ...]]:
        """Return its subdir and virtual packages; of `names` those found by detectors too."""
        wanted, may_ask = self._environment, self._may_ask
        return machine_having(self.session, self._manifest, wanted, names, may_ask=may_ask)

    def for_platforms(
        self, platforms: Iterable[Platform]
    ) -> tuple[str, tuple[VirtualPackage, ...]]:
        """Return its subdir and virtual packages, as far as these platforms ask."""
        return self.having(one.name for platform in platforms for one in platform.declared)

    def lacks(self, records: tuple[Record, ...]) -> tuple[str, ...]:
        """Return what locked packages ask of a machine that this one has not."""
        from wisp.install.state import virtual_requirements
        from wisp.specs.match import parse_spec

        needed = tuple(map(parse_spec, virtual_requirements(records)))
        _, provided = self.having(spec.name for spec in needed if spec.name)
        return tuple(spec.text for spec in needed if not any(spec.matches(one) for one in provided))


def _accidental(
    here: _Here, platforms: Sequence[Platform], lock: LockFile | None, environment: str
) -> Platform:
    """Find a platform whose locked packages can run here though the platform asks for more."""
    unmet = {} if lock is None else _unmet_by_platform(here, platforms, lock, environment)
    for platform, specs in unmet.items():
        if not specs:
            return platform
    host = here.for_platforms(platforms)
    from wisp.workspace.misfits import misfit

    raise misfit(environment, platforms, *host, unmet=next(iter(unmet.values()), ()))


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
    here = _Here(session, manifest, found, may_ask=True)
    best = select_platform(manifest, found, *here.for_platforms(platforms))
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
    return _accidental(here, platforms, lock, environment)


def _unmet_by_platform(
    here: _Here, platforms: Sequence[Platform], lock: LockFile, environment: str
) -> dict[Platform, tuple[str, ...]]:
    """Return what the packages locked for each platform that could run here lack on this machine.

    A platform that nothing is locked for lacks nothing.
    """
    row = lock.environments.get(environment)
    packages = row.packages if row is not None else {}
    return {
        platform: here.lacks(packages.get(platform.name, ()))
        for subdir in runnable_subdirs(here.session.subdir)
        for platform in platforms
        if platform.subdir == subdir
    }


def runnability(
    manifest: Manifest,
    session: SessionContext,
    environment: str,
    lock: Callable[[], LockFile | None] = lambda: None,
) -> Runnability:
    """Tell how an environment runs on this machine; the lock is read only where it decides."""
    found = environment_named(manifest, environment)
    vouched = bool(session.environ.get(OVERRIDE_SUBDIR))
    platforms = platforms_of(manifest, found)
    here = _Here(session, manifest, found)
    if vouched or select_platform(manifest, found, *here.for_platforms(platforms)) is not None:
        return "by design"
    if asks_for_nothing(manifest, found, platforms):
        return "no dependency"
    locked = lock()
    if locked is None:
        return "not runnable here"
    unmet = _unmet_by_platform(here, platforms, locked, environment)
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
        return install_platform(manifest, session, environment, wanted, may_ask=False)
    except ManifestError:
        if wanted is not None or not platforms:
            raise
    here = subdir(session.environ)
    return next((one for one in platforms if one.subdir == here), platforms[0])


def exported_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> Platform:
    """The platform asked for, else this machine's, else the first of its subdir, or at all."""
    try:
        return install_platform(manifest, session, environment, wanted, may_ask=False)
    except ManifestError:
        platforms = platforms_of(manifest, environment_named(manifest, environment))
        if wanted is not None or not platforms:
            raise
    return next((one for one in platforms if one.subdir == session.subdir), platforms[0])


def task_platform(
    manifest: Manifest, session: SessionContext, environment: str, wanted: str | None = None
) -> tuple[Platform | None, bool]:
    """The platform to show tasks for, None if there is none, and whether they can run there.

    Where a platform is `wanted`, this machine is not looked at.
    """
    found = environment_named(manifest, environment)
    platforms = platforms_of(manifest, found)
    first = next(iter(platforms), None)
    if wanted is not None:
        named = next((p for p in platforms if wanted in (p.name, p.subdir)), None)
        return named or first, named is not None
    subdir, provided = _Here(session, manifest, found).for_platforms(platforms)
    chosen = select_platform(manifest, found, subdir, provided)
    if chosen is not None:
        return chosen, True
    here = any(one.subdir == subdir for one in platforms)
    return first, here or asks_for_nothing(manifest, found, platforms)


def solved_platform(session: SessionContext, subdir: str | None) -> Platform:
    """The platform to solve for: this machine as it is, or another by its defaults.

    Raises `UsageError` for what is no subdir.
    """
    if subdir is None or subdir == session.subdir:
        here, provided = session.host
        return Platform(here, here, customised(Platform(here, here, provided)))
    return bare(known_subdir(subdir))


def known_subdir(text: str) -> str:
    """Return what somebody has named as a subdir. Raises `UsageError` for what is none."""
    if text not in SUBDIRS:
        raise UsageError(
            f"'{text}' is no platform", hints=(f"those known are: {', '.join(SUBDIRS)}",)
        )
    return text


def completed(
    session: SessionContext, inputs: EnvironmentInputs, *, may_ask: bool = True
) -> EnvironmentInputs:
    """Add to what inputs declare of this machine what detectors find of what they ask for.

    Inputs for another machine stay as they are, and so do those of a release without detectors.
    With `may_ask` the user may be asked whether detectors may run.
    """
    from wisp.api.detectors import DIFFERENCE

    platform = inputs.platform
    if not session.level.has(DIFFERENCE) or platform.subdir != session.subdir:
        return inputs
    try:
        names = session.detectors.asked_for(inputs)
    except FetchError:
        return inputs  # solving tells it
    if not names:
        return inputs
    urls = [channel.url for channel in inputs.channels]
    here = session.detectors.provided(urls, names, may_ask=may_ask, root=None)
    told = {package.name for package in here} - {package.name for package in session.provided}
    own = tuple(one for one in platform.declared if one.name not in told)
    found = tuple(one for one in here if one.name in told)
    return replace(inputs, platform=Platform(platform.name, platform.subdir, (*own, *found)))


def fits_here(manifest: Manifest, session: SessionContext, environment: str) -> bool:
    """Whether any platform of an environment is this machine's."""
    found = environment_named(manifest, environment)
    here = _Here(session, manifest, found).for_platforms(platforms_of(manifest, found))
    return select_platform(manifest, found, *here) is not None
