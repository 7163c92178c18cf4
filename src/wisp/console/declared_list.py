"""What a manifest declares, as the `list` commands of `workspace` and `task` print it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wisp.console.style import DIM, HEADING, NAME, TASK, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import (
        EnvironmentOutline,
        FeatureDescription,
        ListedPlatform,
        PlatformListing,
        TaskListing,
    )
    from wisp.console.style import Paint


def environment_lines(
    environments: Iterable[EnvironmentOutline], paint: Paint = plain
) -> Iterator[str]:
    """Word `workspace environment list`."""
    yield paint("Environments:", HEADING)
    for environment in environments:
        yield f"- {paint(environment.name, NAME)}:"
        yield f"    features: {', '.join(environment.features)}"
        if environment.solve_group is not None:
            yield f"    solve_group: {environment.solve_group}"
        if environment.inline is not None:
            yield from _content_lines(environment.inline)


def feature_lines(features: Iterable[FeatureDescription], paint: Paint = plain) -> Iterator[str]:
    """Word `workspace feature list`."""
    yield paint("Features:", HEADING)
    for feature in features:
        content = list(_content_lines(feature))
        yield f"- {paint(feature.name, NAME)}" + (":" if content else "")
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


def task_table(listing: TaskListing, paint: Paint = plain) -> list[str]:
    """Lay out names and descriptions under a heading; what cannot run here is dimmed."""
    width = max([len("Task"), *(len(row.name) for row in listing.rows)]) + 2
    blanks = " " * (width - len("Task"))
    lines = [f"{paint('Task', HEADING)}{blanks}{paint('Description', HEADING)}"]
    for row in listing.rows:
        blanks = " " * (width - len(row.name))
        if row.runnable:
            lines.append(f"{paint(row.name, TASK)}{blanks}{row.description}")
        else:
            lines.append(paint(f"{row.name}{blanks}{row.description}", DIM))
    return lines


def platform_lines(listing: PlatformListing, paint: Paint = plain) -> Iterator[str]:
    """Word `workspace platform list`."""
    own = (p for p in listing.provided if p != "__unix")
    yield "Your current machine was detected as:"
    yield "    " + ", ".join((f"platform={listing.subdir}", *own))
    yield ""
    yield paint("Platforms:", HEADING)
    for platform in listing.platforms:
        yield from _platform(platform, paint, usage=listing.has_parts)


def _platform(platform: ListedPlatform, paint: Paint, *, usage: bool) -> Iterator[str]:
    shown = ", ".join((f"platform={platform.subdir}", *platform.declared))
    yield (
        f"{paint(platform.name, NAME)}: {shown}"
        + " (supported by current machine)" * platform.supported
    )
    if usage and platform.environments:
        yield f"    Used in environments: {', '.join(platform.environments)}"
    if usage and platform.features:
        yield f"    Used in features    : {', '.join(platform.features)}"
