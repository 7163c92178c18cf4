"""`image`: container images of environments, without an engine and without a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import Command, flag, top, value, values
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.console.sizes import human_size
from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.values import replace

if TYPE_CHECKING:
    from wisp import BuiltImage, ImageRequest, ImageSettings, PlannedImage, PushedImage, Workspace


class Settings(options.Lock, options.Workspace, options.Config):
    """What every command about an image takes: which one, and how it is made."""

    environment: str | None = options.ENVIRONMENT
    platform: tuple[str, ...] = options.PLATFORMS
    base: str | None = value(
        "--base",
        help="A root file system, layout or image of a registry instead of Debian's packages",
    )
    prefix: str | None = value(
        "--prefix", metavar="PATH", help="Where the environment lies (/opt/conda)"
    )
    workdir: str | None = value(
        "--workdir", metavar="PATH", help="Where the workspace's code lies (/app)"
    )
    user: str | None = value("--user", help="Who containers run as (1000:1000)")
    task: str | None = value("--task", help="The task that containers run")
    port: tuple[str, ...] = values("--port", help="A port that the program listens on")
    label: tuple[str, ...] = values("--label", metavar="KEY=VALUE", help="A label")
    include: tuple[str, ...] = values(
        "--include", metavar="PATTERN", help="Code to put in although it is ignored"
    )
    exclude: tuple[str, ...] = values("--exclude", metavar="PATTERN", help="Code to leave out")
    no_code: bool = flag("--no-code", help="Leave all code out")
    slim: tuple[str, ...] = values(
        "--slim",
        metavar="RULE",
        delimiter=",",
        help="What to leave out of packages instead of `safe`",
    )
    compression: str | None = value(
        "--compression", choices=("gzip", "zstd"), help="How layers are packed"
    )
    debian_package: tuple[str, ...] = values(
        "--debian-package", metavar="NAME", help="A Debian package to add to the base"
    )
    debian_mirror: str | None = value(
        "--debian-mirror", metavar="URL", help="Where Debian packages come from"
    )


class Planned(Settings):
    """What `image plan` takes."""

    spec: tuple[str, ...] = values(
        "-s",
        "--spec",
        conflicts=("--manifest-path", "--workspace", "--environment", "--task", "--include"),
        help="Take these packages instead of a workspace",
    )
    channel: tuple[str, ...] = values(
        "-c", "--channel", requires=("--spec",), help="Where packages of `--spec` come from"
    )
    json: bool = options.JSON


class Build(Planned):
    """What `image build` takes."""

    output: tuple[str, ...] = values(
        "-o", "--output", metavar="PATH", help="An archive (`….tar`) or a folder to write"
    )
    load: bool = flag("--load", help="Give the image to Docker or podman")
    push: bool = flag("--push", help="Put the image under its names into their registries")
    tag: tuple[str, ...] = values("-t", "--tag", metavar="NAME", help="A name for the image")
    annotation: tuple[str, ...] = values(
        "--annotation", metavar="KEY=VALUE", help="An annotation of the image"
    )
    dry_run: bool = flag("--dry-run", help="Show the layers, make nothing")


def run_plan(call: Call[Planned]) -> int:
    """Show the layers that an image would have."""
    with _workspace(call, call.values) as workspace:
        return _tell_plan(call, workspace, call.values)


def run_build(call: Call[Build]) -> int:
    """Make an image, and write or load it."""
    given = call.values
    with _workspace(call, given) as workspace:
        if given.dry_run:
            return _tell_plan(call, workspace, given)
        if not (given.output or given.load or given.push):
            raise UsageError(
                "nothing says where the image shall go",
                hints=("write a file with `--output image.tar`, or use `--load` or `--push`",),
            )
        return _build(call, workspace, given)


@contextmanager
def _workspace(call: Call[Planned] | Call[Build], given: Planned) -> Iterator[Workspace]:
    """Open the workspace that is meant, or one of the packages that are named."""
    if not given.spec:
        yield open_workspace(call)
        return
    from wisp import SpecImage

    wanted = SpecImage(specs=given.spec, channels=given.channel, platforms=given.platform)
    with open_session(call).workspace_of(wanted) as workspace:
        yield workspace


def _build(call: Call[Build], workspace: Workspace, given: Build) -> int:
    image = workspace.image
    request = _request(call, workspace, given)
    request = replace(
        request,
        annotations=tuple(_pair("--annotation", text) for text in given.annotation),
        outputs=tuple(call.cwd / text for text in given.output),
    )
    names = image.names(given.tag or request.settings.tags)
    built = image.build(request)
    for output in request.outputs:
        image.write(built, output, names)
    engine = image.load(built, names) if given.load else None
    pushed = image.push(built, names) if given.push else ()
    interrupts.ignore()  # all is done
    if given.json:
        call.out.public_json(_as_json(built, names, pushed))
        return 0
    for output in request.outputs:
        call.out.success(f"Wrote {output}")
    if engine is not None:
        call.out.success(f"Loaded {', '.join(map(str, names))} into {engine}")
    for one in pushed:
        call.out.success(f"PushedImage {', '.join(map(str, one.names))} ({_travelled(one)})")
    call.out.result(built.digest)
    return 0


def _request(
    call: Call[Planned] | Call[Build], workspace: Workspace, given: Planned
) -> ImageRequest:
    from wisp import ImageRequest

    return ImageRequest(
        environment=given.environment or DEFAULT_ENVIRONMENT,
        platforms=given.platform,
        settings=_settings(call, workspace, given, code=not given.spec),
        usage=usage_of(call),
    )


def _tell_plan(call: Call[Planned] | Call[Build], workspace: Workspace, given: Planned) -> int:
    images = workspace.image.plan(_request(call, workspace, given))
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
    with _workspace(call, call.values) as workspace:
        result = workspace.image.check(_request(call, workspace, call.values))
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


class Update(options.Workspace, options.Config):
    """What `image update` takes."""

    environment: str | None = options.ENVIRONMENT
    platform: tuple[str, ...] = options.PLATFORMS


def run_update(call: Call[Update]) -> int:
    """Choose the packages of generated bases anew."""
    given = call.values
    image = open_workspace(call).image
    environment = given.environment or DEFAULT_ENVIRONMENT
    base = image.settings(environment).base
    renewed = image.update(environment, given.platform)
    interrupts.ignore()  # all is done
    if base is not None:
        call.out.success(f"The next build asks again what `{base}` is")
    for one in renewed:
        count = len(one.packages)
        call.out.success(f"Locked {count} packages of Debian {one.suite} for {one.subdir}")
    return 0


def _settings(
    call: Call[Planned] | Call[Build],
    workspace: Workspace,
    given: Settings,
    *,
    code: bool,
) -> ImageSettings:
    from wisp import ImageOverrides

    texts = {
        "base": given.base,
        "prefix": given.prefix,
        "workdir": given.workdir,
        "user": given.user,
        "task": given.task,
        "debian_mirror": given.debian_mirror,
    }
    lists = {
        "ports": given.port,
        "include": given.include,
        "exclude": given.exclude,
        "slim": given.slim,
        "debian_packages": given.debian_package,
    }
    overrides = ImageOverrides(
        texts={key: text for key, text in texts.items() if text is not None},
        lists={key: words for key, words in lists.items() if words},
        labels=tuple(_pair("--label", text) for text in given.label),
        compression=given.compression,
        no_code=given.no_code or not code,
    )
    environment = given.environment or DEFAULT_ENVIRONMENT
    return workspace.image.settings(environment, overrides, cwd=call.cwd)


def _pair(option: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"`{option} {text}` is not of the form KEY=VALUE")
    return key, value


def _travelled(pushed: PushedImage) -> str:
    summary = pushed.summary
    sent = f"{summary.uploaded} blobs of {human_size(summary.bytes_sent)} sent"
    mounted = f", {summary.mounted} mounted" if summary.mounted else ""
    return f"{sent}{mounted}, {summary.there} were there"


def _as_json(
    built: BuiltImage, names: Sequence[object], pushed: tuple[PushedImage, ...]
) -> dict[str, object]:
    return {
        "digest": built.digest,
        "tags": [str(name) for name in names],
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


_BUILD = Command(
    name="build",
    summary="Make an image of an environment and the workspace's code",
    values=Build,
    run=run_build,
    example="image build --task serve --output image.tar",
)

_PLAN = Command(
    name="plan",
    summary="Show the layers that an image would have",
    values=Planned,
    run=run_plan,
    example="image plan --platform linux-64",
)
_CHECK = Command(
    name="check",
    summary="Import every module and load every library of an image, in Docker or podman",
    values=Planned,
    run=run_check,
    example="image check --slim all",
)
_UPDATE = Command(
    name="update",
    summary="Choose the Debian packages of generated bases anew",
    values=Update,
    run=run_update,
    example="image update",
)

COMMAND = top("image", options.Workspace, commands=(_BUILD, _CHECK, _PLAN, _UPDATE))
