"""The edits of a manifest that have a table of their own: tasks, and activation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp.api.given import words_of
from wisp.api.lock_usage import AS_NEEDED, LockUsage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from wisp.api.edits.activations import AddedScripts
    from wisp.api.edits.sync import LockAndSync
    from wisp.api.given import StrPath
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.views.cutoffs import ExemptionRow
    from wisp.manifest.edit.document import ManifestPart
    from wisp.manifest.edit.literals import Data
    from wisp.manifest.model import Manifest
    from wisp.specs.locations import GitLocation
    from wisp.specs.task import Task

    class Edited(Protocol):
        """A workspace that takes over its manifest after an edit."""

        @property
        def opened(self) -> OpenedWorkspace:
            """The workspace as it is now."""

        def take(self, manifest: Manifest | None = None) -> None:
            """Hold an edited manifest from now on, or the one on disk."""


def part_of(
    feature: str | None = None, environment: str | None = None, target: str | None = None
) -> ManifestPart:
    """Say which part of a manifest is meant."""
    from wisp.manifest.edit.document import ManifestPart

    return ManifestPart.of(feature, environment, target)


class TableEditor:
    """Edits of one workspace, which holds the edited manifest afterwards."""

    def __init__(self, workspace: Edited) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._workspace.opened.name!r}>"

    @property
    def _manifest(self) -> Manifest:
        return self._workspace.opened.manifest

    def _done(self, manifest: Manifest | None = None) -> None:
        self._workspace.take(manifest)

    def _sync(self, usage: LockUsage, *, lenient: bool = False) -> LockAndSync:
        from wisp.api.edits.sync import LockAndSync

        return LockAndSync(self._workspace.opened, usage, lenient=lenient)


class TaskEditor(TableEditor):
    """`workspace.edit.tasks`. All raise `ManifestError` for an edit that makes no sense."""

    def add(
        self,
        task: Task,
        *,
        feature: str | None = None,
        environment: str | None = None,
        platform: str | None = None,
    ) -> None:
        """Write a task (`wisp.Task`)."""
        from wisp.api.edits.tasks import add_task

        self._done(add_task(self._manifest, task, part_of(feature, environment, platform)))

    def alias(
        self,
        name: str,
        tasks: str | Sequence[str],
        *,
        description: str | None = None,
        feature: str | None = None,
        environment: str | None = None,
        platform: str | None = None,
    ) -> None:
        """Write an alias that runs other tasks."""
        from wisp.api.edits.tasks import alias_task

        part = part_of(feature, environment, platform)
        self._done(alias_task(self._manifest, name, words_of(tasks), part, description=description))

    def remove(
        self,
        names: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        platform: str | None = None,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Take tasks away; return the names removed and the names that were not there."""
        from wisp.api.edits.tasks import remove_tasks

        part = part_of(feature, environment, platform)
        found = remove_tasks(self._manifest, words_of(names), part)
        self._done()
        return found


