"""`image plan` and `image check`: what an image would have, and whether all of it loads."""

from __future__ import annotations

from wisp.cli.call import Call
from wisp.cli.commands.image.settings import Planned, request_of, workspace_of
from wisp.cli.declare import Command
from wisp.console.sizes import human_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import PlannedImage, Workspace


def run_plan(call: Call[Planned]) -> int:
    """Show the layers that an image would have."""
    with workspace_of(call, call.values) as workspace:
        return tell_plan(call, workspace, call.values)


def tell_plan(call: Call[Planned], workspace: Workspace, given: Planned) -> int:
    """Print the layers of packages of each image."""
    images = workspace.image.plan(request_of(call, workspace, given, code=not given.spec))
    if given.json:
        call.out.public_json({"images": [_planned_json(image) for image in images]})
        return 0
    for image in images:
        call.out.result(f"{image.platform}: {len(image.layers)} layers of packages")
        for one in image.layers:
            names = ", ".join(package.name for package in one.layer.packages)
            size = human_size(one.size) if one.size else "?"
            mark = "cached" if one.cached else "new"
            call.out.result(f"  {one.layer.kind:5}  {size:>10}  {mark:6}  {names}")
    return 0


def _planned_json(image: PlannedImage) -> dict[str, object]:
    return {
        "platform": image.platform,
        "layers": [
            {
                "kind": one.layer.kind,
                "size": one.size or None,
                "cached": one.cached,
                "packages": [f"{p.name} {p.version}".strip() for p in one.layer.packages],
            }
            for one in image.layers
        ],
    }


def run_check(call: Call[Planned]) -> int:
    """Try everything in an image; exit code 1 if something is broken."""
    with workspace_of(call, call.values) as workspace:
        result = workspace.image.check(
            request_of(call, workspace, call.values, code=not call.values.spec)
        )
    if call.values.json:
        call.out.public_json(
            {
                "tried": result.tried,
                "broken": dict(result.broken),
                "failing": dict(result.failing),
                "sound": result.is_sound,
            }
        )
        return 0 if result.is_sound else 1
    for title, rows in (
        ("broken by leaving things out", result.broken),
        ("does not load", result.failing),
    ):
        for name, why in rows.items():
            call.out.result(f"{title}: {name}\n  {why}")
    good = result.tried - len(result.broken) - len(result.failing)
    call.out.note(f"{good} of {result.tried} modules and libraries load")
    return 0 if result.is_sound else 1


PLAN = Command(
    name="plan",
    summary="Show the layers that an image would have",
    values=Planned,
    run=run_plan,
    example="image plan --platform linux-64",
)
CHECK = Command(
    name="check",
    summary="Import every module and load every library of an image, in Docker or podman",
    values=Planned,
    run=run_check,
    example="image check --slim all",
)
