"""What `add` and `remove` have in common: their options and the lines about where."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.declare import arguments, flag, value
from wisp.layout import DEFAULT_FEATURE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.edits.requests import Selection
    from wisp.cli.call import Call
    from wisp.specs.locations import GitLocation


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


def selection_of(call: Call[Selecting]) -> dict[str, Any]:
    """Return the fields of a `Selection` that the options fill."""
    values = call.values
    table = "host-dependencies" if values.host else "dependencies"
    return {
        "pypi": values.pypi,
        "table": "build-dependencies" if values.build else table,
        "feature": values.feature or DEFAULT_FEATURE,
        "environment": values.environment,
        "platforms": tuple(values.platform),
    }


def git_of(call: Call[Git]) -> GitLocation | None:
    """Return the repository that the options name."""
    from wisp.api.edits.requests import git_location

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


def tell_where(call: Call, verb: str, selection: Selection) -> None:
    """Say which tables were changed, where these are not the plain ones."""
    out = call.out
    if selection.table_name != "dependencies":
        out.note(f"{verb} these as {selection.table_name}.")
    if selection.platforms:
        out.note(f"{verb} these only for platform(s): {', '.join(selection.platforms)}")
    if selection.environment is not None:
        out.note(f"{verb} these only for environment: {selection.environment}")
    elif selection.feature != DEFAULT_FEATURE:
        out.note(f"{verb} these only for feature: {selection.feature}")
