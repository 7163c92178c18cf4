"""What the commands on global tools share."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Values, arguments, value, values
from wisp.cli.opening import open_session
from wisp.errors import InstallError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp import GlobalTools, ToolChange

_SOURCE = "Source Options"


class Environment(Values):
    """Which environment is meant."""

    environment: str | None = options.ENVIRONMENT


class Packages(Values):
    """Which packages are wanted, and where those come from that no channel has."""

    packages: tuple[str, ...] = arguments(
        "PACKAGE", needed=False, help="A package, or a match spec"
    )
    expose: tuple[str, ...] = values(
        "--expose", help="A name to expose: NAME=EXECUTABLE or EXECUTABLE"
    )
    path: str | None = value(
        "--path", group=_SOURCE, conflicts=("--git",), help="A folder with a source"
    )
    git: str | None = value("--git", group=_SOURCE, help="A git repository with a source")
    branch: str | None = value(
        "--branch",
        group=_SOURCE,
        conflicts=("--tag", "--rev"),
        requires=("--git",),
        help="A branch of the repository",
    )
    tag: str | None = value(
        "--tag",
        group=_SOURCE,
        conflicts=("--branch", "--rev"),
        requires=("--git",),
        help="A tag of the repository",
    )
    rev: str | None = value(
        "--rev",
        group=_SOURCE,
        conflicts=("--branch", "--tag"),
        requires=("--git",),
        help="A commit of the repository",
    )
    subdirectory: str | None = value(
        "--subdirectory",
        group=_SOURCE,
        conflicts=("--subdir",),
        requires=("--git",),
        help="Where in the repository the source is",
    )
    subdir: str | None = value(
        "--subdir",
        group=_SOURCE,
        conflicts=("--subdirectory",),
        requires=("--git",),
        hidden=True,
    )
    build_backend: str | None = value(
        "--build-backend", group=_SOURCE, help="What builds the source"
    )
    package: tuple[str, ...] = values(
        "--package", metavar="KEY=VALUE", group=_SOURCE, help="An entry of the package's table"
    )


def open_tools(call: Call[options.ConfigSource]) -> GlobalTools:
    """Open the global tools of the user."""
    return open_session(call).tools()


def tell(call: Call[options.Global], changes: Iterable[ToolChange]) -> bool:
    """Say what was changed, and whether anything was."""
    from wisp.console.tool_list import told

    lines = [told(change) for change in changes]
    for line in lines:
        call.out.success(line)
    return bool(lines)


def words_of(wanted: Packages, *, needed: bool = True) -> tuple[str, ...]:
    """Return the packages that are wanted.

    Raises `UsageError` where there are none but needed, `InstallError` for sources, which wisp
    cannot build.
    """
    if any((wanted.path, wanted.git, wanted.build_backend, wanted.package)):
        raise InstallError(
            "tools that have to be built from sources cannot be installed yet",
            hints=("build the package with another program, then install it from a channel",),
        )
    if needed and not wanted.packages:
        raise missing("<PACKAGE>...")
    return wanted.packages


def environment_of(wanted: Environment) -> str:
    """Return the environment that is meant. Raises `UsageError` where none is."""
    if wanted.environment is None:
        raise missing("--environment <ENVIRONMENT>")
    return wanted.environment


def missing(what: str) -> UsageError:
    """Return the failure of a command line that lacks something."""
    return UsageError(f"the following required arguments were not provided:\n  {what}")
