"""What a manifest declares, as the `list` commands of `workspace` and `task` print it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wisp import (
        EnvironmentOutline,
        FeatureDescription,
        ListedPlatform,
        PlatformListing,
        TaskListing,
    )


def environment_lines(environments: Iterable[EnvironmentOutline]) -> Iterator[str]:
    """Word `workspace environment list`."""
    yield "Environments:"
    for environment in environments:
        yield f"- {environment.name}:"
        yield f"    features: {', '.join(environment.features)}"
        if environment.solve_group is not None:
            yield f"    solve_group: {environment.solve_group}"
        if environment.inline is not None:
            yield from _content_lines(environment.inline)


def feature_lines(features: Iterable[FeatureDescription]) -> Iterator[str]:
    """Word `workspace feature list`."""
    yield "Features:"
    for feature in features:
        content = list(_content_lines(feature))
        yield f"- {feature.name}" + (":" if content else "")
        yield from content


def _content_lines(feature: FeatureDescription) -> Iterator[str]:
    parts = {
        "dependencies": feature.dependencies,
        "pypi-dependencies": feature.pypi_dependencies,
        "tasks": feature.tasks,
    }
    for title, names in parts.items():
        if names:
            yield f"    {title}: {', '.join(names)}"


def task_table(listing: TaskListing) -> list[str]:
    """Lay out names and descriptions in two columns under a heading."""
    width = max([len("Task"), *(len(row.name) for row in listing.rows)]) + 2
    rows = [("Task", "Description"), *((row.name, row.description) for row in listing.rows)]
    return [f"{name:<{width}}{description}" for name, description in rows]


def platform_lines(listing: PlatformListing) -> Iterator[str]:
    """Word `workspace platform list`."""
    own = (p for p in listing.provided if p != "__unix")
    yield "Your current machine was detected as:"
    yield "    " + ", ".join((f"platform={listing.subdir}", *own))
    yield ""
    yield "Platforms:"
    for platform in listing.platforms:
        yield from _platform(platform, usage=listing.has_parts)


def _platform(platform: ListedPlatform, *, usage: bool) -> Iterator[str]:
    shown = ", ".join((f"platform={platform.subdir}", *platform.declared))
    yield f"{platform.name}: {shown}" + " (supported by current machine)" * platform.supported
    if usage and platform.environments:
        yield f"    Used in environments: {', '.join(platform.environments)}"
    if usage and platform.features:
        yield f"    Used in features    : {', '.join(platform.features)}"
