"""Environments and features of a workspace: declared and taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.api.edits.requests import DependencySelection
from wisp.api.edits.transaction import edit
from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document
from wisp.manifest.edit.environments import put_environment
from wisp.manifest.edit.environments import remove_environment as _remove_environment
from wisp.manifest.edit.features import remove_feature as _remove_feature
from wisp.manifest.model import Environment, Manifest
from wisp.specs.similarity import among, closest, did_you_mean


def add_environment(
    manifest: Manifest,
    name: str,
    features: Sequence[str] = (),
    *,
    solve_group: str | None = None,
    no_default_feature: bool = False,
    force: bool = False,
) -> Manifest:
    """Declare an environment; `force` puts it in place of one of the same name.

    Raises `ManifestError` when it exists already, as `default` always does, or a feature is
    unknown.
    """

    def change(current: Manifest, document: Document) -> Document:
        if not force and name in current.environments:
            raise ManifestError(
                f"the environment '{name}' already exists",
                hints=("use --force to overwrite the existing environment",),
            )
        for feature in features:
            if feature not in current.features:
                raise ManifestError(
                    f"the feature '{feature}' is not defined in the project manifest",
                    hints=(
                        *_nearest(feature, current.features),
                        f"its first package makes a feature: `pixi add --feature {feature} NAME`",
                    ),
                )
        return put_environment(
            document,
            name,
            features,
            solve_group=solve_group,
            no_default_feature=no_default_feature,
        )

    return edit(manifest, change)


def remove_environment(manifest: Manifest, name: str) -> Manifest:
    """Take an environment away. Raises `ManifestError` when it is not declared."""

    def change(_: Manifest, document: Document) -> Document:
        if not _is_declared(document, name):
            declared = document.get((*document.root, "environments")) or ()
            raise ManifestError(
                f"Environment {name} not found", hints=among("environments", name, declared)
            )
        return _remove_environment(document, name)

    return edit(manifest, change)


def environments_with(manifest: Manifest, feature: str) -> list[str]:
    """Name the environments that list a feature."""
    return [e.name for e in manifest.environments.values() if feature in e.features]


def environments_using(
    manifest: Manifest, selection: DependencySelection
) -> tuple[Environment, ...]:
    """Return the environments that a part of the manifest belongs to."""
    environments = manifest.environments.values()
    if selection.environment is not None:
        return tuple(e for e in environments if e.name == selection.environment)
    return tuple(
        e
        for e in environments
        if selection.feature in e.features
        or (selection.feature == DEFAULT_FEATURE and not e.no_default_feature)
    )


def remove_feature(manifest: Manifest, name: str) -> Manifest:
    """Take a feature away, from environments too; that there is none is nothing before Pixi 0.82.1.

    Raises `ManifestError` for the default feature, and for one that there is not.
    """
    if name == DEFAULT_FEATURE:
        raise ManifestError("Cannot remove the default feature")

    def change(_: Manifest, document: Document) -> Document:
        if document.get((*document.root, "feature", name)) is None:
            if manifest.level.has("features that are removed are there"):
                known = [one for one in manifest.features if one != DEFAULT_FEATURE]
                raise ManifestError(
                    f"Feature `{name}` doesn't exist", hints=did_you_mean(name, known)
                )
            return document
        return _remove_feature(document, name)

    return edit(manifest, change)


def _is_declared(document: Document, name: str) -> bool:
    return document.get((*document.root, "environments", name)) is not None


def _nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Suggest a feature, however far-fetched: there is always `default`."""
    near = closest(name, known, least=0)
    return (f"Did you mean '{near[0]}'?",) if near else ()
