"""`trust`: consent to what a workspace may only do with consent."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top
from wisp.cli.opening import open_session
from wisp.errors import ManifestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wisp import TrustSubject


class Trust(options.Workspace):
    """What `trust` takes."""

    show: bool = flag("--show", conflicts=("--forget",), help="Only show what needs consent")
    forget: bool = flag("--forget", conflicts=("--show",), help="Take the consent back")
    json: bool = options.JSON


def run(call: Call[Trust]) -> int:
    """Accept what the workspace wants as it is now, and say what that is."""
    from pathlib import Path

    values = call.values
    session = open_session(call)
    for warning in session.config.warnings:
        call.reporter.warn(warning)
    if values.workspace:
        root: Path | None = session.registered().get(values.workspace)
    else:
        root = session.enclosing_root(call.cwd, values.manifest_path)
    if root is None:
        raise ManifestError(
            f"there is no workspace at `{call.cwd}`, or above it, to be accepted",
            hints=("go to the workspace, or name its folder: `pixi trust --manifest-path FOLDER`",),
        )
    if values.forget:
        gone = session.distrust(root)
        call.out.note(f"{'Took back' if gone else 'There was no'} consent to {root}")
        return 0
    subjects = session.trust_subjects(root) if values.show else session.trust(root)
    if values.json:
        call.out.public_json([_plain(one) for one in subjects])
    else:
        _print(call, root, subjects)
    return 0


def _plain(subject: TrustSubject) -> dict[str, object]:
    return {
        "kind": subject.kind,
        "name": subject.name,
        "content": subject.content,
        "accepted": subject.accepted,
        "counts": subject.counts,
    }


def _print(call: Call[Trust], root: object, subjects: Sequence[TrustSubject]) -> None:
    for one in subjects:
        mark = "accepted" if one.accepted else "not accepted"
        if one.counts and not one.accepted:
            mark += f", but counts by {one.believed_by}"
        call.out.public(f"{one.kind} ({mark}): {_told(one)}")
    if not subjects:
        call.out.note(f"{root} wants nothing that needs consent")


def _told(subject: TrustSubject) -> str:
    if subject.kind == "entering":
        return "activated by a shell that follows `cd`"
    if subject.kind == "configuration":
        return subject.content
    return f"{subject.name} -> {subject.content}"


COMMAND = top("trust", Trust, run, example="trust --show")
