"""Entering an environment: made ready once, then described as variables, data or a hook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp import layout
from wisp.activation.detect import running_shell
from wisp.activation.session import Changes
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locking import ensure_lock
from wisp.api.machine_platform import run_platform
from wisp.api.use.activating import (
    ActivationRequest,
    activation_of,
    active_environment_of,
    hook_text,
    variables,
)
from wisp.api.use.catalogue import catalogue_of
from wisp.api.use.installed import ensure_installed
from wisp.api.use.run_options import RunOptions
from wisp.api.use.task_environments import TaskEnvironments
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationOptions:
    """Which environment to enter, and what may be done to get it.

    `remember` tells that nothing unusual was asked for, so that the next call may be quicker.
    """

    program: str
    environment: str | None = None
    usage: LockUsage = AS_NEEDED
    remember: bool = False


@dataclass(frozen=True, slots=True)
class ActivatedEnvironment:
    """An environment that is ready to be activated."""

    workspace: OpenedWorkspace
    request: ActivationRequest

    def changes(self, environ: Mapping[str, str] | None = None) -> Changes:
        """Find out which variables activation changes, of the caller's unless others are given."""
        caller = self.workspace.environ if environ is None else environ
        return variables(self.workspace, self.request, caller)

    def as_data(self) -> dict[str, Any]:
        """Return what `shell-hook --json` prints."""
        activation = activation_of(self.workspace, self.request)
        return {
            "environment_variables": self.changes().values,
            "activation_scripts": list(activation.scripts),
        }

    def hook(
        self,
        shell: str | None = None,
        *,
        change_prompt: bool | None = None,
        completions: bool = True,
    ) -> str:
        """Return the script that activates the environment in a shell, the caller's by default."""
        return hook_text(
            self.workspace,
            self.request,
            shell or running_shell(self.workspace.environ),
            change_prompt=change_prompt,
            completions=completions,
        )


def enter(workspace: OpenedWorkspace, options: ActivationOptions) -> ActivatedEnvironment:
    """Lock and install an environment as far as needed: the one named, active, or default."""
    name = options.environment or active_environment_of(workspace) or layout.DEFAULT_ENVIRONMENT
    workspace.require_environment(name)
    lock = ensure_lock(workspace, options.usage)
    platform = run_platform(workspace.manifest, workspace.session, lock, name)
    ensure_installed(workspace, lock, name, platform, options.usage)
    request = ActivationRequest(environment=name, platform=platform, program=options.program)
    if options.remember:
        from wisp.api.use.environment_writer import remember_environment

        catalogue = catalogue_of(workspace)
        told = RunOptions(program=options.program, cwd=Path())
        digest = TaskEnvironments(workspace, told, catalogue).facts(name).digest()
        remember_environment(workspace, catalogue, lock, request, digest)
    return ActivatedEnvironment(workspace, request)
