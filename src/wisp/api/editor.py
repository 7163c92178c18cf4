"""`workspace.edit`: every change of a manifest, and what follows: lock and environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp.api.editor_tables import (
    ActivationEditor,
    CutoffEditor,
    PoolEditor,
    TableEditor,
    TaskEditor,
    part_of,
)
from wisp.api.given import words_of
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.requirements import CONDA_TABLES
from wisp.specs.similarity import one_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.api.edits.adding import Added
    from wisp.api.edits.platforms import AddedPlatform, Anchor
    from wisp.api.edits.upgrading import Upgraded
    from wisp.api.given import StrPath
    from wisp.engine.versions import Bump
    from wisp.manifest.edit.fields import Field
    from wisp.manifest.edit.requirements import CondaTable
    from wisp.specs.locations import GitLocation


class Editor(TableEditor):
    """The edits of one workspace, which holds the edited manifest afterwards.

    `feature`, `environment` and `target` say which part of the manifest is meant, `usage` what may
    be done to lock and environment. Whatever fails, manifest and lock are as they were before,
    unless a method says otherwise. All raise `ManifestError` for an edit that makes no sense;
    those that lock raise what `Workspace.install` raises.
    """

    # Requirements

    def add(
        self,
        words: str | Sequence[str],
        *,
        pypi: bool = False,
        table: CondaTable = "dependencies",
        feature: str = DEFAULT_FEATURE,
        environment: str | None = None,
        platforms: str | Sequence[str] = (),
        editable: bool = False,
        index: str | None = None,
        git: GitLocation | None = None,
        path: StrPath | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> Added:
        """Put requirements into the manifest, lock and install.

        Words are match specs, or PEP 508 with `pypi`; `git`, `index` and `editable` hold for all.
        `path` is where the sources of the one word are.
        """
        from wisp.api.edits.adding import add
        from wisp.api.edits.requests import AddRequest

        request = AddRequest(
            words=words_of(words),
            pypi=pypi,
            table=one_of(table, CONDA_TABLES),
            feature=feature,
            environment=environment,
            platforms=words_of(platforms),
            editable=editable,
            index=index,
            git=git,
            path=None if path is None else Path(path),
        )
        strategy = self._workspace.opened.config.pinning_strategy
        added = add(self._manifest, request, self._sync(usage), strategy=strategy)
        self._done(added.manifest)
        return added

    def remove(
        self,
        words: str | Sequence[str],
        *,
        pypi: bool = False,
        table: CondaTable = "dependencies",
        feature: str = DEFAULT_FEATURE,
        environment: str | None = None,
        platforms: str | Sequence[str] = (),
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Take requirements out of the manifest, lock and install; the edit stays in any case."""
        from wisp.api.edits.removing import remove
        from wisp.api.edits.requests import DependencySelection

        selection = DependencySelection(
            pypi=pypi,
            table=one_of(table, CONDA_TABLES),
            feature=feature,
            environment=environment,
            platforms=words_of(platforms),
        )
        try:
            remove(self._manifest, selection, words_of(words), self._sync(usage))
        finally:
            self._done()

    def upgrade(
        self,
        packages: str | Sequence[str] = (),
        *,
        exclude: str | Sequence[str] = (),
        feature: str | None = None,
        environment: str | None = None,
        dry_run: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> Upgraded:
        """Raise requirements, of all or the named packages, to what can be had now."""
        from wisp.api.edits.upgrading import UpgradeRequest, upgrade

        request = UpgradeRequest(
            packages=words_of(packages),
            exclude=words_of(exclude),
            feature=feature,
            environment=environment,
        )
        strategy = self._workspace.opened.config.pinning_strategy
        sync = self._sync(usage)
        done = upgrade(self._manifest, request, sync, strategy=strategy, dry_run=dry_run)
        self._done(done.manifest)
        return done

    # Channels and platforms

    def add_channels(
        self,
        channels: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        priority: int | None = None,
        prepend: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Add channels behind the others or before them, lock and install."""
        from wisp.api.edits.channels import add_channels

        part, sync = part_of(feature, environment), self._sync(usage, lenient=True)
        self._done(
            add_channels(
                self._manifest,
                words_of(channels),
                part,
                priority=priority,
                prepend=prepend,
                sync=sync,
            )
        )

    def remove_channels(
        self,
        channels: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Take channels away, lock and install."""
        from wisp.api.edits.channels import remove_channels

        part, sync = part_of(feature, environment), self._sync(usage, lenient=True)
        self._done(remove_channels(self._manifest, words_of(channels), part, sync=sync))

    def add_platforms(
        self,
        words: str | Sequence[str] = (),
        *,
        packages: Mapping[str, str] | None = None,
        detect: bool = False,
        feature: str | None = None,
        environment: str | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> tuple[AddedPlatform, ...]:
        """Add platforms (`SUBDIR`, `NAME=SUBDIR`), lock and install; tell what came of each.

        For a feature or an environment also names of platforms that the workspace has.

        `packages` are versions of what they declare (`cuda`, `glibc` …), also as words
        (`__cuda=12`); `detect` adds this machine, before the others, under the name that is given.
        """
        from wisp.api.edits.platform_words import friendly_packages, wanted_platforms
        from wisp.api.edits.platforms import add_platforms, expected

        declared = friendly_packages(packages or {})
        provided = self._workspace.opened.session.provided if detect else None
        part, sync = part_of(feature, environment), self._sync(usage, lenient=True)
        known = self._manifest.workspace.platforms if feature or environment else ()
        platforms = wanted_platforms(words_of(words), declared, detected=provided, known=known)
        found = [expected(self._manifest, part, one, first=detect) for one in platforms]
        self._done(add_platforms(self._manifest, platforms, part, first=detect, sync=sync))
        return tuple(found)

    def change_platform(
        self,
        name: str,
        *,
        subdir: str | None = None,
        clear: bool = False,
        drop: str | Sequence[str] = (),
        packages: Mapping[str, str] | None = None,
        words: str | Sequence[str] = (),
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Change what a platform declares, lock and install.

        `clear` drops all virtual packages, `drop` some, before those in `packages` or `words` are
        set, which are as in `add_platforms`.
        """
        from wisp.api.edits.platform_words import friendly_packages, raw_packages
        from wisp.api.edits.platforms import PlatformChange, edit_platform

        change = PlatformChange(
            subdir=subdir,
            clear=clear,
            drop=words_of(drop),
            packages=friendly_packages(packages or {}),
            raw=raw_packages(words_of(words)),
        )
        sync = self._sync(usage, lenient=True)
        self._done(edit_platform(self._manifest, name, change, sync=sync))

    def move_platform(
        self,
        name: str,
        anchor: Anchor,
        other: str | None = None,
        *,
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Move a platform before or after another one or to an end of the list, and lock."""
        from wisp.api.edits.platforms import move_platform

        sync = self._sync(usage, lenient=True)
        self._done(move_platform(self._manifest, name, anchor, other, sync=sync))

    def remove_platforms(
        self,
        names: str | Sequence[str],
        *,
        feature: str | None = None,
        environment: str | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> None:
        """Take platforms away, lock and install."""
        from wisp.api.edits.platforms import remove_platforms

        part, sync = part_of(feature, environment), self._sync(usage, lenient=True)
        self._done(remove_platforms(self._manifest, words_of(names), part, sync=sync))

    # Environments and features

    def add_environment(
        self,
        name: str,
        features: str | Sequence[str] = (),
        *,
        solve_group: str | None = None,
        no_default_feature: bool = False,
        force: bool = False,
    ) -> bool:
        """Declare an environment; `force` puts it in place of one of the same name.

        Returns whether there was one, as `default` always is.
        """
        from wisp.api.edits.environments import add_environment

        replaced = name in self._manifest.environments
        self._done(
            add_environment(
                self._manifest,
                name,
                words_of(features),
                solve_group=solve_group,
                no_default_feature=no_default_feature,
                force=force,
            )
        )
        return replaced

    def remove_environment(self, name: str) -> None:
        """Take an environment away."""
        from wisp.api.edits.environments import remove_environment

        self._done(remove_environment(self._manifest, name))

    def remove_feature(self, name: str) -> bool:
        """Take a feature away, from environments too; return whether there was one."""
        from wisp.api.edits.environments import remove_feature

        found = name in self._manifest.features
        self._done(remove_feature(self._manifest, name))
        return found

    def import_file(
        self,
        file: StrPath,
        *,
        format: Literal["conda-env", "pypi-txt"] | None = None,  # noqa: A002 - as the option
        environment: str | None = None,
        feature: str | None = None,
        platforms: str | Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Fill a feature or an environment from another tool's file; return what was left out."""
        from wisp.api.edits.importing import ImportRequest, import_file
        from wisp.api.folders import prepare

        request = ImportRequest(
            file=Path(file),
            format=format,
            environment=environment,
            feature=feature,
            platforms=words_of(platforms),
        )
        opened = self._workspace.opened
        warnings = import_file(self._manifest, request, opened.config.default_channels)
        prepare(opened.places, opened.reporter)
        self._done()
        return warnings

    # Tables of their own

    @property
    def tasks(self) -> TaskEditor:
        """Edits of tasks."""
        return TaskEditor(self._workspace)

    @property
    def activation(self) -> ActivationEditor:
        """Edits of what activation runs and sets."""
        return ActivationEditor(self._workspace)

    @property
    def pool(self) -> PoolEditor:
        """Edits of `[workspace.dependencies]`."""
        return PoolEditor(self._workspace)

    @property
    def cutoffs(self) -> CutoffEditor:
        """Edits of the moments after which packages do not exist, and of what is exempted."""
        return CutoffEditor(self._workspace)

    # What describes the workspace

    def set_field(self, field: Field, value: str) -> None:
        """Write the `name`, `version`, `description` or `requires-pixi` of the workspace."""
        from wisp.api.edits.fields import set_field

        self._done(set_field(self._manifest, field, value))

    def unset_field(self, field: Field) -> None:
        """Take a field away."""
        from wisp.api.edits.fields import unset_field

        self._done(unset_field(self._manifest, field))

    def bump_version(self, part: Bump) -> tuple[str, str]:
        """Raise one part of the version; return the old one and the new one."""
        from wisp.api.edits.fields import bump_version

        found = bump_version(self._manifest, part)
        self._done()
        return found

    def add_preview(self, flags: str | Sequence[str]) -> None:
        """Switch preview features on."""
        from wisp.api.edits.activations import add_preview

        self._done(add_preview(self._manifest, words_of(flags)))

    def remove_preview(self, flags: str | Sequence[str], *, force: bool = False) -> None:
        """Switch preview features off, with `force` even where the manifest needs them.

        A manifest that cannot be read any more then is not taken up.
        """
        from wisp.api.edits.activations import remove_preview

        remove_preview(self._manifest, words_of(flags), forced=force)
        if not force:
            self._done()
