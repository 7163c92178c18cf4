"""Activating and leaving in the running shell, by hand and by following `cd`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp import layout
from wisp.activation.in_place import IN_PLACE, Entered, entered, script, with_entered, without
from wisp.activation.variables import active_environment
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.opened import OpenedWorkspace
from wisp.api.opening import WorkspaceSource, read_workspace
from wisp.api.trusting import may_be_entered
from wisp.api.use.activated import ActivatedEnvironment, ActivationOptions, enter
from wisp.errors import ActivationError, ManifestError, WispError
from wisp.manifest.discover import discover
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlaceOptions:
    """How to activate in place.

    `shell` is one of bash, zsh, fish and sh; `current` has the shell's variables, which may be
    activated already. What is `followed` came by `cd`, and goes by it.
    """

    shell: str
    current: Mapping[str, str]
    program: str
    environment: str | None = None
    usage: LockUsage = AS_NEEDED
    change_prompt: bool | None = None
    followed: bool = False


def activate_in_place(workspace: OpenedWorkspace, options: InPlaceOptions) -> str:
    """Return what a shell evaluates to have an environment in place of what is active in it.

    The environment is the one named, else the active one, else the default. It is locked and
    installed as `usage` says. Raises `ActivationError` for a shell that cannot be activated in
    place, and what `wisp.api.use.activated.enter` raises.
    """
    _check(options.shell)
    before = without(options.current)
    name = options.environment or _active(workspace, options.current)
    chosen = ActivationOptions(program=options.program, environment=name, usage=options.usage)
    return _script(enter(workspace, chosen), before, options)


def _active(workspace: OpenedWorkspace, current: Mapping[str, str]) -> str:
    """Name the active environment of a workspace, as far as it still has it, else the default."""
    known = active_environment(str(workspace.root), current)
    return known if known in workspace.environment_names else layout.DEFAULT_ENVIRONMENT


def _script(made: ActivatedEnvironment, before: Mapping[str, str], options: InPlaceOptions) -> str:
    workspace, request = made.workspace, made.request
    changes = made.changes(before)
    active = Entered(str(workspace.root), request.environment, options.followed)
    wanted = with_entered(before, changes.applied_to(before), active)
    shows = options.change_prompt
    if shows is None:
        shows = workspace.config.change_prompt
    prompt = wanted.get(layout.ENV_PROMPT) if shows else None
    return script(options.shell, options.current, wanted, prompt)


def leave_in_place(shell: str, current: Mapping[str, str]) -> str:
    """Return what a shell evaluates to be as it was before. Raises `ActivationError`."""
    _check(shell)
    if entered(current) is None:
        raise ActivationError(
            "nothing is active in this shell that could be left",
            hints=("`wisp activate` makes an environment active; `exit` leaves a `wisp shell`",),
        )
    return script(shell, current, without(current))


def _check(shell: str) -> None:
    if shell not in IN_PLACE:
        raise ActivationError(
            f"a running {shell} cannot be activated",
            hints=(f"{', '.join(IN_PLACE)} can; `wisp shell` starts a new shell in others",),
        )


@dataclass(frozen=True, slots=True)
class Followed:
    """What a shell evaluates after `cd`, and what the user is told of it."""

    script: str
    note: str | None = None


def follow(session: SessionContext, cwd: Path, options: InPlaceOptions) -> Followed:
    """Activate the workspace around a folder, or leave one that is behind us.

    Only with consent (`wisp trust`), and only what is installed: nothing is locked, installed or
    fetched. What was activated by hand stays. A fault of the workspace is told, not raised.
    """
    active = entered(options.current)
    if active is not None and not active.followed:
        return Followed(script(options.shell, options.current, options.current))
    before = without(options.current)
    outside = script(options.shell, options.current, before)
    try:
        workspace = _around(session, cwd, before)
        if workspace is None:
            return Followed(outside)
        if active is not None and active.root == str(workspace.root):
            return Followed(script(options.shell, options.current, options.current))
        if not may_be_entered(workspace.config, workspace.root):
            return Followed(outside, f"{_shown(workspace)} may be activated after `wisp trust`")
        return _entered(workspace, before, replace(options, followed=True), outside)
    except WispError as error:
        return Followed(outside, f"nothing is activated here: {error.message}")


def reactivate(session: SessionContext, options: InPlaceOptions) -> Followed:
    """Activate what is active in place once more, as it is installed by now."""
    active = entered(options.current)
    same = Followed(script(options.shell, options.current, options.current))
    if active is None:
        return same
    before = without(options.current)
    try:
        workspace = _open(session, Path(active.root), before)
        chosen = replace(options, environment=active.environment, followed=active.followed)
        return _entered(workspace, before, chosen, same.script)
    except WispError as error:
        return Followed(same.script, f"what is active stays as it was: {error.message}")


def _around(
    session: SessionContext, cwd: Path, environ: Mapping[str, str]
) -> OpenedWorkspace | None:
    """Open the workspace around a folder; None outside of one, whatever else is active."""
    alone = {name: value for name, value in environ.items() if name != layout.ENV_IN_SHELL}
    try:
        path = discover(cwd, alone).path
    except ManifestError:
        return None
    return _open(session, path, environ)


def _open(session: SessionContext, path: Path, environ: Mapping[str, str]) -> OpenedWorkspace:
    source = WorkspaceSource(cwd=path.parent, environ=environ, overrides={}, path=path)
    opened, manifest = read_workspace(source, session.reporter)
    return OpenedWorkspace(opened, manifest)


def _entered(
    workspace: OpenedWorkspace,
    before: Mapping[str, str],
    options: InPlaceOptions,
    outside: str,
) -> Followed:
    name = options.environment or layout.DEFAULT_ENVIRONMENT
    as_is = LockUsage(frozen=True, no_install=True)
    if not workspace.lock_path.is_file() or not workspace.prefix(name).is_dir():
        told = f"{_shown(workspace)} is not installed: `wisp install`, then it is activated"
        return Followed(outside, told)
    chosen = ActivationOptions(program=options.program, environment=name, usage=as_is)
    return Followed(_script(enter(workspace, chosen), before, options))


def _shown(workspace: OpenedWorkspace) -> str:
    return f"the workspace '{workspace.name}'"
