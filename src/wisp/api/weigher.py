"""`workspace.sizes` and `session.sizes`: where the gigabytes are."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.given import StrPath
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.weighing.report import SizeChange, SizeReport


class Weigher:
    """Weighs environments of a workspace, if there is one, and images and locks on this disk."""

    def __init__(self, session: SessionContext, workspace: OpenedWorkspace | None = None) -> None:
        self._session = session
        self._workspace = workspace

    def __repr__(self) -> str:
        where = "" if self._workspace is None else f" of {self._workspace.name!r}"
        return f"<{type(self).__name__}{where}>"

    def environment(
        self, name: str = DEFAULT_ENVIRONMENT, platform: str | None = None
    ) -> SizeReport:
        """Weigh an environment: what is installed, else (or for a platform) what the lock knows.

        Raises `UsageError` without a workspace, and what looking at a lock raises.
        """
        from wisp.api.weighing.weigh import weigh_environment

        if self._workspace is None:
            raise UsageError("an environment can only be weighed in its workspace")
        return weigh_environment(self._workspace, name, platform)

    def file(
        self,
        path: StrPath,
        environment: str = DEFAULT_ENVIRONMENT,
        platform: str | None = None,
    ) -> SizeReport:
        """Weigh an image (layout or archive) or a lock file. Raises `WispError` for others."""
        from wisp.api.weighing.weigh import weigh_file

        return weigh_file(self._session, Path(path), environment, platform)

    @staticmethod
    def save(path: StrPath, page: str) -> None:
        """Write a page about sizes. Raises `HostError` when the machine refuses."""
        from wisp.api.views.exporting import save

        save(Path(path), page)

    def changes(self, before: SizeReport, after: SizeReport) -> tuple[SizeChange, ...]:
        """Compare what was weighed in two places, the largest difference first."""
        from wisp.api.weighing.report import changes

        return changes(before, after)
