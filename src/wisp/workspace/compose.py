"""From a manifest to what each environment asks for on each platform."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wisp.errors import ManifestError
from wisp.manifest.model import Environment, Manifest
from wisp.platforms import Platform
from wisp.specs.inputs import EnvironmentInputs
from wisp.workspace import options
from wisp.workspace.channels import channels_of
from wisp.workspace.features import (
    constraints,
    dependencies,
    dev_packages,
    environment_named,
    features_of,
    merge_conda,
    merge_pypi,
    pypi_dependencies,
)
from wisp.workspace.platforms import platforms_of


def environments(manifest: Manifest) -> tuple[Environment, ...]:
    """Return all environments in the order of the file."""
    return tuple(manifest.environments.values())


def inputs(
    manifest: Manifest, environment: str | Environment, platform: str | Platform, now: datetime
) -> EnvironmentInputs:
    """Compose what an environment asks for on one of its platforms.

    `now` is the aware moment from which relative cut-offs count. Raises `ManifestError` if there
    is no such environment or platform, or if features contradict each other.
    """
    if isinstance(environment, str):
        environment = environment_named(manifest, environment)
    if isinstance(platform, str):
        platform = platform_named(manifest, environment, platform)
    features = features_of(manifest, environment)
    channels = channels_of(manifest, environment)
    together = _solved_with(manifest, environment)
    return EnvironmentInputs(
        environment=environment.name,
        platform=platform,
        root=manifest.root,
        solve_group=environment.solve_group,
        channels=channels,
        dependencies=merge_conda(dependencies(feature, platform) for feature in features),
        constraints=merge_conda(constraints(feature, platform) for feature in features),
        dev=merge_conda(dev_packages(feature, platform) for feature in features),
        pypi_dependencies=merge_pypi(pypi_dependencies(feature, platform) for feature in features),
        pypi_options=options.pypi_options(
            manifest,
            (feature for member in together for feature in features_of(manifest, member)),
        ),
        channel_priority=options.channel_priority(features),
        solve_strategy=options.solve_strategy(features),
        exclude_newer=options.exclude_newer(manifest, channels_of(manifest, *together), now),
    )


def all_inputs(manifest: Manifest, now: datetime) -> Iterator[EnvironmentInputs]:
    """Compose every environment on every platform of its own."""
    for environment in environments(manifest):
        for platform in platforms_of(manifest, environment):
            yield inputs(manifest, environment, platform, now)


def platform_named(manifest: Manifest, environment: Environment, name: str) -> Platform:
    """Return a platform of an environment by its name, or by its subdir if that is unique.

    Raises `ManifestError` if the environment does not support it.
    """
    platforms = platforms_of(manifest, environment)
    for platform in platforms:
        if platform.name == name:
            return platform
    same_subdir = [platform for platform in platforms if platform.subdir == name]
    if len(same_subdir) == 1:
        return same_subdir[0]
    known = ", ".join(platform.name for platform in platforms) or "no platform"
    raise ManifestError(
        f"the environment '{environment.name}' does not support platform '{name}'",
        hints=(f"it supports {known}",),
    )


def _solved_with(manifest: Manifest, environment: Environment) -> tuple[Environment, ...]:
    """Return the environments of the same solve group, which share options of indexes."""
    if environment.solve_group is None:
        return (environment,)
    return tuple(e for e in environments(manifest) if e.solve_group == environment.solve_group)
