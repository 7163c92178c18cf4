"""From when on packages do not exist for global tools."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.api.provisioning import configured_cutoff
from wisp.manifest.cutoff_model import NO_CUTOFF
from wisp.specs.inputs import ExcludeNewer
from wisp.values import replace
from wisp.workspace.options import cutoffs, moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.specs.conda import Channel
    from wisp.toolbox.manifest import Toolbox


def tool_cutoffs(
    session: SessionContext, general: Toolbox, own: Toolbox, channels: Iterable[Channel]
) -> ExcludeNewer:
    """Turn what manifests say into moments; without a word of theirs the configuration counts.

    `general` is the manifest that speaks for all tools, `own` that of the tools in question.
    """
    table = general.exclude_newer
    if table == NO_CUTOFF:
        table = configured_cutoff(session)
    root, now = own.path.parent, session.now
    found = cutoffs(table, own.pypi_exclude_newer, channels, root, now)
    return replace(found, packages=moments(general.packages, now))
