"""Tasks of environments and features on a platform."""

from __future__ import annotations

from wisp.manifest.model import Environment, Feature, Manifest
from wisp.platforms import Platform
from wisp.specs.task import Task
from wisp.workspace.features import features_of, targets_of


def tasks_of_feature(feature: Feature, platform: Platform | None) -> dict[str, Task]:
    """Return the tasks of a feature; those of matching targets replace those of the base."""
    found: dict[str, Task] = {}
    for target in targets_of(feature, platform):
        found |= target.tasks
    return found


def tasks_of(
    manifest: Manifest, environment: Environment, platform: Platform | None
) -> dict[str, Task]:
    """Return the tasks of an environment: of one name, that of the first feature counts."""
    found: dict[str, Task] = {}
    for feature in features_of(manifest, environment):
        for name, task in tasks_of_feature(feature, platform).items():
            found.setdefault(name, task)
    return found
