"""Tasks of a manifest: added, aliased, removed."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.edits.platform_words import declare_platforms, require_platform
from wisp.api.edits.transaction import edit
from wisp.errors import ManifestError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.tasks import has_task, put_task
from wisp.manifest.edit.tasks import remove_task as _remove
from wisp.manifest.model import Manifest
from wisp.specs.similarity import among
from wisp.specs.task import Task, TaskDependency


def add_task(manifest: Manifest, task: Task, part: ManifestPart) -> Manifest:
    """Write a task. Raises `ManifestError` when the part has one of that name.

    A task that says nothing to run but names others is an alias, which has neither a directory
    nor variables. The platform that a task is for joins those of the workspace.
    """
    if isinstance(task.cmd, str) and not task.cmd.strip():
        task = _without_command(task)

    def change(current: Manifest, document: Document) -> Document:
        if has_task(document, part, task.name):
            raise ManifestError(f"task {task.name} already exists")
        if part.target is not None:
            document = declare_platforms(current, document, [part.target])
        return put_task(document, part, task)

    return edit(manifest, change)


def _without_command(task: Task) -> Task:
    if not task.depends_on:
        return Task(task.name, "")
    return Task(
        task.name,
        form="alias",
        args=task.args,
        depends_on=task.depends_on,
        description=task.description,
    )


def alias_task(
    manifest: Manifest,
    name: str,
    tasks: Sequence[str],
    part: ManifestPart,
    *,
    description: str | None = None,
) -> Manifest:
    """Write an alias that runs other tasks. Raises `ManifestError` when the name is taken."""
    dependencies = tuple(map(TaskDependency, tasks))
    alias = Task(name, form="alias", depends_on=dependencies, description=description)
    return add_task(manifest, alias, part)


def remove_tasks(
    manifest: Manifest, names: Sequence[str], part: ManifestPart
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take tasks away; return the names removed and the names that were not there.

    Raises `ManifestError` for a feature, environment or platform that does not exist.
    """
    if part.feature not in (None, DEFAULT_FEATURE) and part.feature not in manifest.features:
        hints = among("features", part.feature, manifest.features)
        raise ManifestError(f"feature '{part.feature}' does not exist", hints=hints)
    if part.environment is not None and part.environment not in manifest.environments:
        hints = among("environments", part.environment, manifest.environments)
        raise ManifestError(f"environment '{part.environment}' does not exist", hints=hints)
    if part.target is not None:
        require_platform(manifest, part.target)
    removed: list[str] = []
    missing: list[str] = []

    def change(_: Manifest, document: Document) -> Document:
        for name in names:
            if has_task(document, part, name):
                document = _remove(document, part, name)
                removed.append(name)
            else:
                missing.append(name)
        return document

    edit(manifest, change)
    return tuple(removed), tuple(missing)
