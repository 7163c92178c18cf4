"""`session.tools()`: the user's global tools, looked at and changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.api.given import in_words, words_of
from wisp.api.tool_cutoffs import ToolCutoffs
from wisp.api.toolbox.tools import Tools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.given import StrPath
    from wisp.api.toolbox.changes import ToolChange
    from wisp.api.toolbox.installing import ToolInstallation, ToolRequest
    from wisp.api.toolbox.listing import ToolContents, ToolRow
    from wisp.api.toolbox.locking import ToolLock
    from wisp.api.toolbox.outdated import OutdatedTool
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
        self._boxes = {False: Tools.open(session)}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.manifest_path}>"

    # Two toolboxes: Pixi's, and, once it has something, the one of packages of PyPI.

    def _box(self, *, pypi: bool = False) -> Tools:
        if pypi not in self._boxes:
            self._boxes[pypi] = Tools.open(self._session, pypi=pypi)
        return self._boxes[pypi]

    @property
    def _all(self) -> tuple[Tools, ...]:
        first = self._box()
        return (first, self._box(pypi=True)) if first.home.other.is_begun else (first,)

    def _of(self, environment: str) -> Tools:
        """Return the toolbox of an environment; of one that there is not, the first."""
        return next((t for t in self._all if environment in t.box.environments), self._all[0])

    def _changing(self, environment: str) -> Tools:
        """Return the toolbox to change: afterwards the manifests have to be read again."""
        found = self._of(environment)
        self._boxes.clear()
        return found

    def _apart(self, environments: Sequence[str]) -> list[tuple[Tools, tuple[str, ...]]]:
        """Sort names by their toolboxes, which change; unknown ones are the first's, done last."""
        sorted_: dict[Tools, list[str]] = {}
        for name in environments:
            sorted_.setdefault(self._of(name), []).append(name)
        parts = [(box, tuple(sorted_[box])) for box in reversed(self._all) if box in sorted_]
        self._boxes.clear()
        return parts

    def _parts(self, environments: tuple[str, ...]) -> list[tuple[Tools, tuple[str, ...]]]:
        """Sort names likewise; without any each toolbox is meant as a whole."""
        return self._apart(environments) if environments else [(box, ()) for box in self._all]

    # Looking

    @property
    def manifest_path(self) -> Path:
        """Where the manifest of global tools is."""
        return self._box().home.manifest

    @property
    def declared(self) -> tuple[ToolEnvironment, ...]:
        """The environments as the manifests have them."""
        return tuple(one for box in self._all for one in box.box.environments.values())

    def environments(
        self, pattern: str | None = None, only: str | Sequence[str] | None = None
    ) -> tuple[ToolRow, ...]:
        """List environments with what is installed of them, all or those whose name fits."""
        from wisp.api.toolbox.listing import environment_rows

        if only is None:
            parts = [environment_rows(box, pattern) for box in self._all]
        else:
            wanted = words_of(only)
            parts = [
                environment_rows(box, pattern, [n for n in wanted if self._of(n) is box])
                for box in self._all
            ]
        return tuple(sorted((row for rows in parts for row in rows), key=lambda row: row.name))

    def contents(
        self, environment: str, pattern: str | None = None, *, sort_by: SortKey = "name"
    ) -> ToolContents:
        """Return the packages of an environment, all or those whose name fits."""
        from wisp.api.toolbox.listing import contents

        return contents(self._of(environment), environment, pattern, sort_by)

    def tree(
        self, environment: str, pattern: str | None = None, *, inverted: bool = False
    ) -> tuple[TreeNode, ...]:
        """Return what packages of an environment need or, `inverted`, who needs them."""
        from wisp.api.toolbox.listing import tool_tree

        return tool_tree(self._of(environment), environment, pattern, inverted=inverted)

    # Changing

    def install(self, request: ToolRequest, cwd: StrPath | None = None) -> ToolInstallation:
        """Install tools; one that cannot be does not keep the others from it."""
        from wisp.api.toolbox.installing import ToolInstallation, install, parts_of

        known = frozenset(self._box(pypi=True).box.environments) if len(self._all) > 1 else ()
        parts = parts_of(in_words(request), known)
        outcomes = [install(self._box(pypi=p), part, Path(cwd or Path.cwd())) for p, part in parts]
        self._boxes.clear()
        return ToolInstallation(
            done={name: state for one in outcomes for name, state in one.done.items()},
            failed={name: error for one in outcomes for name, error in one.failed.items()},
        )

    def add(
        self, environment: str, words: str | Sequence[str], *, expose: str | Sequence[str] = ()
    ) -> tuple[ToolChange, ...]:
        """Add packages to an environment, and expose names of them."""
        from wisp.api.toolbox.changing import add

        box = self._changing(environment)
        return add(box, environment, words_of(words), words_of(expose))

    def remove(self, environment: str, words: str | Sequence[str]) -> tuple[ToolChange, ...]:
        """Take packages out of an environment, and what is exposed of them."""
        from wisp.api.toolbox.changing import remove

        return remove(self._changing(environment), environment, words_of(words))

    def uninstall(self, environments: str | Sequence[str]) -> tuple[ToolChange, ...]:
        """Remove environments with all that is exposed of them."""
        from wisp.api.toolbox.changing import uninstall

        return tuple(
            change
            for box, own in self._apart(words_of(environments))
            for change in uninstall(box, own)
        )

    def update(self, environments: str | Sequence[str] = ()) -> tuple[ToolChange, ...]:
        """Solve environments anew, all unless named."""
        from wisp.api.toolbox.changing import update

        parts = self._parts(words_of(environments))
        self._boxes.clear()
        return tuple(change for box, own in parts for change in update(box, own))

    def outdated(self, environments: str | Sequence[str] = ()) -> tuple[OutdatedTool, ...]:
        """Tell which packages of environments, all unless named, are not the newest."""
        from wisp.api.toolbox.outdated import outdated

        parts = self._parts(words_of(environments))
        return tuple(row for box, own in parts for row in outdated(box, own))

    def lock(self, platforms: str | Sequence[str] = ()) -> ToolLock:
        """Write down what all environments hold, also for other platforms.

        Raises `LockFileError` for a damaged lock.
        """
        from wisp.api.toolbox.locking import lock_tools

        return lock_tools(self._all, words_of(platforms))

    def sync(self, *, locked: bool = False) -> tuple[ToolChange, ...]:
        """Make what is installed equal to the manifest, or to what is locked, and repair it.

        Raises `LockFileError` if there is no lock, or it is not what the manifests ask for.
        """
        if locked:
            from wisp.api.toolbox.locking import locked_for, sync_locked

            boxes, lock = self._all, locked_for(self._all)
            self._boxes.clear()
            return tuple(change for box in boxes for change in sync_locked(box, lock))
        from wisp.api.toolbox.changing import sync

        boxes = self._all
        self._boxes.clear()
        return tuple(change for box in boxes for change in sync(box))

    def edit(self, editor: str | None = None) -> int:
        """Open the manifest in an editor, EDITOR unless named; return the editor's exit code."""
        return self._changing("").edit(editor)

    def expose(self, environment: str, mappings: str | Sequence[str]) -> tuple[ToolChange, ...]:
        """Expose executables (NAME=EXECUTABLE or EXECUTABLE) of an environment."""
        from wisp.api.toolbox.changing import expose

        return expose(self._changing(environment), environment, words_of(mappings))

    def unexpose(self, names: str | Sequence[str]) -> tuple[ToolChange, ...]:
        """Take exposed names away, of whatever environment."""
        from wisp.api.toolbox.changing import unexpose

        owners = {m.name: one.name for one in self.declared for m in one.exposed}
        parts: dict[Tools, list[str]] = {}
        for name in words_of(names):
            parts.setdefault(self._of(owners.get(name, "")), []).append(name)
        self._boxes.clear()
        return tuple(change for box, own in parts.items() for change in unexpose(box, own))

    @property
    def cutoffs(self) -> ToolCutoffs:
        """From when on packages do not exist, and edits of that."""
        boxes = self._all
        self._boxes.clear()
        return ToolCutoffs(self._session, boxes)

    def add_shortcuts(
        self, environment: str, packages: str | Sequence[str]
    ) -> tuple[ToolChange, ...]:
        """Install the menu entries of packages of an environment."""
        from wisp.api.toolbox.changing import add_shortcuts

        return add_shortcuts(self._changing(environment), environment, words_of(packages))

    def remove_shortcuts(self, packages: str | Sequence[str]) -> tuple[ToolChange, ...]:
        """Remove menu entries of packages, of whatever environment."""
        from wisp.api.toolbox.changing import remove_shortcuts

        return remove_shortcuts(self._changing(""), words_of(packages))
