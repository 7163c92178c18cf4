"""`workspace.show`: everything that can be looked at, as values; at most the lock is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp.api.given import words_of
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.given import StrPath
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.views.activations import DeclaredActivation
    from wisp.api.views.cutoffs import CutoffListing
    from wisp.api.views.dependency_tree import PackageTree
    from wisp.api.views.describe import EnvironmentOutline, FeatureDescription
    from wisp.api.views.describe_tasks import TaskListing
    from wisp.api.views.doctor import Check
    from wisp.api.views.information import Information
    from wisp.api.views.inspect import PackageList, SortKey
    from wisp.api.views.outdated import OutdatedPackage
    from wisp.api.views.platform_list import PlatformListing
    from wisp.api.views.reasons import Reason
    from wisp.api.views.searching import PackageSearch
    from wisp.manifest.edit.literals import Data
    from wisp.sbom.bill import BillOfMaterials
    from wisp.specs.conda import Channel


class Viewer:
    """What one workspace has to show.

    What is locked is shown as `usage` lets it be had: by default what is stale is locked anew.
    """

    def __init__(self, workspace: OpenedWorkspace) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._workspace.name!r}>"

    # What is locked

    def packages(
        self,
        environment: str | None = None,
        platform: str | None = None,
        *,
        pattern: str | None = None,
        explicit: bool = False,
        sort_by: SortKey = "name",
        usage: LockUsage = AS_NEEDED,
    ) -> PackageList:
        """List the packages of an environment, those whose name fits a regular expression.

        `explicit` are those that the manifest names. Raises what `Workspace.install` raises, and
        `UsageError` for what is no regular expression.
        """
        from wisp.api.views.inspect import locked_packages

        return locked_packages(
            self._workspace,
            environment,
            platform,
            pattern=pattern,
            explicit=explicit,
            sort_by=sort_by,
            usage=usage,
        )

    def bill(
        self,
        environment: str | None = None,
        platform: str | None = None,
        *,
        usage: LockUsage = AS_NEEDED,
    ) -> BillOfMaterials:
        """Return the bill of materials of an environment. Raises what `packages` does."""
        from wisp.api.views.bills import bill_of_environment

        return bill_of_environment(self._workspace, environment, platform, usage)

    def tree(
        self,
        environment: str | None = None,
        platform: str | None = None,
        *,
        pattern: str | None = None,
        inverted: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> PackageTree:
        """Return what packages need or, `inverted`, who needs them. Raises what `packages` does."""
        from wisp.api.views.dependency_tree import locked_tree

        return locked_tree(
            self._workspace,
            environment,
            platform,
            pattern=pattern,
            inverted=inverted,
            usage=usage,
        )

    def why(
        self,
        package: str,
        environments: str | Sequence[str] = (),
        platforms: str | Sequence[str] = (),
        *,
        usage: LockUsage = AS_NEEDED,
    ) -> tuple[Reason, ...]:
        """Tell why a package is locked, everywhere unless environments or platforms are named.

        Raises what `packages` does, and `WispError` for a package that is not locked there.
        """
        from wisp.api.views.reasons import why

        names, wanted = words_of(environments), words_of(platforms)
        return why(self._workspace, package, names, wanted, usage=usage)

    def outdated(
        self,
        packages: str | Sequence[str] = (),
        environments: str | Sequence[str] = (),
        platforms: str | Sequence[str] = (),
        *,
        explicit: bool = False,
    ) -> tuple[OutdatedPackage, ...]:
        """List locked packages that have newer versions, and what holds them back.

        `explicit` are those that the manifest names. Raises what `wisp.api.views.outdated` does.
        """
        from wisp.api.views.outdated import outdated

        chosen = (words_of(packages), words_of(environments), words_of(platforms))
        return outdated(self._workspace, *chosen, explicit=explicit)

    # What is declared

    def environments(self) -> tuple[EnvironmentOutline, ...]:
        """List environments with what they are made of."""
        from wisp.api.views.describe import outline_environments

        return outline_environments(self._workspace.manifest)

    def features(self) -> tuple[FeatureDescription, ...]:
        """List features with the names they declare."""
        from wisp.api.views.describe import describe_features

        return describe_features(self._workspace.manifest)

    def feature_users(self, feature: str) -> list[str]:
        """Name the environments that list a feature."""
        from wisp.api.edits.environments import environments_with

        return environments_with(self._workspace.manifest, feature)

    def channels(self) -> tuple[tuple[str, tuple[Channel, ...]], ...]:
        """Pair each environment with its channels."""
        from wisp.api.views.describe import environment_channels

        return environment_channels(self._workspace.manifest)

    def cutoffs(self, *, pypi: bool = False) -> CutoffListing:
        """Return `exclude-newer`, or `pypi-exclude-newer`, as the manifest says it."""
        from wisp.api.edits.cutoffs import table_of
        from wisp.api.views.cutoffs import list_cutoffs

        return list_cutoffs(table_of(self._workspace.manifest, pypi=pypi))

    def pool(self) -> dict[str, Data]:
        """Return `[workspace.dependencies]` as it is written."""
        from wisp.api.edits.pool import pool_of
        from wisp.manifest.edit.document import Document

        manifest = self._workspace.manifest
        return pool_of(Document.open(manifest.text, manifest.kind))

    def platforms(self) -> PlatformListing:
        """List platforms beside what this machine is."""
        from wisp.api.views.platform_list import list_platforms

        return list_platforms(self._workspace.manifest, self._workspace.session.provided)

    def tasks(self, environment: str | None = None) -> TaskListing:
        """List the tasks of all environments, or of one."""
        from wisp.api.locks.lock_file import known_lock
        from wisp.api.machine_platform import runnability
        from wisp.api.views.describe_tasks import task_listing

        workspace = self._workspace
        return task_listing(
            workspace.manifest,
            *workspace.host,
            environment,
            lambda name: runnability(
                workspace.manifest, workspace.session, name, lambda: known_lock(workspace)
            ),
        )

    def scripts(
        self,
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> tuple[str, ...]:
        """List the activation scripts that a part of the manifest names, as written."""
        from wisp.api.edits.activations import scripts_of
        from wisp.manifest.edit.document import ManifestPart

        return scripts_of(self._workspace.manifest, ManifestPart.of(feature, environment, target))

    def variables(
        self,
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> Mapping[str, str]:
        """Return the activation variables that a part of the manifest sets, as written."""
        from wisp.api.edits.activations import variables_of
        from wisp.manifest.edit.document import ManifestPart

        return variables_of(self._workspace.manifest, ManifestPart.of(feature, environment, target))

    def activations(
        self,
        *,
        feature: str | None = None,
        environment: str | None = None,
        target: str | None = None,
    ) -> tuple[DeclaredActivation, ...]:
        """List all that activation does, by the parts of the manifest that say so."""
        from wisp.api.views.activations import declared_activations

        return declared_activations(self._workspace.manifest, feature, environment, target)

    # The surroundings

    def info(self, *, sizes: bool = False) -> Information:
        """Describe machine, folders, workspace; `sizes` counts what folders hold."""
        from wisp.api.views.information import gather

        return gather(self._workspace.session, self._workspace, sizes=sizes)

    def diagnose(self) -> tuple[Check, ...]:
        """Try what the workspace depends on; see `wisp.api.views.doctor`."""
        from wisp.api.views.doctor import diagnose

        return diagnose(self._workspace.session, self._workspace)

    def search(
        self,
        channels: str | Sequence[str] = (),
        platform: str | None = None,
        *,
        cwd: StrPath | None = None,
    ) -> PackageSearch:
        """Set up a search in the channels and for the platforms of the workspace, or in others."""
        from wisp.api.views.searching import open_search

        return open_search(
            self._workspace.session,
            Path(cwd or self._workspace.root),
            self._workspace,
            channels=words_of(channels),
            platform=platform,
        )

    # Other tools' formats

    def conda_environment(
        self,
        environment: str = DEFAULT_ENVIRONMENT,
        platform: str | None = None,
        *,
        name: str | None = None,
        no_pypi: bool = False,
        from_lock: bool = False,
    ) -> str:
        """Return an environment as the text of an `environment.yml`."""
        from wisp.api.views.exporting import export_environment

        return export_environment(
            self._workspace,
            environment,
            platform,
            name=name,
            no_pypi=no_pypi,
            from_lock=from_lock,
        )

    def explicit_specs(
        self,
        environments: str | Sequence[str] = (),
        platforms: str | Sequence[str] = (),
        *,
        skip_pypi: bool = False,
        skip_source: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> dict[str, str]:
        """Return the texts of conda's explicit lists by the names that their files have."""
        from wisp.api.views.exporting import export_explicit

        return dict(
            export_explicit(
                self._workspace,
                words_of(environments),
                words_of(platforms),
                usage,
                skip_pypi=skip_pypi,
                skip_source=skip_source,
            )
        )

    @staticmethod
    def save(path: StrPath, text: str) -> None:
        """Write such a text. Raises `HostError` when the machine refuses."""
        from wisp.api.views.exporting import save

        save(Path(path), text)
