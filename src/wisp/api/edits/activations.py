"""Activation scripts and variables, and preview features: shown and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from wisp.api.edits.transaction import edit, force
from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit import activation as tables
from wisp.manifest.edit import preview
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.model import Feature, Manifest
from wisp.platforms import selects
from wisp.specs.similarity import among
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def scripts_of(manifest: Manifest, part: ManifestPart) -> tuple[str, ...]:
    """Return the scripts that a part of the manifest lists, as written."""
    return tuple(_table(manifest, part).get("scripts", ()))


def variables_of(manifest: Manifest, part: ManifestPart) -> dict[str, str]:
    """Return the variables that a part of the manifest sets, as written."""
    return dict(_table(manifest, part).get("env", {}))


def _table(manifest: Manifest, part: ManifestPart) -> dict[str, Any]:
    document = Document.open(manifest.text, manifest.kind)
    return document.get(document.path(part, "activation")) or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedScripts:
    """What came of adding scripts: those that are new, those that were there, and warnings."""

    manifest: Manifest
    added: tuple[str, ...]
    present: tuple[str, ...]
    warnings: tuple[str, ...]


def add_scripts(
    manifest: Manifest, scripts: Sequence[str], part: ManifestPart, *, first: bool = False
) -> AddedScripts:
    """Add activation scripts."""
    scripts = tuple(dict.fromkeys(scripts))
    there = scripts_of(manifest, part)
    edited = _edit(manifest, lambda doc: tables.put_scripts(doc, part, scripts, first=first))
    return AddedScripts(
        manifest=edited,
        added=tuple(script for script in scripts if script not in there),
        present=tuple(script for script in scripts if script in there),
        warnings=tuple(_unsuited(manifest, scripts, part.target)),
    )


def _unsuited(manifest: Manifest, scripts: Sequence[str], target: str | None) -> Iterator[str]:
    """Warn of scripts that are not there, or that a platform they are for cannot run."""
    systems = {
        platform.subdir.partition("-")[0] == "win"
        for platform in manifest.workspace.platforms
        if target is None or selects(target, platform)
    }
    for script in scripts:
        told = f"The activation script '{script}'"
        if not (manifest.root / script).is_file():
            yield f"{told} does not exist (yet); it is resolved relative to the workspace root"
        if script.endswith(".sh") and True in systems:
            yield (
                f"{told} will also run on Windows, where activation uses `cmd.exe`; "
                "consider limiting it with `--target unix`"
            )
        if script.endswith(".bat") and False in systems:
            yield (
                f"{told} will also run on Unix platforms, where activation uses `bash`; "
                "consider limiting it with `--target win`"
            )


def remove_scripts(manifest: Manifest, scripts: Sequence[str], part: ManifestPart) -> Manifest:
    """Take activation scripts away. Raises `ManifestError` for one that is not there."""
    _require(manifest, part, scripts, scripts_of(manifest, part), "activation script")
    return _edit(manifest, lambda doc: tables.remove_scripts(doc, part, scripts))


def set_variables(manifest: Manifest, variables: Mapping[str, str], part: ManifestPart) -> Manifest:
    """Set activation variables."""
    return _edit(manifest, lambda doc: tables.put_variables(doc, part, variables))


def remove_variables(manifest: Manifest, names: Sequence[str], part: ManifestPart) -> Manifest:
    """Take activation variables away. Raises `ManifestError` for one that is not there."""
    what = "activation environment variable"
    _require(manifest, part, names, variables_of(manifest, part), what)
    return _edit(manifest, lambda doc: tables.remove_variables(doc, part, names))


def add_preview(manifest: Manifest, flags: Sequence[str]) -> Manifest:
    """Switch preview features on."""
    return _edit(manifest, lambda doc: preview.add_preview(doc, flags))


def remove_preview(manifest: Manifest, flags: Sequence[str], *, forced: bool = False) -> None:
    """Switch preview features off.

    Raises `ManifestError` where the manifest needs them, unless `forced`.
    """

    def change(_: Manifest, document: Document) -> Document:
        return preview.remove_preview(document, flags)

    if forced:
        force(manifest, change)
    else:
        edit(manifest, change)


def _edit(manifest: Manifest, change: Callable[[Document], Document]) -> Manifest:
    return edit(manifest, lambda _, document: change(document))


def _require(
    manifest: Manifest,
    part: ManifestPart,
    wanted: Sequence[str],
    present: Sequence[str] | Mapping[str, str],
    what: str,
) -> None:
    """Raise `ManifestError` unless all of `wanted` are in the activation of a part."""
    where, feature = _named(manifest, part)
    if part.target is not None:
        where += f" and target '{part.target}'"
    targets = {name for name, _ in feature.targets} if feature is not None else set()
    if feature is None or not (part.target is None or part.target in targets):
        raise ManifestError(f"no {what}s are defined for {where}")
    for name in wanted:
        if name not in present:
            hints = among(f"{what}s", name, present)
            raise ManifestError(f"the {what} '{name}' was not found for {where}", hints=hints)


def _named(manifest: Manifest, part: ManifestPart) -> tuple[str, Feature | None]:
    """Return how to call the part of a manifest, and what it declares; None: nothing of its own.

    Raises `ManifestError` where there is no such part.
    """
    if part.environment is not None:
        where = f"environment '{part.environment}'"
        if part.environment not in manifest.environments:
            hints = among("environments", part.environment, manifest.environments)
            raise ManifestError(f"the {where} does not exist", hints=hints)
        return where, manifest.environments[part.environment].inline
    where = f"feature '{part.feature}'"
    if part.feature not in manifest.features:
        hints = among("features", part.feature, manifest.features)
        raise ManifestError(f"the {where} does not exist", hints=hints)
    named = "the default feature" if part.feature == DEFAULT_FEATURE else where
    return named, manifest.features[part.feature]
