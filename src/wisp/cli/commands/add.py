"""`add`: put requirements into the manifest, lock and install."""

from __future__ import annotations

from wisp.cli.call import Call
from wisp.cli.commands.requirements import Requirements, git_of, selection_of, tell_where
from wisp.cli.declare import flag, top, value
from wisp.cli.opening import open_workspace, usage_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Options(Requirements):
    """What `add` takes."""

    editable: bool = flag("--editable", requires=("--pypi",), help="Install the path in place")
    path: str | None = value(
        "--path", conflicts=("--git", "--index"), help="A folder or file with the sources"
    )
    index: str | None = value(
        "--index",
        conflicts=("--git",),
        requires=("--pypi",),
        help="The only index to take the package from",
    )


def run(call: Call[Options]) -> int:
    """Add, and say what was written with which constraint."""
    values = call.values
    where = selection_of(call)
    done = open_workspace(call).edit.add(
        values.spec,
        **where,
        editable=values.editable,
        index=values.index,
        git=git_of(call),
        path=call.cwd / values.path if values.path else None,
        usage=usage_of(call),
    )
    for word, constraint in done.added:
        call.out.success(f"Added {word}" + (f" {constraint}" if constraint else ""))
    for name in done.present:
        if name in done.inherited:
            told = "inherits from `[workspace.dependencies]` and was left unchanged"
            way = f"Change that entry, or give a version: `{call.program} add '{name}>=1'`"
        else:
            told = "is already a dependency"
            way = f"Run `{call.program} upgrade {name}` to get the newest compatible version"
        call.out.success(f"{name} {told}")
        call.out.note(f"  {way}")
    if done.added:
        tell_where(call, "Added", where)
    if done.unused_feature is not None:
        _warn_of_unused(call, done.unused_feature, done.names)
    return 0


def _warn_of_unused(call: Call, feature: str, names: Iterable[str]) -> None:
    call.out.warning(
        f"The feature {feature} is not used in any environment, so the added dependencies were "
        "not resolved or pinned",
        (
            "Add it to an environment with "
            f"`pixi workspace environment add <environment> --feature {feature}`",
            f"Then run `pixi upgrade --feature {feature} {' '.join(names)}` to resolve and pin "
            "the dependencies",
        ),
    )


COMMAND = top("add", Options, run, help_without_words=True, example="add numpy 'python=3.12.*'")
