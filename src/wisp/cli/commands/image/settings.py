"""What every command about an image takes, and the request that it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, value, values
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from wisp import ImageRequest, ImageSettings, Workspace

    S = TypeVar("S", bound="Settings")


#: As Docker takes them, too: several joined by commas.
PLATFORMS: tuple[str, ...] = values(
    "-p", "--platform", delimiter=",", help="A platform; may be repeated, or several by commas"
)


class Settings(options.Lock, options.Workspace, options.Config):
    """What every command about an image takes: which one, and how it is made."""

    environment: str | None = options.ENVIRONMENT
    platform: tuple[str, ...] = PLATFORMS
    base: str | None = value(
        "--base",
        help="A root file system, layout, image of a registry or name like `cuda-12`",
    )
    named_base: tuple[str, ...] = values(
        "--named-base", metavar="NAME=IMAGE", help="What a name of a base stands for"
    )
    prefix: str | None = value(
        "--prefix", metavar="PATH", help="Where the environment lies (/opt/conda)"
    )
    workdir: str | None = value(
        "--workdir", metavar="PATH", help="Where the workspace's code lies (/app)"
    )
    user: str | None = value("--user", help="Who containers run as (1000:1000)")
    task: str | None = value("--task", help="The task that containers run")
    command: str | None = value(
        "--command", metavar="WORDS", conflicts=("--task",), help="What containers run"
    )
    health_command: str | None = value(
        "--health-command", metavar="WORDS", help="What asks whether a container is well"
    )
    health_interval: str | None = value(
        "--health-interval", metavar="SECONDS", help="How often it is asked (30)"
    )
    health_timeout: str | None = value(
        "--health-timeout", metavar="SECONDS", help="How long an answer may take (30)"
    )
    health_retries: str | None = value(
        "--health-retries", metavar="NUMBER", help="How many failures in a row count (3)"
    )
    port: tuple[str, ...] = values("--port", help="A port that the program listens on")
    label: tuple[str, ...] = values("--label", metavar="KEY=VALUE", help="A label")
    include: tuple[str, ...] = values(
        "--include", metavar="PATTERN", help="Code to put in although it is ignored"
    )
    exclude: tuple[str, ...] = values("--exclude", metavar="PATTERN", help="Code to leave out")
    no_code: bool = flag("--no-code", help="Leave all code out")
    sagemaker: bool = flag("--sagemaker", help="Put in what SageMaker wants of an image")
    slim: tuple[str, ...] = values(
        "--slim",
        metavar="RULE",
        delimiter=",",
        help="What to leave out of packages instead of `safe`",
    )
    compression: str | None = value(
        "--compression", choices=("gzip", "zstd", "zstd-max"), help="How layers are packed"
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
        conflicts=(
            *("--manifest-path", "--workspace", "--environment", "--task", "--include"),
            *("--frozen", "--locked"),
        ),
        help="Take these packages instead of a workspace",
    )
    channel: tuple[str, ...] = values(
        "-c", "--channel", requires=("--spec",), help="Where packages of `--spec` come from"
    )
    json: bool = options.JSON


@contextmanager
def workspace_of(call: Call[Planned], given: Planned) -> Iterator[Workspace]:
    """Open the workspace that is meant, or one of the packages that are named."""
    if not given.spec:
        yield open_workspace(call)
        return
    from wisp import SpecImage

    wanted = SpecImage(specs=given.spec, channels=given.channel, platforms=given.platform)
    with open_session(call).workspace_of(wanted) as workspace:
        yield workspace


def request_of(
    call: Call[S], workspace: Workspace, given: Settings, *, code: bool = True
) -> ImageRequest:
    """Make a request of the options; without `code` there is no workspace, and no lock either."""
    from wisp import ImageRequest

    # Variables such as PIXI_FROZEN speak of a lock.
    usage = usage_of(call) if code else ImageRequest().usage
    return ImageRequest(
        environment=given.environment or DEFAULT_ENVIRONMENT,
        platforms=given.platform,
        settings=_settings(call, workspace, given, code=code),
        usage=usage,
        run_link_scripts=given.run_post_link_scripts,
    )


def _settings(
    call: Call[S],
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
        "command": tuple(_words("--command", given.command)),
    }
    overrides = ImageOverrides(
        texts={key: text for key, text in texts.items() if text is not None},
        lists={key: words for key, words in lists.items() if words},
        labels=tuple(pair("--label", text) for text in given.label),
        bases=tuple(pair("--named-base", text) for text in given.named_base),
        health=_health(given),
        compression=given.compression,
        no_code=given.no_code or not code,
        sagemaker=given.sagemaker,
    )
    environment = given.environment or DEFAULT_ENVIRONMENT
    return workspace.image.settings(environment, overrides, cwd=call.cwd)


def _health(given: Settings) -> dict[str, object]:
    table: dict[str, object] = {}
    if given.health_command is not None:
        table["command"] = _words("--health-command", given.health_command)
    numbers = {
        "interval": given.health_interval,
        "timeout": given.health_timeout,
        "retries": given.health_retries,
    }
    for name, text in numbers.items():
        if text is not None:
            table[name] = _number(f"--health-{name}", text)
    return table


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"`{option} {text}` is no number") from None


def _words(option: str, text: str | None) -> list[str]:
    """Part a text into words as a shell does."""
    import shlex

    try:
        words = shlex.split(text or "")
    except ValueError as error:
        raise UsageError(f"`{option}` cannot be read: {error}".lower()) from error
    if text is not None and not words:
        raise UsageError(f"`{option}` has no words")
    return words


def pair(option: str, text: str) -> tuple[str, str]:
    """Read KEY=VALUE. Raises `UsageError`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"`{option} {text}` is not of the form KEY=VALUE")
    return key, value
