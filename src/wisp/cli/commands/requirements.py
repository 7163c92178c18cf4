"""What `add` and `remove` have in common: their options and the lines about where."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.declare import arguments, flag, value
from wisp.cli.names import environment_name
from wisp.layout import DEFAULT_FEATURE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypedDict

    from wisp import GitLocation
    from wisp.cli.call import Call

    CondaTable = Literal["dependencies", "host-dependencies", "build-dependencies", "constraints"]

    class Selection(TypedDict):
        """Which requirements are meant: their kind, and where they stand."""

        pypi: bool
        table: CondaTable
        feature: str
        environment: str | None
        platforms: tuple[str, ...]


class Selecting(options.Global):
    """The packages, and the part of the manifest they belong to."""

    spec: tuple[str, ...] = arguments("SPEC", help="A package: a name, match spec or PEP 508 text")
    pypi: bool = flag("--pypi", conflicts=("--host", "--build"), help="PyPI packages, not conda's")
    platform: tuple[str, ...] = options.PLATFORMS
    feature: str = options.FEATURE
    environment: str | None = value(
        "-e",
        "--environment",
        conflicts=("--feature", "--host", "--build"),
        read=environment_name,
        help="The environment whose own content to change",
    )
    host: bool = flag("--host", conflicts=("--build", "--pypi", "--environment"), hidden=True)
    build: bool = flag("--build", conflicts=("--host", "--pypi", "--environment"), hidden=True)


class Git(options.Global):
    """The repository that a package comes from."""

    git: str | None = value("-g", "--git", help="A git repository with the sources")
    branch: str | None = value(
        "--branch", conflicts=("--tag", "--rev"), requires=("--git",), help="The branch to take"
    )
    tag: str | None = value(
        "--tag", conflicts=("--branch", "--rev"), requires=("--git",), help="The tag to take"
    )
    rev: str | None = value(
        "--rev", conflicts=("--branch", "--tag"), requires=("--git",), help="The commit to take"
    )
    subdirectory: str | None = value(
        "--subdirectory",
        conflicts=("--subdir",),
        requires=("--git",),
        help="The folder inside the repository",
    )
    subdir: str | None = value("--subdir", requires=("--git",), hidden=True)


class Requirements(Selecting, Git, options.LockAndInstall, options.Script, options.Config):
    """What editing requirements takes."""


def selection_of(call: Call[Selecting]) -> Selection:
    """Return which requirements the options mean, as `add` and `remove` take it."""
    values = call.values
    table: CondaTable = "host-dependencies" if values.host else "dependencies"
    return {
        "pypi": values.pypi,
        "table": "build-dependencies" if values.build else table,
        "feature": values.feature or DEFAULT_FEATURE,
        "environment": values.environment,
        "platforms": values.platform,
    }


def git_of(call: Call[Git]) -> GitLocation | None:
    """Return the repository that the options name."""
    from wisp import git_location

    values = call.values
    if values.git is None:
        return None
    return git_location(
        values.git,
        branch=values.branch,
        tag=values.tag,
        rev=values.rev,
        subdirectory=values.subdirectory or values.subdir,
    )


def tell_where(call: Call, verb: str, where: Selection) -> None:
    """Say which tables were changed, where these are not the plain ones."""
    out = call.out
    table = "pypi-dependencies" if where["pypi"] else where["table"]
    if table != "dependencies":
        out.note(f"{verb} these as {table}.")
    if where["platforms"]:
        out.note(f"{verb} these only for platform(s): {', '.join(where['platforms'])}")
    if where["environment"] is not None:
        out.note(f"{verb} these only for environment: {where['environment']}")
    elif where["feature"] != DEFAULT_FEATURE:
        out.note(f"{verb} these only for feature: {where['feature']}")
