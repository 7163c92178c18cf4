"""`session.tools()`: the user's global tools, looked at and changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wisp.api.toolbox.tools import Tools

if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.toolbox.changes import ToolChange
    from wisp.api.toolbox.installing import ToolInstallation, ToolRequest
    from wisp.api.toolbox.listing import ToolContents, ToolRow
    from wisp.api.views.dependency_tree import TreeNode
    from wisp.api.views.inspect import SortKey
    from wisp.toolbox.manifest import ToolEnvironment


class GlobalTools:
    """Environments of tools, and the names that start them.

    Environments are named as in the manifest; for unknown ones all raise `ManifestError`. Whatever
    fails, an environment is as it was before; those that solve raise what installing raises.
    """

    def __init__(self, session: SessionContext) -> None:
        self._session = session
        self._known: Tools | None = Tools.open(session)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.manifest_path}>"

    @property
    def _tools(self) -> Tools:
        if self._known is None:
            self._known = Tools.open(self._session)
        return self._known

    def _changing(self) -> Tools:
        """Return the tools to change: afterwards the manifest has to be read again."""
        tools, self._known = self._tools, None
        return tools

    # Looking

    @property
    def manifest_path(self) -> Path:
        """Where the manifest of global tools is."""
        return self._tools.home.manifest

    @property
    def declared(self) -> tuple[ToolEnvironment, ...]:
        """The environments as the manifest has them."""
        return tuple(self._tools.box.environments.values())

    def environments(
        self, pattern: str | None = None, only: Iterable[str] | None = None
    ) -> tuple[ToolRow, ...]:
        """List environments with what is installed of them, all or those whose name fits."""
        from wisp.api.toolbox.listing import environment_rows

        return environment_rows(self._tools, pattern, only)

    def contents(
        self, environment: str, pattern: str | None = None, *, sort_by: SortKey = "name"
    ) -> ToolContents:
        """Return the packages of an environment, all or those whose name fits."""
        from wisp.api.toolbox.listing import contents

        return contents(self._tools, environment, pattern, sort_by)

    def tree(
        self, environment: str, pattern: str | None = None, *, inverted: bool = False
    ) -> tuple[TreeNode, ...]:
        """Return what packages of an environment need or, `inverted`, who needs them."""
        from wisp.api.toolbox.listing import tool_tree

        return tool_tree(self._tools, environment, pattern, inverted=inverted)

    # Changing

    def install(self, request: ToolRequest, cwd: Path | None = None) -> ToolInstallation:
        """Install tools; one that cannot be does not keep the others from it."""
        from wisp.api.toolbox.installing import install

        outcome = install(self._tools, request, cwd or Path.cwd())
        self._known = outcome.tools
        return outcome

    def add(
        self, environment: str, words: Sequence[str], *, expose: Sequence[str] = ()
    ) -> tuple[ToolChange, ...]:
        """Add packages to an environment, and expose names of them."""
        from wisp.api.toolbox.changing import add

        return add(self._changing(), environment, words, expose)

    def remove(self, environment: str, words: Sequence[str]) -> tuple[ToolChange, ...]:
        """Take packages out of an environment, and what is exposed of them."""
        from wisp.api.toolbox.changing import remove

        return remove(self._changing(), environment, words)

    def uninstall(self, environments: Sequence[str]) -> tuple[ToolChange, ...]:
        """Remove environments with all that is exposed of them."""
        from wisp.api.toolbox.changing import uninstall

        return uninstall(self._changing(), environments)

    def update(self, environments: Sequence[str] = ()) -> tuple[ToolChange, ...]:
        """Solve environments anew, all unless named."""
        from wisp.api.toolbox.changing import update

        return update(self._changing(), environments)

    def sync(self) -> tuple[ToolChange, ...]:
        """Make what is installed equal to the manifest, and repair it."""
        from wisp.api.toolbox.changing import sync

        return sync(self._changing())

    def edit(self, editor: str | None = None) -> int:
        """Open the manifest in an editor, EDITOR unless named; return the editor's exit code."""
        return self._changing().edit(editor)

    def expose(self, environment: str, mappings: Sequence[str]) -> tuple[ToolChange, ...]:
        """Expose executables (NAME=EXECUTABLE or EXECUTABLE) of an environment."""
        from wisp.api.toolbox.changing import expose

        return expose(self._changing(), environment, mappings)

    def unexpose(self, names: Sequence[str]) -> tuple[ToolChange, ...]:
        """Take exposed names away, of whatever environment."""
        from wisp.api.toolbox.changing import unexpose

        return unexpose(self._changing(), names)

    def add_shortcuts(self, environment: str, packages: Sequence[str]) -> tuple[ToolChange, ...]:
        """Install the menu entries of packages of an environment."""
        from wisp.api.toolbox.changing import add_shortcuts

        return add_shortcuts(self._changing(), environment, packages)

    def remove_shortcuts(self, packages: Sequence[str]) -> tuple[ToolChange, ...]:
        """Remove menu entries of packages, of whatever environment."""
        from wisp.api.toolbox.changing import remove_shortcuts

        return remove_shortcuts(self._changing(), packages)
