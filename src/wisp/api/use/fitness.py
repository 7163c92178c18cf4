"""Whether this machine can run what is installed, by what the prefix itself says it needs.

`conda-meta/pixi` of a prefix holds the platform it was solved for and what its packages demand of
the machine. A prefix may come from elsewhere, or the machine may have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.api.machine_platform import machine_having
from wisp.engine.host import OVERRIDE_SUBDIR
from wisp.errors import HostError, ManifestError
from wisp.install.marker import read_marker
from wisp.platforms import VirtualPackage, provides, runnable_subdirs
from wisp.specs.match import Spec, SpecSyntaxError, strict_spec
from wisp.workspace.misfits import pretended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.platforms import Platform

_ONCE = "one-time-messages"


def vouches(environ: Mapping[str, str]) -> bool:
    """Whether the user names the platform to act as, and so answers for the machine."""
    return bool(environ.get(OVERRIDE_SUBDIR))


def check_installed(
    workspace: OpenedWorkspace, environment: str, wanted: Platform | None = None
) -> None:
    """Make sure that what is installed can run here, or on a platform that is asked for.

    A prefix solved for more than the machine has, whose packages do not need it, is worth one
    warning ever. Raises `ManifestError` if the packages cannot run.
    """
    if vouches(workspace.environ):
        return
    marker = read_marker(workspace.prefix(environment))
    resolved, minimum = marker.get("resolved_platform"), marker.get("minimum_supported_platform")
    if not isinstance(resolved, Mapping) or not isinstance(minimum, Mapping):
        return
    declared = tuple(map(VirtualPackage.parse, resolved.get("virtual_packages", ())))
    if wanted is None:
        subdirs = runnable_subdirs(workspace.subdir)
        provided = _provided(workspace, environment, declared)
    else:
        subdirs, provided = (wanted.subdir,), wanted.virtual_packages()
    missing = [one for one in declared if not provides(provided, (one,))]
    if resolved.get("subdir") in subdirs and not missing:
        return
    needs = _readable(workspace, minimum.get("requirements", ()))
    if wanted is None:
        provided = _provided(workspace, environment, (*declared, *needs))
    subdir = wanted.name if wanted is not None else workspace.subdir
    needed = str(minimum.get("subdir"))
    unmet = [spec.text for spec in needs if not any(spec.matches(one) for one in provided)]
    if needed not in subdirs:
        hint = f"It was installed for subdir '{needed}', which this machine cannot run. "
        raise _cannot_run(environment, subdir, hint + "`pixi install` makes it anew for this one")
    if unmet:
        told = (
            "The installed packages require virtual packages this platform does not provide: "
            f"[{', '.join(unmet)}]. Reinstall with `pixi install`, or choose another `--platform`"
        )
        raise _cannot_run(environment, subdir, told, *pretended(unmet, subdirs[0]))
    _tell_once(workspace, environment, str(resolved.get("subdir")), subdirs, missing, provided)


def _provided(
    workspace: OpenedWorkspace, environment: str, asked: Iterable[VirtualPackage | Spec]
) -> tuple[VirtualPackage, ...]:
    """Return what this machine has, of what is asked also what detectors find."""
    chosen = workspace.require_environment(environment)
    names = [one.name for one in asked]
    found = machine_having(workspace.session, workspace.manifest, chosen, names, may_ask=True)
    return found[1]


def _cannot_run(environment: str, platform: str, *hints: str) -> ManifestError:
    return ManifestError(
        f"the installed environment '{environment}' cannot run on platform '{platform}'",
        hints=hints,
    )


def _readable(workspace: OpenedWorkspace, texts: Iterable[str]) -> list[Spec]:
    """Parse what a prefix needs; what cannot be read costs itself only."""
    found: list[Spec] = []
    for text in texts:
        try:
            found.append(strict_spec(text))
        except SpecSyntaxError:
            workspace.reporter.warn(f"Ignoring unreadable requirement '{text}' recorded in pixi")
    return found


def _tell_once(
    workspace: OpenedWorkspace,
    environment: str,
    solved_for: str,
    subdirs: Sequence[str],
    missing: Sequence[VirtualPackage],
    provided: Sequence[VirtualPackage],
) -> None:
    """Warn, once ever for a workspace and environment, that it runs here by accident."""
    if solved_for in subdirs:
        here = {one.name: one.version for one in provided}
        wanted = ", ".join(f"{one.name.removeprefix('__')} >={one.version}" for one in missing)
        has = " and ".join(
            f"only provides '{one.name} {here[one.name]}'"
            if one.name in here
            else f"does not provide '{one.name}'"
            for one in missing
        )
        gap = f"requires {wanted}, but this machine {has}"
    else:
        gap = f"was solved for '{solved_for}', which this machine cannot run"
    places = workspace.places
    mark = places.home / _ONCE / f"runs-by-accident-{environment}"
    if not places.keeps_home or mark.exists():
        return
    workspace.reporter.warn(
        f"Environment '{environment}' {gap}. "
        "The packages that are installed do without; those of a later solve may not"
    )
    try:
        places.root.make(mark.parent)
        places.root.write(mark, "")
    except HostError:
        return
