"""From a file to a `Manifest`: the one entry for all kinds of manifests."""

from __future__ import annotations

from pathlib import Path

import tomli

from wisp.compat import CompatLevel
from wisp.errors import ManifestError, Place
from wisp.foreign import place_of_no_text, toml_data
from wisp.layout import SCRIPT_SUFFIXES
from wisp.manifest.check import (
    check_environments,
    check_platforms,
    unknown_homes,
    unmatched_selectors,
    unused_features,
)
from wisp.manifest.controls import refuse_controls
from wisp.manifest.faults import Fault, SourceText, ValuePath
from wisp.manifest.getters import Notes, Table
from wisp.manifest.model import Feature, Manifest
from wisp.manifest.pixi_toml import Tables, read_tables
from wisp.printable import few, typed
from wisp.rights import ways_to_read
from wisp.trust import found_bytes
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.manifest.model import Despite, ManifestKind

_KINDS: dict[str, ManifestKind] = {
    "pyproject.toml": "pyproject",
    "mojoproject.toml": "mojoproject",
}
_LAST_NAME = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptDefaults:
    """What a script means where it names no channels or platforms.

    `root` is where its relative paths begin, unless that is its folder. `conda_scripts` tells
    whether it may be a conda-script.
    """

    channels: tuple[str, ...] = ("conda-forge",)
    platforms: tuple[str, ...] = ()
    root: Path | None = None
    conda_scripts: bool = False


def load(
    path: Path,
    *,
    script: ScriptDefaults | None = None,
    despite: Despite = None,
    wish: CompatLevel | None = None,
) -> Manifest:
    """Read a manifest. Raises `ManifestError` with the place of whatever is wrong.

    `script` tells that it is a script, whose kind its text decides. `wish` is the release of Pixi
    to follow, which `requires-pixi` decides otherwise. `despite` names what is no
    reason to refuse the manifest, or to warn (`unused`: features of no environment).
    """
    try:
        text = found_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        place = place_of_no_text(error, path)
        raise ManifestError(f"'{path}' is not UTF-8 text", place=place) from None
    except OSError as error:
        raise ManifestError(
            f"failed to read the manifest '{path}': {error.strerror}",
            place=Place(str(path)),
            hints=ways_to_read(path, error),
        ) from None
    if script is None:
        kind = kind_of_file(path)
    else:
        from wisp.manifest.script_kind import kind_of_script

        kind = kind_of_script(text, path, conda_scripts=script.conda_scripts)
    return load_text(text, path, kind, script=script, despite=despite, wish=wish)


def kind_of_file(path: Path) -> ManifestKind:
    """Tell by its name what kind of manifest a file is."""
    return "script" if path.suffix in SCRIPT_SUFFIXES else _KINDS.get(path.name, "pixi")


def load_text(
    text: str,
    path: Path,
    kind: ManifestKind = "pixi",
    *,
    script: ScriptDefaults | None = None,
    despite: Despite = None,
    wish: CompatLevel | None = None,
) -> Manifest:
    """Read a manifest from its text; `path` is where it lies or shall lie."""
    source = _source(text, path, kind)
    apart = script.root if script is not None else None
    root = apart or path.parent
    notes = Notes(root, despite=despite, wish=wish, place_of=source.line_of)
    try:
        data = toml_data(source.toml)
        refuse_controls(data, kind)
        if kind in ("script", "conda-script"):
            from_script = _from_script if kind == "script" else _from_conda_script
            read = from_script(data, text, path, notes, script or ScriptDefaults())
            return read if apart is None else replace(read, apart=apart)
        if kind == "pyproject":
            return _from_pyproject(data, text, path, notes)
        return _from_tables(read_tables(data, (), notes, path.name), text, path, kind, notes)
    except (tomli.TOMLDecodeError, Fault) as error:
        from wisp.manifest.placing import placed

        raise placed(error, source) from None


def _source(text: str, path: Path, kind: ManifestKind) -> SourceText:
    if kind not in ("script", "conda-script"):
        toml = text.removeprefix("\ufeff")
        return SourceText(path, toml, toml)
    from wisp.manifest.script_block import ScriptError, block_of, block_source

    whole = text if kind == "conda-script" else block_source(text)
    try:
        block = block_of(text, kind)
    except ScriptError as error:
        place = Place(str(path), error.line, 1 if error.line else 0, text=whole)
        raise ManifestError(str(error), place=place) from None
    if block is None:
        raise ManifestError(
            f"{path.name} does not contain a PEP 723 metadata block",
            place=Place(str(path)),
            hints=(f"Run `pixi init --script {typed(path)}` to add one",),
        )
    return SourceText(path, block.text, whole, block.line, indent=len(block.prefix))


