"""Files beside a workspace that tell other programs of its environments."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from wisp.api.locks.lock_file import known_lock
from wisp.engine.rewriting import rewrite
from wisp.engine.safe.root import Root
from wisp.errors import ConfigError, Place
from wisp.exchange import envrc, vscode
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.trust import found_bytes
from wisp.values import dataclass
from wisp.workspace.features import features_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace

_PYTHON = Path("python.exe") if os.name == "nt" else Path("bin", "python")


@dataclass(frozen=True, slots=True)
class CompanionFile:
    """A file with the text that it shall have; `changed` tells whether it has another one."""

    path: Path
    text: str
    changed: bool


def vscode_files(
    workspace: OpenedWorkspace,
    environment: str,
    tasks: Iterable[tuple[str, str | None]],
    program: str,
) -> tuple[CompanionFile, ...]:
    """Return what VS Code is told: the interpreter of an environment, if it has one, and tasks.

    Tasks are pairs of name and description; it is warned of those that VS Code cannot be told of.

    Raises:
        ManifestError: There is no such environment.
        ConfigError: What stands in a file cannot be read.

    """
    workspace.require_environment(environment)
    folder = workspace.root / vscode.FOLDER
    named = None if environment == DEFAULT_ENVIRONMENT else environment
    found = []
    if _has_python(workspace, environment):
        path = folder / vscode.SETTINGS
        text = _read(path)
        new = vscode.settings(text, str(path), _interpreter(workspace, environment))
        found.append(CompanionFile(path, new, new != text))
    rows = [vscode.task(program, name, described, named) for name, described in tasks]
    path = folder / vscode.TASKS
    text = _read(path)
    if rows or text:
        new = vscode.without_gone(text, str(path), program, partial(_has_task, workspace))
        new, left_out = vscode.tasks(new, str(path), rows) if rows else (new, ())
        if left_out:
            labels = ", ".join(f"'{label}'" for label in left_out)
            workspace.reporter.warn(
                f"VS Code is not told of {labels}: it would expand `${{` in name or description"
            )
        found.append(CompanionFile(path, new, new != text))
    return tuple(found)


def direnv_file(workspace: OpenedWorkspace, environment: str) -> CompanionFile:
    """Return the `.envrc` that activates an environment. Raises as `vscode_files`."""
    workspace.require_environment(environment)
    path = workspace.root / envrc.NAME
    text = _read(path)
    named = None if environment == DEFAULT_ENVIRONMENT else environment
    new = envrc.with_part(text, workspace.manifest.path.name, named)
    return CompanionFile(path, new, new != text)


def write_files(
    workspace: OpenedWorkspace, files: tuple[CompanionFile, ...]
) -> tuple[CompanionFile, ...]:
    """Write the files that change, and return all. Raises `HostError` if one cannot be written."""
    for file in files:
        if file.changed:
            rewrite(file.path, file.text, Root(workspace.root))
    return files


def _has_task(workspace: OpenedWorkspace, name: str, environment: str | None) -> bool:
    """Whether an environment has a task on any platform: the file may be shared."""
    manifest = workspace.manifest
    known = manifest.environments.get(environment or DEFAULT_ENVIRONMENT)
    if known is None:
        return False
    features = features_of(manifest, known)
    targets = ((feature.base, *(target for _, target in feature.targets)) for feature in features)
    return any(name in target.tasks for group in targets for target in group)


def _has_python(workspace: OpenedWorkspace, environment: str) -> bool:
    """Whether an environment has a Python, as far as it is locked or installed."""
    if (workspace.prefix(environment) / _PYTHON).exists():
        return True
    lock = known_lock(workspace)
    known = lock.environments.get(environment) if lock else None
    return any(record.name == "python" for record in (known.records() if known else ()))


def _interpreter(workspace: OpenedWorkspace, environment: str) -> str:
    """Return the path of a Python as VS Code expands it, so that it may be shared."""
    path = workspace.prefix(environment) / _PYTHON
    if not path.is_relative_to(workspace.root):
        return str(path)
    return "${workspaceFolder}/" + path.relative_to(workspace.root).as_posix()


def _read(path: Path) -> str:
    try:
        return found_bytes(path).decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot read `{path}`", causes=(str(error),), place=Place(str(path))
        ) from error