class ActivationEditor(TableEditor):
    """`workspace.edit.activation`. All raise `ManifestError` for an edit that makes no sense."""

    def add_scripts(
        self,
        scripts: str | Sequence[str],
        *,
        first: bool = False,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> AddedScripts:
        """Add activation scripts, behind the others or `first`."""
        from wisp.api.edits.activations import add_scripts

        part = part_of(feature, environment, target)
        done = add_scripts(self._manifest, words_of(scripts), part, first=first)
        self._done(done.manifest)
        return done

    def remove_scripts(
        self,
        scripts: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> None:
        """Take activation scripts away."""
        from wisp.api.edits.activations import remove_scripts

        part = part_of(feature, environment, target)
        self._done(remove_scripts(self._manifest, words_of(scripts), part))

    def set_variables(
        self,
        variables: Mapping[str, str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> None:
        """Set activation variables."""
        from wisp.api.edits.activations import set_variables

        part = part_of(feature, environment, target)
        self._done(set_variables(self._manifest, variables, part))

    def remove_variables(
        self,
        names: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> None:
        """Take activation variables away."""
        from wisp.api.edits.activations import remove_variables

        part = part_of(feature, environment, target)
        self._done(remove_variables(self._manifest, words_of(names), part))


class PoolEditor(TableEditor):
    """`workspace.edit.pool`: `[workspace.dependencies]`, which `{ workspace = true }` takes from.

    What is edited is locked and installed as `usage` lets it.
    """

    def add(
        self,
        words: str | Sequence[str],
        *,
        path: StrPath | None = None,
        git: GitLocation | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> tuple[tuple[str, Data], ...]:
        """Write requirements, or the sources of one; return each name with what was written."""
        from wisp.api.edits.pool import add_to_pool

        sync = self._sync(usage)
        place = None if path is None else Path(path)
        done, rows = add_to_pool(self._manifest, words_of(words), path=place, git=git, sync=sync)
        self._done(done)
        return rows

    def remove(self, names: str | Sequence[str], *, usage: LockUsage = AS_NEEDED) -> None:
        """Take requirements away that nobody takes any more."""
        from wisp.api.edits.pool import remove_from_pool

        self._done(remove_from_pool(self._manifest, words_of(names), sync=self._sync(usage)))


class CutoffEditor(TableEditor):
    """`workspace.edit.cutoffs`: `exclude-newer`, or, with `pypi`, `pypi-exclude-newer`.

    What is edited is locked and installed as `usage` lets it. All raise `ManifestError` for an edit
    that makes no sense, `UsageError` for words that mean nothing, and what locking raises.
    """

    def set(self, cutoff: str, *, pypi: bool = False, usage: LockUsage = AS_NEEDED) -> None:
        """Write the cut-off: a time, a day, a span back from now, or `now`."""
        from wisp.api.edits.cutoffs import change_cutoff, spelled

        written = spelled(cutoff, self._workspace.opened.session.now)
        self._done(change_cutoff(self._manifest, written, pypi=pypi, sync=self._sync(usage)))

    def unset(self, *, pypi: bool = False, usage: LockUsage = AS_NEEDED) -> None:
        """Take the cut-off away; exemptions stay, though they do nothing then."""
        from wisp.api.edits.cutoffs import change_cutoff

        self._done(change_cutoff(self._manifest, None, pypi=pypi, sync=self._sync(usage)))

    def exempt(
        self,
        words: str | Sequence[str],
        *,
        cutoff: str | None = None,
        forever: bool = False,
        pypi: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> tuple[ExemptionRow, ...]:
        """Let packages in that are newer, match specs or names of PyPI; return what was written.

        A match spec with a version holds up to now, unless up to `cutoff` or `forever`.
        """
        from wisp.api.edits.cutoffs import exempt, exemptions_of
        from wisp.api.views.cutoffs import exemption_rows

        now = self._workspace.opened.session.now
        found = exemptions_of(words_of(words), cutoff, now, pypi=pypi, forever=forever)
        self._done(exempt(self._manifest, found, pypi=pypi, sync=self._sync(usage)))
        return exemption_rows(found)

    def unexempt(
        self, names: str | Sequence[str], *, pypi: bool = False, usage: LockUsage = AS_NEEDED
    ) -> None:
        """Take exemptions away."""
        from wisp.api.edits.cutoffs import unexempt

        self._done(unexempt(self._manifest, words_of(names), pypi=pypi, sync=self._sync(usage)))

    def prune(
        self, *, pypi: bool = False, dry_run: bool = False, usage: LockUsage = AS_NEEDED
    ) -> tuple[str, ...]:
        """Take exemptions away that change nothing of what is locked; return their packages."""
        from wisp.api.edits.cutoffs import idle

        found = idle(self._workspace.opened, pypi=pypi)
        if found and not dry_run:
            self.unexempt(found, pypi=pypi, usage=usage)
        return found
