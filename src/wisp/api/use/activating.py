"""Activation of a workspace's environments: variables, scripts, hooks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from wisp import layout
from wisp.activation import cache, session
from wisp.activation.hooks import hook
from wisp.activation.session import Changes
from wisp.activation.shells import SHELLS, named
from wisp.activation.variables import Activation, active_environment, project_variables
from wisp.api.trusting import require_consent_to_scripts
from wisp.errors import ActivationError
from wisp.platforms import Platform
from wisp.trust import found_text
from wisp.values import dataclass
from wisp.workspace.activation import activation_of as declared_activation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationRequest:
    """An environment to activate: its name, the platform, the program that tells who we are."""

    environment: str
    platform: Platform | None
    program: str


def activation_of(workspace: OpenedWorkspace, request: ActivationRequest) -> Activation:
    """Return what activating an environment depends on; missing scripts are warned of."""
    table = workspace.manifest.workspace
    environment = workspace.require_environment(request.environment)
    declared = declared_activation(workspace.manifest, environment, request.platform)
    require_consent_to_scripts(workspace.config, workspace.root, declared.scripts or ())
    platforms = [platform.name for platform in workspace.platforms(request.environment)]
    return Activation(
        str(workspace.prefix(request.environment)),
        project_variables(
            root=str(workspace.root),
            name=table.name,
            manifest=str(workspace.manifest.path),
            version=table.version,
            environment=request.environment,
            platforms=platforms,
            executable=request.program,
            level=workspace.level,
        ),
        _existing(workspace, declared.scripts or ()),
        declared.env,
    )


def _existing(workspace: OpenedWorkspace, scripts: tuple[str, ...]) -> list[str]:
    """Return the scripts that are there, as absolute paths; warn of what is odd about them."""
    for problem in doubts_about(workspace.root, scripts):
        workspace.reporter.warn(problem)
    paths = [workspace.root / script for script in scripts]
    return [str(path) for path in paths if path.is_file()]


def doubts_about(root: Path, scripts: Iterable[str]) -> list[str]:
    """Say which activation scripts are missing, or named as none of the native shell is."""
    usual = (".bat",) if os.name == "nt" else (".sh", ".bash")
    problems = []
    for script in scripts:
        path = root / script
        if not path.is_file():
            problems.append(f"could not find activation script '{path}'")
        elif path.suffix not in usual:
            problems.append(f"activation script '{script}' does not end in {' or '.join(usual)}")
    return problems


def variables(
    workspace: OpenedWorkspace, request: ActivationRequest, caller: Mapping[str, str]
) -> Changes:
    """Find out what activating an environment changes in the caller's variables.

    Where the configuration allows it, what was found out before is used.
    Raises `ActivationError` when a script ends the shell that runs it.
    """
    activation = activation_of(workspace, request)
    if not workspace.config.use_activation_cache:
        return session.activate(activation, caller)
    name = f"activation_{request.environment}.json"
    path = str(workspace.places.activation_cache / name)
    key = _installed_state(activation.prefix) + (request.platform.name if request.platform else "")
    known = cache.read(path, activation, key, caller)
    if known:
        return Changes(known)
    changes = session.activate(activation, caller)
    if not changes.removed:
        cache.write(path, activation, key, changes.values, caller, workspace.places.root)
    return changes


def _installed_state(prefix: str) -> str:
    path = Path(prefix, layout.CONDA_META, layout.PREFIX_FINGERPRINT)
    try:
        return found_text(path, encoding="ascii", errors="replace")
    except OSError:
        return ""


def hook_text(
    workspace: OpenedWorkspace,
    request: ActivationRequest,
    shell: str,
    *,
    change_prompt: bool | None = None,
    completions: bool = True,
) -> str:
    """Return the script that activates an environment in a shell, by the shell's name.

    Raises `ActivationError` for a shell that wisp does not know.
    """
    dialect = named(shell)
    if dialect is None:
        known = ", ".join(SHELLS)
        raise ActivationError(f"unknown shell '{shell}'", hints=(f"known shells: {known}",))
    if change_prompt is None:
        change_prompt = workspace.config.change_prompt
    return hook(
        activation_of(workspace, request),
        dialect,
        workspace.environ,
        change_prompt=change_prompt,
        completions=completions and workspace.config.source_completions,
        windows=sys.platform == "win32",
    )


def active_environment_of(workspace: OpenedWorkspace) -> str | None:
    """Return the environment of this workspace that is active around us, if one is."""
    return active_environment(str(workspace.root), workspace.environ)
