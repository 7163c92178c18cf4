"""`init`: start a workspace."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, optional, top, value, values
from wisp.cli.opening import open_session
from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import Started, StartRequest

    Format = Literal["pixi", "pyproject", "mojoproject"]
    ScriptFormat = Literal["pep723", "conda-script"]
    Kind = Format | ScriptFormat


_NOT_WITH_SCRIPT = ("--import", "--platform", "--pyproject-toml", "--scm")
_OF_SCRIPTS = ("pep723", "conda-script")


class Options(options.Global):
    """What `init` takes."""

    path: str | None = optional("PATH", help="Where to create it (default: here)")
    script: str | None = value(
        "-s",
        "--script",
        metavar="PATH",
        conflicts=(*_NOT_WITH_SCRIPT, "--conda-pypi-map", "PATH"),
        help="Put the metadata into this script instead",
    )
    channel: tuple[str, ...] = values(
        "-c",
        "--channel",
        conflicts=("--import",),
        help="A channel; may be repeated, the first one comes first",
    )
    platform: tuple[str, ...] = options.PLATFORMS
    import_: str | None = value(
        "-i", "--import", metavar="ENVIRONMENT_FILE", help="Convert an environment.yml"
    )
    format: Kind | None = value(
        "--format",
        choices=("pixi", "pyproject", "mojoproject", "pep723", "conda-script"),
        any_case=True,
        conflicts=("--import", "--pyproject-toml"),
        help="Which manifest to write, or which block into a script",
    )
    scm: Literal["github", "gitlab", "codeberg"] | None = value(
        "--scm",
        choices=("github", "gitlab", "codeberg"),
        any_case=True,
        help="Where the repository is hosted, for .gitattributes",
    )
    conda_pypi_map: str | None = value(
        "--conda-pypi-map", help="`false`, or CHANNEL=LOCATION pairs that name PyPI packages"
    )
    pyproject_toml: bool = flag(
        "--pyproject-toml", "--pyproject", conflicts=("--import", "--format"), hidden=True
    )


def run(call: Call[Options]) -> int:
    """Write the files of a new workspace and say where they are."""
    values, session = call.values, open_session(call)
    if values.script is not None:
        file = call.cwd / values.script
        session.init_script(file, values.channel, _script_format(values.format))
        call.out.success(f"Initialized script at {file}")
        return 0
    request = _request(call, _format(values.format))
    foreign = values.import_
    if foreign is not None:
        started = session.init_from(request, call.cwd / foreign)
    else:
        started = session.init(request)
    _tell(call, started)
    return 0


def _script_format(kind: Kind | None) -> ScriptFormat | None:
    """Refuse the formats of workspaces."""
    if kind is None or kind == "pep723" or kind == "conda-script":
        return kind
    raise UsageError(
        "the argument '--script <PATH>' cannot be used with '--format <FORMAT>'",
        hints=(f"scripts have the formats {' and '.join(_OF_SCRIPTS)}",),
    )


def _format(kind: Kind | None) -> Format | None:
    """Refuse the formats of scripts."""
    if kind == "pep723" or kind == "conda-script":
        raise UsageError(f"`--format {kind}` is for scripts", hints=("name one by `--script`",))
    return kind


def _request(call: Call[Options], kind: Format | None) -> StartRequest:
    from wisp import StartRequest

    values = call.values
    folder = (call.cwd / (values.path or ".")).resolve()
    if values.pyproject_toml:
        kind = "pyproject"
    if kind is None and values.import_ is None and open_session(call).would_extend(folder):
        question = "A 'pyproject.toml' exists. Add the workspace to it (as [tool.pixi])?"
        hint = "say yes with `--format pyproject`"
        kind = "pyproject" if call.out.confirm(question, hint=hint) else None
    return StartRequest(
        folder=folder,
        format=kind or "pixi",
        channels=tuple(values.channel),
        platforms=tuple(values.platform),
        scm=values.scm or "github",
        conda_pypi_map=_conda_pypi_map(values.conda_pypi_map),
    )


def _conda_pypi_map(text: str | None) -> Literal[False] | dict[str, str] | None:
    if text is None:
        return None
    if text == "false":
        return False
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(channel and location for channel, _, location in pairs):
        raise UsageError(
            f"invalid value '{text}' for '--conda-pypi-map': neither `false` nor CHANNEL=LOCATION"
        )
    return {channel: location for channel, _, location in pairs}


def _tell(call: Call, started: Started) -> None:
    out = call.out
    for warning in started.warnings:
        out.warning(warning)
    if started.untouched:
        out.note(f"Nothing to do here: '{started.manifest.name}' is a workspace already.")
    elif started.created:
        out.success(f"Created {started.manifest}")
    if started.package is not None:
        out.success(f"Added package '{started.package}' as an editable dependency.")
    if started.environments:
        plural = "s" if len(started.environments) > 1 else ""
        names = "', '".join(started.environments)
        out.success(
            f"Added environment{plural} '{names}' from optional dependencies or dependency groups."
        )


COMMAND = top("init", Options, run, example="init my-project --format pyproject")
