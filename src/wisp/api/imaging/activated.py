"""What activation means in an image: variables known beforehand, and what only a start can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from wisp.activation.expansion import expand, quoted
from wisp.activation.variables import (
    TELL_ITS_PLACE,
    Activation,
    PrefixContents,
    activation_steps,
    json_table,
    project_variables,
    texts_of,
)
from wisp.api.opened import OpenedWorkspace
from wisp.api.use.activating import doubts_about
from wisp.errors import ActivationError
from wisp.image.packages import MadeLayer
from wisp.image.settings import ImageSettings
from wisp.layout import CONDA_META, ENV_EXE
from wisp.platforms import Platform
from wisp.values import dataclass
from wisp.workspace.activation import activation_of as declared_activation

_ACTIVATE = "etc/conda/activate.d/"
_STATE = f"{CONDA_META}/state"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageActivation:
    """Variables of the image; scripts to source at a start; values that only then are known."""

    variables: Mapping[str, str]
    scripts: tuple[str, ...]
    late: Mapping[str, str]


def image_activation(
    workspace: OpenedWorkspace,
    environment: str,
    platform: Platform,
    settings: ImageSettings,
    layers: Sequence[MadeLayer],
    path: str,
) -> ImageActivation:
    """Find out what activating an environment does where it lies in an image.

    `path` is the PATH of the base. What stands after a script may depend on it, and so does what
    only a shell can expand: it is left to the start.

    Raises:
        ActivationError: A package's file of variables is no JSON, or a script lies elsewhere.

    """
    activation = _activation(workspace, environment, platform, settings)
    steps = activation_steps(activation, _contents(settings.prefix, layers), {"PATH": path})
    variables: dict[str, str] = {}
    scripts: list[str] = []
    late: dict[str, str] = {}
    for step in steps:
        if len(step) == 2:
            scripts.append(step[1])
            continue
        kind, name, value = step
        known = value if kind == "set" else None if scripts else expand(value, variables)
        if known is None:
            late[name] = quoted(value)
        else:
            variables[name] = known
    # No program of that name is in the image, and without code no workspace.
    variables.pop(ENV_EXE, None)
    if not settings.code:
        for name in TELL_ITS_PLACE:
            variables.pop(name, None)
    return ImageActivation(variables=variables, scripts=tuple(scripts), late=late)


def _activation(
    workspace: OpenedWorkspace, environment: str, platform: Platform, settings: ImageSettings
) -> Activation:
    table = workspace.manifest.workspace
    declared = declared_activation(
        workspace.manifest, workspace.require_environment(environment), platform
    )
    return Activation(
        settings.prefix,
        project_variables(
            root=settings.workdir,
            name=table.name,
            manifest=f"{settings.workdir}/{workspace.manifest.path.name}",
            version=table.version,
            environment=environment,
            platforms=[one.name for one in workspace.platforms(environment)],
            executable="",
            level=workspace.level,
        ),
        _scripts(workspace, declared.scripts or (), settings),
        declared.env,
    )


def _scripts(
    workspace: OpenedWorkspace, scripts: Sequence[str], settings: ImageSettings
) -> list[str]:
    for problem in doubts_about(workspace.root, scripts):
        workspace.reporter.warn(problem)
    found: list[str] = []
    for script in scripts:
        path = PurePosixPath(script)
        if path.is_absolute() or ".." in path.parts:
            raise ActivationError(
                f"the activation script '{script}' lies outside the workspace",
                hints=["an image holds the workspace only: move the script into it"],
            )
        if not settings.code:
            raise ActivationError(
                f"the activation script '{script}' is not in an image without code"
            )
        if (workspace.root / script).is_file():
            found.append(f"{settings.workdir}/{path}")
    return found


def _contents(prefix: str, layers: Sequence[MadeLayer]) -> PrefixContents:
    """Return what packages add to an activation, as `activation.variables.read_prefix` would."""
    paths = sorted({path for made in layers for path in made.content.paths})
    texts = {path: text for made in layers for path, text in made.content.texts.items()}
    static: dict[str, str] = {}
    for path in sorted(name for name in texts if name != _STATE):
        static |= texts_of(json_table(texts[path], path))
    if _STATE in texts:
        declared = json_table(texts[_STATE], _STATE).get("env_vars")
        static |= texts_of(declared if isinstance(declared, dict) else {})
    scripts = [
        f"{prefix}/{path}"
        for path in paths
        if path.startswith(_ACTIVATE) and path.endswith(".sh") and path.count("/") == 3
    ]
    return PrefixContents(static, scripts)
