"""`remove`: take requirements out of a manifest, then lock and install what is left."""

from __future__ import annotations

from collections.abc import Sequence

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
from wisp.manifest.edit.requirements import has_conda, remove_conda
from wisp.manifest.model import Environment, Manifest
from wisp.specs.similarity import closest, did_you_mean
from wisp.workspace.features import dependencies, features_of, pypi_dependencies
from wisp.workspace.platforms import platforms_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.edit.requirements import CondaTable

_PYTHON = "python"
_CONDA_TABLES: tuple[CondaTable, ...] = (
    "dependencies",
    "host-dependencies",
    "build-dependencies",
    "constraints",
)
#: What `remove` is told, so that it looks into a table of everyday use.
_OPTIONS = {"dependencies": "", "pypi-dependencies": "--pypi "}


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
    if selection.pypi and has_requirement(document, part, name):
        return remove_requirement(document, part, name)
    if not selection.pypi and has_conda(document, part, selection.table, name):
        return remove_conda(document, part, selection.table, name)
    raise _not_found(document, selection, part, name)


def _not_found(
    document: Document, selection: DependencySelection, part: ManifestPart, name: str
) -> ManifestError:
    table = selection.table_name
    others: list[str] = [
        other
        for other in _CONDA_TABLES
        if other != table and has_conda(document, part, other, name)
    ]
    if table != "pypi-dependencies" and has_requirement(document, part, name):
        others.append("pypi-dependencies")
    where = "" if part.feature == DEFAULT_FEATURE else f" of feature `{part.feature}`"
    own = document.get(document.path(part, table))
    if not others and not selection.pypi and own is None:
        return ManifestError(
            f"spec type {table} is missing.", hints=_near_elsewhere(document, part, name, table)
        )
    if others:
        hints = [_held_elsewhere(name, others)]
    else:
        hints = [*did_you_mean(name, own or ())] or _near_elsewhere(document, part, name, table)
    return ManifestError(f"dependency `{name}` was not found in {table}{where}", hints=hints)


def _near_elsewhere(document: Document, part: ManifestPart, name: str, besides: str) -> list[str]:
    """Word a near name of another table, and how it is removed from there."""
    for table in _OPTIONS:
        known = document.get(document.path(part, table)) or ()
        if table != besides and (near := closest(name, known)):
            return [_held_elsewhere(near[0], [table])]
    return []


def _held_elsewhere(name: str, tables: list[str]) -> str:
    """Word which tables hold a package, and how it is removed from the last of them."""
    told = f"`{name}` is in {', '.join(tables)}"
    option = _OPTIONS.get(tables[-1])
    return told if option is None else f"{told}: `pixi remove {option}{name}`"


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
