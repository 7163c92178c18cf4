"""Answers of commands that only look, remembered so that the quick path may give them again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import PackageList, PackageTree, Workspace
    from wisp.cli.call import Call


def remember(
    call: Call, workspace: Workspace, listed: PackageList | PackageTree | None = None
) -> None:
    """Remember what was printed, unless the command line or the answer was out of the ordinary.

    `listed` is what the lock has, if the answer is about that.
    """
    out = call.out
    if out.warned or not call.usual or out.noted not in ([], _heading(listed)):
        return
    out.flush()  # nobody has to wait for what follows
    environment = None if listed is None else listed.environment
    answer = "".join(out.answered)
    workspace.terminal.remember_look(call.words, answer, tuple(out.noted), environment)


def _heading(listed: PackageList | PackageTree | None) -> list[str]:
    if listed is None:
        return []
    from wisp.console.package_tree import heading

    return list(heading(listed))