def _from_pyproject(data: dict[str, Any], text: str, path: Path, notes: Notes) -> Manifest:
    from wisp.manifest.pyproject import fill_default, fill_features, fill_workspace, read_project

    root = Table(data, (), notes)
    pixi = root.below("tool").table("pixi")
    if pixi is None:
        raise Fault(
            "Missing table `[tool.pixi.workspace]`",
            (),
            hints=("Run `pixi init --format pyproject` to make it a workspace",),
        )
    tables = read_tables(pixi.data, pixi.path, notes, path.name)
    project = read_project(root)
    declared = tables.features
    tables = replace(
        tables,
        workspace=fill_workspace(tables.workspace, project),
        default=fill_default(tables.default, project),
        features=fill_features(tables.features, project),
    )
    return _from_tables(tables, text, path, "pyproject", notes, declared)


def _from_script(
    data: dict[str, Any], text: str, path: Path, notes: Notes, defaults: ScriptDefaults
) -> Manifest:
    from wisp.manifest.pyproject import fill_default, fill_workspace, read_script_project
    from wisp.manifest.script import check_script_tables, with_defaults

    root = Table(data, (), notes)
    pixi = check_script_tables(root)
    filled = with_defaults(pixi.data, defaults.channels, defaults.platforms)
    tables = read_tables(filled, pixi.path, notes, path.name)
    project = read_script_project(root, path.stem)
    tables = replace(
        tables,
        workspace=fill_workspace(tables.workspace, project),
        default=fill_default(tables.default, project),
    )
    return _from_tables(tables, text, path, "script", notes)


def _from_conda_script(
    data: dict[str, Any], text: str, path: Path, notes: Notes, defaults: ScriptDefaults
) -> Manifest:
    # Few scripts are of this kind.
    from wisp.manifest.conda_script import read_conda_script

    tables, entrypoint = read_conda_script(data, notes, path.name, defaults.platforms)
    tables = replace(tables, workspace=replace(tables.workspace, name=path.stem))
    read = _from_tables(tables, text, path, "conda-script", notes)
    return replace(read, entrypoint=entrypoint)


def _from_tables(
    tables: Tables,
    text: str,
    path: Path,
    kind: ManifestKind,
    notes: Notes,
    declared: dict[str, Feature] | None = None,
) -> Manifest:
    """Check what the tables say together and put them into their final form.

    `declared` are the features that the manifest's own tables declare, if there are others.
    """
    # What the workspace says of solving is a word of the default feature: it conflicts with, or
    # yields to, that of other features like any other.
    workspace = tables.workspace
    default = replace(
        tables.default,
        channel_priority=workspace.channel_priority,
        solve_strategy=workspace.solve_strategy,
    )
    tables = replace(tables, default=default)
    notes.warnings += _check(
        tables,
        kind,
        {} if notes.despite == "unused" else tables.features if declared is None else declared,
    )
    package = tables.package
    name = workspace.name or (package.name if package else None)
    return Manifest(
        path=path,
        kind=kind,
        text=text,
        workspace=replace(workspace, name=name or path.parent.name or _LAST_NAME),
        features={default.name: default, **tables.features},
        environments=tables.environments,
        package=package,
        exclude_newer=tables.exclude_newer,
        pypi_exclude_newer=tables.pypi_exclude_newer,
        warnings=_summary(tuple(dict.fromkeys(notes.warnings))),
        despite=notes.despite,
        wish=notes.wish,
        level=notes.level,
    )


def _check(tables: Tables, kind: ManifestKind, declared: dict[str, Feature]) -> list[str]:
    """Raise faults between tables; return what is only worth a warning."""
    prefix: ValuePath = () if kind in {"pixi", "mojoproject"} else ("tool", "pixi")
    environments = tables.environments
    check_environments(environments, tables.features, prefix)
    inline = [one.inline for one in environments.values() if one.inline is not None]
    features = [tables.default, *tables.features.values(), *inline]
    check_platforms(tables.workspace, features)
    return [
        *unused_features(declared, environments.values()),
        *unmatched_selectors(tables.workspace, features),
        *unknown_homes(environments, features),
    ]


def _summary(warnings: tuple[str, ...]) -> tuple[str, ...]:
    """Put all warnings into one text, since they are to be shown at once."""
    if not warnings:
        return ()
    noun = "warning" if len(warnings) == 1 else "warnings"
    lines = "".join(f"\n  - {warning}" for warning in few(list(warnings)))
    return (f"Encountered {len(warnings)} {noun} while parsing the manifest:{lines}",)
