"""What the activation of a prefix changes, as a list of steps.

A *step* is a small tuple: `("set", name, value)` takes the value as it is, `("expand", name,
value)` lets the shell expand `$NAME` in it as between double quotes, `("unset", name)` removes a
variable, `("source", path)` runs a script in the current shell. `wisp.activation.hooks` writes
steps as text for a shell, `wisp.activation.session` finds out what they lead to.

The order is that of conda's activation: PATH, level, prefix, static variables of packages and of
the workspace, scripts of packages, scripts of the manifest, variables of the manifest.
"""

from __future__ import annotations

import os

from wisp.errors import ActivationError
from wisp.layout import (
    DEFAULT_ENVIRONMENT,
    ENV_ENVIRONMENT_NAME,
    ENV_ENVIRONMENT_PLATFORMS,
    ENV_EXE,
    ENV_IN_SHELL,
    ENV_PROJECT_MANIFEST,
    ENV_PROJECT_NAME,
    ENV_PROJECT_ROOT,
    ENV_PROJECT_VERSION,
    ENV_PROMPT,
    ENV_WORKSPACE_MANIFEST,
    ENV_WORKSPACE_NAME,
    ENV_WORKSPACE_ROOT,
    ENV_WORKSPACE_VERSION,
)
from wisp.trust import found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wisp.compat import CompatLevel

    Step = tuple[str, str] | tuple[str, str, str]

#: Where the executables of a prefix are, in the order of PATH.
UNIX_FOLDERS = ("bin",)
WINDOWS_FOLDERS = (
    "",
    "Library/mingw-w64/bin",
    "Library/usr/bin",
    "Library/bin",
    "Scripts",
    "bin",
)

#: What `clean-env` leaves of the caller's environment.
KEPT_WHEN_CLEAN = (
    "DISPLAY",
    "LC_ALL",
    "LC_TIME",
    "LC_NUMERIC",
    "LC_MEASUREMENT",
    "SHELL",
    "USER",
    "USERNAME",
    "LOGNAME",
    "HOME",
    "HOSTNAME",
)
KEPT_WHEN_CLEAN_ON_MACOS = ("TMPDIR", "XPC_SERVICE_NAME", "XPC_FLAGS")


#: What tells of the workspace, and the same under the names that Pixi has since 0.82.
OF_PROJECT = (ENV_PROJECT_ROOT, ENV_PROJECT_NAME, ENV_PROJECT_MANIFEST, ENV_PROJECT_VERSION)
OF_WORKSPACE = (
    ENV_WORKSPACE_ROOT,
    ENV_WORKSPACE_NAME,
    ENV_WORKSPACE_MANIFEST,
    ENV_WORKSPACE_VERSION,
)
#: Those that say where the workspace is.
TELL_ITS_PLACE = (
    ENV_PROJECT_ROOT,
    ENV_PROJECT_MANIFEST,
    ENV_WORKSPACE_ROOT,
    ENV_WORKSPACE_MANIFEST,
)


