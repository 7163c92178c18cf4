"""What a manifest adds to the activation of an environment: scripts and variables."""

from __future__ import annotations

from wisp.manifest.model import ActivationTable, Environment, Feature, Manifest
from wisp.platforms import Platform
from wisp.workspace.features import features_of, targets_of


def activation_of(
    manifest: Manifest, environment: Environment, platform: Platform | None
) -> ActivationTable:
    """Return scripts, joined in the order of features, and variables, earlier features first.

    Without a platform only what holds on all of them counts.
    """
    scripts: list[str] = []
    variables: dict[str, str] = {}
    for feature in features_of(manifest, environment):
        own = _activation_of_feature(feature, platform)
        scripts += own.scripts or ()
        for name, value in own.env.items():
            variables.setdefault(name, value)
    return ActivationTable(tuple(dict.fromkeys(scripts)), variables)


def _activation_of_feature(feature: Feature, platform: Platform | None) -> ActivationTable:
    """Take the scripts of the most specific target that has any; merge variables by name."""
    scripts: tuple[str, ...] | None = None
    variables: dict[str, str] = {}
    for target in targets_of(feature, platform):
        if target.activation.scripts is not None:
            scripts = target.activation.scripts
        variables |= target.activation.env
    return ActivationTable(scripts, variables)
