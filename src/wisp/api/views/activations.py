"""Which parts of a manifest declare what activation does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.model import Feature, Manifest
from wisp.specs.similarity import among
from wisp.values import dataclass
from wisp.workspace.features import environment_named


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredActivation:
    """Scripts and variables of a feature, or of what an environment has of its own.

    `target` is the selector of the platforms they are for, None for all.
    """

    name: str
    is_environment: bool
    target: str | None
    scripts: tuple[str, ...]
    variables: Mapping[str, str]


def declared_activations(
    manifest: Manifest,
    feature: str | None = None,
    environment: str | None = None,
    target: str | None = None,
) -> tuple[DeclaredActivation, ...]:
    """List all parts: those of one feature, of one environment, or of one target.

    Raises `ManifestError` for a feature or an environment that does not exist.
    """
    if feature is not None and feature not in manifest.features:
        hints = among("features", feature, manifest.features)
        raise ManifestError(f"the feature '{feature}' does not exist", hints=hints)
    if environment is not None and environment not in manifest.environments:
        hints = among("environments", environment, manifest.environments)
        raise ManifestError(f"the environment '{environment}' does not exist", hints=hints)
    if environment is None:
        names = list(manifest.features) if feature is None else [feature]
        inline = [] if feature is not None else list(manifest.environments)
    else:
        found = environment_named(manifest, environment)
        names = [*found.features]
        if not found.no_default_feature and DEFAULT_FEATURE not in names:
            names.append(DEFAULT_FEATURE)
        inline = [environment]
    parts = [
        part
        for name in names
        if name in manifest.features
        for part in _parts(manifest.features[name], name, False)
    ]
    for name in inline:
        own = manifest.environments[name].inline
        parts += [] if own is None else _parts(own, name, True)
    return tuple(part for part in parts if target is None or part.target == target)


def _parts(feature: Feature, name: str, is_environment: bool) -> Iterator[DeclaredActivation]:
    for selector, target in ((None, feature.base), *feature.targets):
        yield DeclaredActivation(
            name=name,
            is_environment=is_environment,
            target=selector,
            scripts=target.activation.scripts or (),
            variables=target.activation.env,
        )
