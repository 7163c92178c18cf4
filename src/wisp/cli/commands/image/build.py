"""`image build`: a container image, written, given to an engine, or pushed."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.cli import interrupts
from wisp.cli.call import Call
from wisp.cli.commands.image.look import tell_plan
from wisp.cli.commands.image.settings import Planned, pair, request_of, workspace_of
from wisp.cli.declare import Command, arguments, flag, value, values
from wisp.console.sizes import human_size
from wisp.errors import UsageError
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import BuiltImage, PushedImage, Referrer, RemoteUse, Workspace


class Build(Planned):
    """What `image build` takes."""

    ref: tuple[str, ...] = arguments(
        "REF", needed=False, help="Where `--push` puts the image, besides its tags"
    )
    output: tuple[str, ...] = values(
        "-o", "--output", metavar="PATH", help="An archive (`….tar`) or a folder to write"
    )
    load: bool = flag("--load", help="Give the image to Docker or podman")
    push: bool = flag("--push", help="Put the image into the registries of its names, or at REF")
    tag: tuple[str, ...] = values("-t", "--tag", metavar="NAME", help="A name for the image")
    annotation: tuple[str, ...] = values(
        "--annotation", metavar="KEY=VALUE", help="An annotation of the image"
    )
    sbom: Literal["cyclonedx", "spdx"] | None = value(
        "--sbom",
        choices=("cyclonedx", "spdx"),
        help="Attach a bill of materials to what is pushed, or to a folder that is written",
    )
    dry_run: bool = flag("--dry-run", help="Show the layers, make nothing")


def run_build(call: Call[Build]) -> int:
    """Make an image, and write or load it."""
    given = call.values
    with workspace_of(call, given) as workspace:
        if given.dry_run:
            return tell_plan(call, workspace, given)
        if given.ref and not given.push:
            raise UsageError(
                f"unexpected argument '{given.ref[0]}' found",
                hints=("`--push` puts the image there, `--tag` names it so",),
            )
        if not (given.output or given.load or given.push):
            raise UsageError(
                "nothing says where the image shall go",
                hints=("write a file with `--output image.tar`, or use `--load` or `--push`",),
            )
        if given.sbom and not given.push and all(one.endswith(".tar") for one in given.output):
            raise UsageError(
                "an archive has no place for a bill of materials",
                hints=("write a folder with `--output image/`, or use `--push`",),
            )
        return _build(call, workspace, given)


def _build(call: Call[Build], workspace: Workspace, given: Build) -> int:
    image = workspace.image
    request = request_of(call, workspace, given, code=not given.spec)
    request = replace(
        request,
        annotations=tuple(pair("--annotation", text) for text in given.annotation),
        outputs=tuple(call.cwd / text for text in given.output),
        for_engine=given.load,
    )
    names = image.names((*given.tag, *given.ref) or request.settings.tags)
    built = image.build(request)
    bills = image.bills(built, request, given.sbom) if given.sbom else ()
    for output in request.outputs:
        image.write(built, output, names, bills)
    engine = image.load(built, names) if given.load else None
    pushed = image.push(built, names, bills) if given.push else ()
    use = image.remote_use(request, names) if request.settings.sagemaker else None
    interrupts.ignore()  # all is done
    if given.json:
        call.out.public_json(_as_json(built, names, pushed, bills) | _use_json(use))
        return 0
    for output in request.outputs:
        call.out.success(f"Wrote {output}")
    if engine is not None:
        call.out.success(f"Loaded {', '.join(map(str, names))} into {engine}")
    for one in pushed:
        call.out.success(f"Pushed {', '.join(map(str, one.names))} ({_travelled(one)})")
    if use is not None:
        _tell_use(call, use)
    call.out.result(built.digest)
    return 0


def _tell_use(call: Call[Build], use: RemoteUse) -> None:
    call.out.note(f"Remote functions use it by {use.line}")
    if use.python is not None:
        call.out.note(f"Clients need Python {use.python}, as the image has")
    for name in use.lacks:
        call.out.warning(f"The lock has no `{name}`, without which jobs of remote functions fail")


def _use_json(use: RemoteUse | None) -> dict[str, object]:
    if use is None:
        return {}
    lacks = list(use.lacks)
    return {"sagemaker": {"line": use.line, "python": use.python, "lacks": lacks}}


def _travelled(pushed: PushedImage) -> str:
    summary = pushed.summary
    sent = f"{summary.uploaded} blobs of {human_size(summary.bytes_sent)} sent"
    mounted = f", {summary.mounted} mounted" if summary.mounted else ""
    return f"{sent}{mounted}, {summary.there} were there"


def _as_json(
    built: BuiltImage,
    names: Sequence[object],
    pushed: tuple[PushedImage, ...],
    bills: Sequence[Referrer],
) -> dict[str, object]:
    return {
        "digest": built.digest,
        "tags": [str(name) for name in names],
        "referrers": [one.manifest.descriptor.as_json() for one in bills],
        "pushed": [
            {
                "names": [str(name) for name in one.names],
                "uploaded": one.summary.uploaded,
                "mounted": one.summary.mounted,
                "there": one.summary.there,
                "bytes": one.summary.bytes_sent,
            }
            for one in pushed
        ],
        "images": [
            {
                "platform": str(image.platform),
                "digest": image.manifest.descriptor.digest,
                "config": image.config.descriptor.digest,
                "layers": [
                    {
                        "kind": layer.kind,
                        "digest": layer.digest,
                        "size": layer.size,
                        "packages": list(layer.packages),
                        "cached": layer.cached,
                    }
                    for layer in image.reports
                ],
            }
            for image in built.images
        ],
    }


COMMAND = Command(
    name="build",
    summary="Make an image of an environment and the workspace's code",
    values=Build,
    run=run_build,
    example="image build --task serve --output image.tar",
)
