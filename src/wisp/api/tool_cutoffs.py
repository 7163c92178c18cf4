"""`session.tools().cutoffs`: from when on packages do not exist for the user's global tools."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.edits.cutoffs import exemptions_of, spelled
from wisp.api.given import words_of
from wisp.api.toolbox import excluding
from wisp.api.toolbox.tools import Tools
from wisp.api.views.cutoffs import CutoffListing, ExemptionRow, exemption_rows, list_cutoffs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.toolbox.changes import ToolChange

    Changes = tuple[ToolChange, ...]


class ToolCutoffs:
    """`exclude-newer` of all tools, or, with `pypi`, that of packages of PyPI.

    Environments follow an edit unless `sync` is false; where they cannot, the edit is undone. All
    raise `ManifestError` or `UsageError` for an edit without sense, and what installing raises.
    """

    def __init__(self, session: SessionContext, boxes: tuple[Tools, ...]) -> None:
        self._session = session
        self._boxes = boxes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._boxes[0].home.manifest}>"

    def _box(self, *, pypi: bool) -> Tools:
        if not pypi:
            return self._boxes[0]
        return self._boxes[1] if len(self._boxes) > 1 else Tools.open(self._session, pypi=True)

    def listing(self, *, pypi: bool = False) -> CutoffListing:
        """Return what the manifest says."""
        return list_cutoffs(excluding.table_of(self._box(pypi=pypi)))

    def set(self, cutoff: str, *, pypi: bool = False, sync: bool = True) -> Changes:
        """Write the cut-off: a time, a day, a span back from now, or `now`."""
        box = self._box(pypi=pypi)
        edit = excluding.set_cutoff(box, spelled(cutoff, self._session.now))
        return self._change(box, edit, sync=sync)

    def unset(self, *, pypi: bool = False, sync: bool = True) -> Changes:
        """Take the cut-off away; exemptions stay, though they do nothing then."""
        box = self._box(pypi=pypi)
        return self._change(box, excluding.set_cutoff(box, None), sync=sync)

    def exempt(
        self,
        words: str | Sequence[str],
        *,
        cutoff: str | None = None,
        forever: bool = False,
        pypi: bool = False,
        sync: bool = True,
    ) -> tuple[tuple[ExemptionRow, ...], Changes]:
        """Let packages in that are newer; return what was written, and what was changed for it.

        A match spec with a version holds up to now, unless up to `cutoff` or `forever`.
        """
        box = self._box(pypi=pypi)
        found = exemptions_of(
            words_of(words), cutoff, self._session.now, pypi=pypi, forever=forever
        )
        return exemption_rows(found), self._change(box, excluding.exempt(box, found), sync=sync)

    def unexempt(
        self, names: str | Sequence[str], *, pypi: bool = False, sync: bool = True
    ) -> Changes:
        """Take exemptions away."""
        box = self._box(pypi=pypi)
        return self._change(box, excluding.unexempt(box, words_of(names)), sync=sync)

    def prune(
        self, *, pypi: bool = False, dry_run: bool = False, sync: bool = True
    ) -> tuple[tuple[str, ...], Changes]:
        """Take exemptions away that change nothing of what is installed; return their packages."""
        box = self._box(pypi=pypi)
        found = excluding.idle(box, self._boxes)
        if not found or dry_run:
            return found, ()
        return found, self.unexempt(found, pypi=pypi, sync=sync)

    def _change(self, box: Tools, edit: excluding.Edit, *, sync: bool) -> Changes:
        return excluding.change(box, edit, self._boxes if sync else ())