class Activation:
    """All that activating one environment depends on, besides the caller's variables.

    `prefix` is a path; `project` holds the variables that describe the workspace
    (`project_variables`); `scripts` are absolute paths of the manifest's scripts, existing ones
    only; `env` is the manifest's table, composed, in order.
    """

    __slots__ = ("env", "prefix", "project", "scripts")

    def __init__(
        self,
        prefix: str,
        project: Mapping[str, str] | None = None,
        scripts: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.prefix = prefix
        self.project = dict(project or {})
        self.scripts = tuple(scripts)
        self.env = dict(env or {})


class PrefixContents:
    """What the packages in a prefix add: static variables and scripts, in their order.

    A variable is left out whose name no shell can set: it would be a command there.
    """

    __slots__ = ("activate", "deactivate", "static")

    def __init__(
        self,
        static: Mapping[str, str] | None = None,
        activate: Iterable[str] = (),
        deactivate: Iterable[str] = (),
    ) -> None:
        windows = os.name == "nt"
        named = (static or {}).items()
        self.static = {name: value for name, value in named if is_name(name, windows=windows)}
        self.activate = tuple(activate)
        self.deactivate = tuple(deactivate)


def read_prefix(prefix: str, extensions: Sequence[str]) -> PrefixContents:
    """Look into a prefix for what its packages add; a missing prefix adds nothing.

    `extensions` are those of the shell's scripts (`("sh",)`). Raises `ActivationError` for a
    variables file that is not JSON.
    """
    conda = os.path.join(prefix, "etc", "conda")
    static: dict[str, str] = {}
    for path in _files(os.path.join(conda, "env_vars.d"), ("json",)):
        static.update(texts_of(_json(path)))
    state = os.path.join(prefix, "conda-meta", "state")
    if os.path.exists(state):
        declared = _json(state).get("env_vars")
        static.update(texts_of(declared if isinstance(declared, dict) else {}))
    return PrefixContents(
        static,
        _files(os.path.join(conda, "activate.d"), extensions),
        _files(os.path.join(conda, "deactivate.d"), extensions),
    )


def _files(folder: str, extensions: Sequence[str]) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = (os.path.join(folder, n) for n in names if n.rpartition(".")[2] in extensions)
    return [path for path in found if os.path.isfile(path)]


def _json(path: str) -> dict[str, object]:
    try:
        text = found_text(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return json_table(text, path)


def json_table(text: str, path: str) -> dict[str, object]:
    """Read an object of JSON, empty for other values. Raises `ActivationError`, naming `path`."""
    from wisp.foreign import json_data

    try:
        data = json_data(text)
    except ValueError as error:
        raise _unreadable(path, error) from error
    return data if isinstance(data, dict) else {}


def _unreadable(path: str, error: Exception) -> ActivationError:
    return ActivationError(f"cannot read '{path}'", causes=(str(error),))


def texts_of(table: Mapping[str, object]) -> dict[str, str]:
    """Return what of a table are texts."""
    return {name: value for name, value in table.items() if isinstance(value, str)}


def project_variables(
    *,
    root: str,
    name: str,
    manifest: str,
    version: str | None,
    environment: str,
    platforms: Iterable[str],
    executable: str,
    level: CompatLevel,
) -> dict[str, str]:
    """Return the variables that tell a process which workspace and environment it is in."""
    shown = name if environment == DEFAULT_ENVIRONMENT else f"{name}:{environment}"
    values = (root, name, manifest, version or "NO_VERSION_SPECIFIED")
    found = dict(zip(OF_PROJECT, values, strict=True))
    if level.has("activation sets PIXI_WORKSPACE_*"):
        found |= zip(OF_WORKSPACE, values, strict=True)
    return found | {
        ENV_IN_SHELL: "1",
        ENV_EXE: executable,
        ENV_ENVIRONMENT_NAME: environment,
        ENV_ENVIRONMENT_PLATFORMS: ",".join(platforms),
        ENV_PROMPT: f"({shown}) ",
        "CONDA_DEFAULT_ENV": shown,
    }


def active_environment(root: str, caller: Mapping[str, str]) -> str | None:
    """Return the environment that is active in the caller, None for one of another workspace."""
    known = caller.get(ENV_WORKSPACE_ROOT) or caller.get(ENV_PROJECT_ROOT, root)
    if known != root or ENV_IN_SHELL not in caller:
        return None
    return caller.get(ENV_ENVIRONMENT_NAME)


def search_folders(prefix: str, *, windows: bool = False) -> list[str]:
    """Return the folders that a prefix adds to PATH."""
    names = WINDOWS_FOLDERS if windows else UNIX_FOLDERS
    return [os.path.join(prefix, *name.split("/")) if name else prefix for name in names]


def activation_steps(
    activation: Activation,
    contents: PrefixContents,
    caller: Mapping[str, str],
    *,
    windows: bool = False,
) -> list[Step]:
    """Return what activating does in an environment of variables `caller`.

    A variable of the static list or of the manifest that the caller has set is kept as
    `CONDA_ENV_SHLVL_<level>_<NAME>`, so that a deactivation could restore it. Only what the
    manifest and packages give as values is expanded: names of folders and workspaces are what they
    are. Names that no shell could set are left out.
    """
    separator = ";" if windows else ":"
    path = [*search_folders(activation.prefix, windows=windows)]
    path += [caller["PATH"]] if caller.get("PATH") else []
    level = _level(caller) + 1
    names = contents.static | activation.project
    steps: list[Step] = [
        ("set", "PATH", separator.join(path)),
        ("set", "CONDA_SHLVL", str(level)),
    ]
    steps += [
        ("set", f"CONDA_ENV_SHLVL_{level}_{name}", caller[name])
        for name in dict.fromkeys(("CONDA_PREFIX", *names, *activation.env))
        if name in caller and name not in ("PATH", "CONDA_SHLVL")
    ]
    steps.append(("set", "CONDA_PREFIX", activation.prefix))
    steps += [
        _assignment(name, value, windows)
        for name, value in contents.static.items()
        if name not in activation.project
    ]
    steps += [("set", name, value) for name, value in activation.project.items()]
    steps += [("source", script) for script in (*contents.activate, *activation.scripts)]
    steps += [_assignment(name, value, windows) for name, value in activation.env.items()]
    return [step for step in steps if step[0] == "source" or is_name(step[1], windows=windows)]


def _level(caller: Mapping[str, str]) -> int:
    text = caller.get("CONDA_SHLVL", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _assignment(name: str, value: str, windows: bool) -> Step:
    return ("expand" if ("%" if windows else "$") in value else "set", name, value)


def is_name(name: str, *, windows: bool = False) -> bool:
    """Whether a shell can set a variable of that name."""
    if windows:
        return name.isprintable() and not set(name) & set('=%"&|<>^')
    return name.isidentifier() and name.isascii()


def restored(
    caller: Mapping[str, str], activation: Activation, static: Iterable[str], *, windows: bool
) -> dict[str, str]:
    """Return the variables as they were before an activation of ours that `caller` is in.

    `static` are names that the packages of its prefix set. What it found set it has kept; which of
    the manifest's it found unset is known for the same environment only.
    """
    before = dict(caller)
    prefix = before.pop("CONDA_PREFIX", "")
    level = _level(caller)
    of_manifest = activation.env if prefix == activation.prefix else ()
    for name in (*activation.project, *static, *of_manifest):
        before.pop(name, None)
    kept = f"CONDA_ENV_SHLVL_{level}_"
    for name in [name for name in before if name.startswith(kept)]:
        before[name[len(kept) :]] = before.pop(name)
    if level > 1:
        before["CONDA_SHLVL"] = str(level - 1)
    else:
        before.pop("CONDA_SHLVL", None)
    path = caller.get("PATH", "")
    root = caller.get(ENV_WORKSPACE_ROOT) or caller.get(ENV_PROJECT_ROOT, "")
    # In the same workspace its folders may be the user's; what scripts add again is told by `once`.
    if root not in activation.project.values():
        path = _without_own(path, prefix, root, windows=windows)
    before["PATH"] = without_prefix(path, prefix, windows=windows)
    return before


def _without_own(path: str, prefix: str, root: str, *, windows: bool) -> str:
    """Return a PATH without what scripts of a workspace have put before its prefix.

    Known is of those folders only that they are the workspace's own.
    """
    separator = ";" if windows else ":"
    entries = path.split(separator)
    first = search_folders(prefix, windows=windows)[0]
    if not root or first not in entries:
        return path
    at = entries.index(first)
    others = [entry for entry in entries[:at] if not entry.startswith(root + os.sep)]
    return separator.join((*others, *entries[at:]))


def deactivation_steps(contents: PrefixContents) -> list[Step]:
    """Return what leaving an active prefix does, besides taking it out of PATH."""
    steps: list[Step] = [("unset", name) for name in contents.static]
    steps += [("source", script) for script in contents.deactivate]
    return steps


def without_prefix(path: str, prefix: str, *, windows: bool = False) -> str:
    """Return a PATH without the folders of a prefix."""
    separator = ";" if windows else ":"
    gone = set(search_folders(prefix, windows=windows))
    return separator.join(entry for entry in path.split(separator) if entry not in gone)


def cleaned(caller: Mapping[str, str], *, macos: bool = False) -> dict[str, str]:
    """Return what `clean-env` keeps of the caller's variables."""
    kept = KEPT_WHEN_CLEAN + (KEPT_WHEN_CLEAN_ON_MACOS if macos else ())
    return {name: caller[name] for name in kept if name in caller}
