"""`remove`: take requirements out of a manifest, then lock and install what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.api.edits.environments import environments_using
from wisp.api.edits.requests import DependencySelection, name_of, refuse_in_conda_script
from wisp.api.edits.transaction import Sync, check
from wisp.api.rereading import reread
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.rewriting import rewrite
from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.pypi_requirements import has_requirement, remove_requirement
from wisp.manifest.edit.requirements import (
    CONDA_TABLES,
    PYPI_TABLE,
    has_conda,
    remove_conda,
)
from wisp.manifest.model import Environment, Manifest
from wisp.specs.similarity import among, closest, did_you_mean
from wisp.values import replace
from wisp.workspace.features import dependencies, features_of, pypi_dependencies
from wisp.workspace.platforms import platforms_of

_PYTHON = "python"
#: What `remove` is told, so that it looks into a table of everyday use.
_OPTIONS = {"dependencies": "", PYPI_TABLE: "--pypi "}


def remove(
    manifest: Manifest,
    selection: DependencySelection,
    words: Sequence[str],
    sync: Sync,
) -> Manifest:
    """Take requirements away; the edit stays even when `sync` fails then.

    Raises `ManifestError`, with nothing changed, when one of them is not there or is Python and
    still needed by PyPI requirements.
    """
    with exclusive_folder(manifest.root):
        current = reread(manifest)
        refuse_in_conda_script(selection, current)
        unchanged = Document.open(current.text, current.kind)
        document = unchanged
        for word in words:
            name = name_of(selection, word, current.root)
            for part in selection.parts:
                if not _has(document, part, selection.table_name, name):
                    raise _not_found(current, document, selection, part, name)
                document = _remove(document, selection, part, name)
        edited = check(current, document, unchanged)
        _refuse_losing_python(current, edited, selection)
        rewrite(edited.path, edited.text)
        outcome = sync.lock(edited)
        if outcome is not None:
            sync.install(edited, outcome.lock)
    return edited


def _remove(
    document: Document, selection: DependencySelection, part: ManifestPart, name: str
) -> Document:
    if selection.pypi:
        return remove_requirement(document, part, name)
    return remove_conda(document, part, selection.table, name)


def _has(document: Document, part: ManifestPart, table: str, name: str) -> bool:
    kind = next((one for one in CONDA_TABLES if one == table), None)
    if kind is None:
        return has_requirement(document, part, name)
    return has_conda(document, part, kind, name)


def _not_found(
    manifest: Manifest,
    document: Document,
    selection: DependencySelection,
    part: ManifestPart,
    name: str,
) -> ManifestError:
    table = selection.table_name
    present = document.get(document.path(part, table))
    hints = (
        _unknown_part(manifest, part)
        or tuple(_held_elsewhere(manifest, document, part, name))
        or did_you_mean(name, present or ())
        or tuple(_near_elsewhere(manifest, document, part, name))
    )
    here = [one for one in (*CONDA_TABLES, PYPI_TABLE) if _has(document, part, one, name)]
    if not here and not selection.pypi and present is None:
        return ManifestError(f"spec type {table} is missing.", hints=hints)
    where = "" if part.feature == DEFAULT_FEATURE else f" of feature `{part.feature}`"
    return ManifestError(f"dependency `{name}` was not found in {table}{where}", hints=hints)


def _unknown_part(manifest: Manifest, part: ManifestPart) -> tuple[str, ...]:
    """Word that there is no such feature or environment, if that is so."""
    if part.environment is not None and part.environment not in manifest.environments:
        return among("environments", part.environment, manifest.environments)
    if part.feature not in manifest.features:
        return among("features", part.feature, manifest.features)
    return ()


def _held_elsewhere(
    manifest: Manifest, document: Document, part: ManifestPart, name: str
) -> Iterator[str]:
    """Word which tables hold a package, and how it is removed from each: first those beside."""
    options = _options_of_parts(manifest)
    for other in dict.fromkeys((part, *options)):
        words = options.get(other, "")
        for table in (*CONDA_TABLES, PYPI_TABLE):
            if _has(document, other, table, name):
                told, kind = f"`{name}` is in {table}", _OPTIONS.get(table)
                yield told if kind is None else f"{told}: `pixi remove {words}{kind}{name}`"


def _near_elsewhere(
    manifest: Manifest, document: Document, part: ManifestPart, name: str
) -> Iterator[str]:
    """Word the first table that has a near name, and how that is removed from there."""
    for other in (part, *_options_of_parts(manifest)):
        known = [
            key for table in _OPTIONS for key in document.get(document.path(other, table)) or ()
        ]
        if near := closest(name, known):
            yield from _held_elsewhere(manifest, document, part, near[0])
            return


def _options_of_parts(manifest: Manifest) -> dict[ManifestPart, str]:
    """Map the parts of a manifest to the options of `remove` that mean them."""
    owners = [
        (ManifestPart(feature=name), feature, f"--feature {name} ")
        for name, feature in manifest.features.items()
    ]
    owners += [
        (ManifestPart(environment=name), one.inline, f"--environment {name} ")
        for name, one in manifest.environments.items()
        if one.inline is not None
    ]
    found = {}
    for part, feature, option in owners:
        words = "" if part == ManifestPart() else option
        found[part] = words
        for selector, _ in feature.targets:
            found[replace(part, target=selector)] = f"{words}--platform {selector} "
    return found


def _refuse_losing_python(
    before: Manifest, after: Manifest, selection: DependencySelection
) -> None:
    """Keep an interpreter wherever packages of PyPI are asked for."""
    if selection.pypi:
        return
    for environment in environments_using(after, selection):
        old = before.environments.get(environment.name)
        if old is None or not _has_python(before, old):
            continue
        names = _pypi_names(after, environment)
        if not _has_python(after, environment) and names:
            raise ManifestError(
                f"python cannot be removed from environment '{environment.name}' while it has "
                "PyPI dependencies",
                hints=(f"remove those first: `pixi remove --pypi {' '.join(names)}`",),
            )


def _has_python(manifest: Manifest, environment: Environment) -> bool:
    return any(
        requirement.name == _PYTHON
        for feature in features_of(manifest, environment)
        for platform in (None, *platforms_of(manifest, environment))
        for requirement in dependencies(feature, platform)
    )


def _pypi_names(manifest: Manifest, environment: Environment) -> tuple[str, ...]:
    names = (
        requirement.name
        for feature in features_of(manifest, environment)
        for platform in (None, *platforms_of(manifest, environment))
        for requirement in pypi_dependencies(feature, platform)
    )
    return tuple(dict.fromkeys(names))
