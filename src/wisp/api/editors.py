"""`workspace.editors`: files by which other programs find an environment."""

from __future__ import annotations

from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.companions import CompanionFile


class Editors:
    """What a workspace tells editors and direnv; `write=False` only says what would be written."""

    def __init__(self, workspace: OpenedWorkspace) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._workspace.name!r}>"

    def vscode(
        self,
        environment: str = DEFAULT_ENVIRONMENT,
        *,
        program: str = "wisp",
        write: bool = True,
    ) -> tuple[CompanionFile, ...]:
        """Write interpreter and tasks for VS Code. Raises as `use.companions.vscode_files`."""
        from wisp.api.use.companions import vscode_files, write_files
        from wisp.api.viewer import Viewer

        rows = Viewer(self._workspace).tasks(environment).rows
        named = [(row.name, row.description) for row in rows]
        files = vscode_files(self._workspace, environment, named, program)
        return write_files(self._workspace, files) if write else files

    def direnv(
        self, environment: str = DEFAULT_ENVIRONMENT, *, write: bool = True
    ) -> tuple[CompanionFile, ...]:
        """Write what direnv reads. Raises as `use.companions.direnv_file`."""
        from wisp.api.use.companions import direnv_file, write_files

        files = (direnv_file(self._workspace, environment),)
        return write_files(self._workspace, files) if write else files
