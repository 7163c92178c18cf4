"""`info`: what wisp knows of the machine, of its own folders, and of the workspace."""

from __future__ import annotations

from wisp import layout
from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top
from wisp.cli.looking import remember
from wisp.cli.opening import open_session, open_workspace
from wisp.console.style import HEADING
from wisp.errors import ManifestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from wisp import (
        DetectorFinding,
        EnvironmentDescription,
        Information,
        TlsTrust,
        Workspace,
    )
    from wisp.console.style import Paint

_WIDTH = 19
_RULE = "------------"


class Options(options.Manifest):
    """What `info` takes."""

    extended: bool = flag("--extended", help="Also count how much the folders hold")
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Print everything, for people or as JSON; a faulty manifest only leaves its part out."""
    values = call.values
    workspace = _workspace(call)
    show = workspace.show if workspace else open_session(call)
    found = show.info(sizes=values.extended)
    # Beyond Pixi, whose answer has no place for it.
    own = {"wisp_version": layout.VERSION} if call.program == "wisp" else {}
    if values.json:
        call.out.public_json({**found.as_json(), **own})
    else:
        call.out.public("\n".join(_lines(found, own, call.out.painter())))
    if workspace is not None and not found.detectors:  # what they find may differ the next time
        remember(call, workspace)
    return 0


def _workspace(call: Call[Options]) -> Workspace | None:
    """Open the workspace if there is one that can be read; tell what is wrong with it if asked."""
    try:
        return open_workspace(call)
    except ManifestError as error:
        named = call.values.manifest_path or call.values.workspace
        if named or (error.place is not None and error.place.line):
            call.out.failure(error)
        return None


def _lines(found: Information, own: Mapping[str, str], paint: Paint) -> list[str]:
    def heading(text: str) -> list[str]:
        return [paint(text, HEADING), _RULE]

    versions = [_row("Wisp version", version) for version in own.values()]
    lines = [*heading("System"), *versions, *_system(found)]
    lines += ["", *heading("Global"), *_global(found)]
    if found.workspace is not None:
        lines += ["", *heading("Workspace"), *_workspace_rows(found)]
    if found.environments:
        lines += ["", *heading("Environments")]
        blocks = ["\n".join(_environment(one)) for one in found.environments]
        lines.append("\n\n".join(blocks))
    return lines


def _system(found: Information) -> list[str]:
    files = found.config_files
    return [
        _row("Pixi version", found.release),
        _row("TLS backend", found.tls_backend),
        *([] if found.tls is None else [_row("TLS certificates", _trust(found.tls))]),
        _row("Platform", found.platform),
        *_rows("Virtual packages", found.virtual_packages),
        *_rows("Detectors", map(_detector, found.detectors or ())),
        _row("Cache dir", found.cache_folder),
        *_size("Cache size", found.cache_size),
        _row("Auth storage", found.credentials),
        _row("Config locations", " ".join(map(str, files)) or "No config files found"),
    ]


def _trust(tls: TlsTrust) -> str:
    return f"{tls.roots or 'default'}, {'verified' if tls.verify else 'not verified'}"


def _detector(one: DetectorFinding) -> str:
    told = ", ".join([f"{one.detector}: {one.state}", *one.spelled])
    return f"{one.origin} {told}" + (f" ({one.detail})" if one.detail else "")


def _global(found: Information) -> list[str]:
    return [
        _row("Bin dir", found.bin_folder),
        _row("Environment dir", found.global_environments),
        _row("Manifest dir", found.global_manifest),
    ]


def _workspace_rows(found: Information) -> list[str]:
    workspace = found.workspace
    if workspace is None:
        return []
    rows = [_row("Name", workspace.name)]
    if workspace.version is not None:
        rows.append(_row("Version", workspace.version))
    rows.append(_row("Manifest file", workspace.manifest_path))
    if workspace.last_updated is not None:
        rows.append(_row("Last updated", workspace.last_updated))
    return rows + _size("Pixi folder size", workspace.size)


def _environment(found: EnvironmentDescription) -> list[str]:
    rows = [_row("Environment", found.name), _row("Features", ", ".join(found.features))]
    if found.solve_group is not None:
        rows.append(_row("Solve group", found.solve_group))
    rows += _size("Environment size", found.size)
    if found.channels:
        rows.append(_row("Channels", ", ".join(found.channels)))
    rows.append(_row("Dependency count", len(found.dependencies)))
    visible = [name for name in found.tasks if not name.startswith("_")]
    lists: dict[str, Iterable[str]] = {
        "Dependencies": found.dependencies,
        "PyPI Dependencies": found.pypi_dependencies,
        "Target platforms": (platform.name for platform in found.platforms),
    }
    rows += [_row(label, text) for label, names in lists.items() if (text := ", ".join(names))]
    rows.append(_row("Prefix location", found.prefix))
    return rows + ([_row("Tasks", ", ".join(visible))] if visible else [])


def _size(label: str, size: int | None) -> list[str]:
    return [] if size is None else [_row(label, f"{size // 2**20} MiB")]


def _rows(label: str, values: Iterable[str]) -> list[str]:
    """Lay out several values below each other, the label in front of the first."""
    return [_row(label if index == 0 else "", value) for index, value in enumerate(values)]


def _row(label: str, value: str | int | Path) -> str:
    return f"{label:>{_WIDTH}}: {value}"


COMMAND = top("info", Options, run, example="info --json", remembered=frozenset(("json",)))
