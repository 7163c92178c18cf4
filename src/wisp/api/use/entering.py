"""Entering an environment: made ready once, then described as variables, data or a hook."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wisp import layout
from wisp.activation.detect import running_shell
from wisp.activation.interactive import start
from wisp.activation.session import Changes
from wisp.activation.shells import named
from wisp.api.locks.locking import ensure_lock
from wisp.api.usage import AS_NEEDED, Usage
from wisp.api.use.activating import ActivationRequest, activation_of, hook_text, variables
from wisp.api.use.providing import Provider, RunOptions
from wisp.api.use.readiness import ensure_ready, run_platform
from wisp.api.use.running import active_name, catalogue_of
from wisp.errors import HostError
from wisp.values import dataclass

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterOptions:
    """Which environment to enter, and what may be done to get it.

    `remember` tells that nothing unusual was asked for, so that the next call may be quicker.
    """

    program: str
    environment: str | None = None
    usage: Usage = AS_NEEDED
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """An environment that is ready to be activated."""

    workspace: OpenedWorkspace
    request: ActivationRequest

    def changes(self) -> Changes:
        """Find out which variables activation changes."""
        return variables(self.workspace, self.request, self.workspace.environ)

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


def open_shell(
    entered: Entered, *, change_prompt: bool | None = None, completions: bool = True
) -> int:
    """Start an interactive shell in the environment; where the system can, it replaces us.

    Returns the exit code of the shell. Raises `HostError` if the shell cannot be started.
    """
    environ = dict(entered.workspace.environ)
    name = running_shell(environ)
    program = entered.request.program
    text = entered.hook(name, change_prompt=change_prompt, completions=completions)
    folder = tempfile.mkdtemp(prefix="wisp-shell-")
    how = start(name, _executable(name, environ), text, folder, environ, program)
    for file, content in how.files.items():
        Path(folder, file).write_text(content, encoding="utf-8")
    variables = {**environ, **how.variables}
    try:
        if os.name != "nt":
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execvpe(how.argv[0], how.argv, variables)
        return subprocess.run(how.argv, env=variables, check=False).returncode
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise HostError(f"cannot start '{how.argv[0]}'", causes=(str(error),)) from error


def _executable(shell: str, environ: Mapping[str, str]) -> str:
    """The program of a shell: the user's own where it is of that kind."""
    own = environ.get("SHELL", "")
    found = named(own) if own else None
    if found is not None and found.name == shell:
        return own
    return {"nushell": "nu", "powershell": "powershell" if os.name == "nt" else "pwsh"}.get(
        shell, shell
    )


def enter(workspace: OpenedWorkspace, options: EnterOptions) -> Entered:
    """Lock and install an environment as far as needed: the one named, active, or default."""
    name = options.environment or active_name(workspace) or layout.DEFAULT_ENVIRONMENT
    workspace.require_environment(name)
    lock = ensure_lock(workspace, options.usage)
    platform = run_platform(workspace, lock, name)
    ensure_ready(workspace, lock, name, platform, options.usage)
    request = ActivationRequest(environment=name, platform=platform, program=options.program)
    if options.remember:
        from wisp.api.remembering import remember_environment

        catalogue = catalogue_of(workspace)
        told = RunOptions(program=options.program, cwd=Path())
        digest = Provider(workspace, told, catalogue).facts(name).digest()
        remember_environment(workspace, catalogue, lock, request, digest)
    return Entered(workspace, request)
