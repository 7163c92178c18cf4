"""What `add` and `remove` have in common: their options and the lines about where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Option
from wisp.layout import DEFAULT_FEATURE

if TYPE_CHECKING:
    from wisp.api.edits.requests import Selection
    from wisp.specs.locations import GitLocation

SPECS = Argument("spec", "SPEC", "some", help="A package: a name, match spec or PEP 508 text")

SELECTION = (
    Option(("--pypi",), conflicts=("--host", "--build"), help="PyPI packages, not conda's"),
    options.PLATFORMS,
    options.FEATURE,
    Option(
        ("-e", "--environment"),
        "ENVIRONMENT",
        "value",
        conflicts=("--feature", "--host", "--build"),
        help="The environment whose own content to change",
    ),
    Option(("--host",), conflicts=("--build", "--pypi", "--environment"), hidden=True),
    Option(("--build",), conflicts=("--host", "--pypi", "--environment"), hidden=True),
)
GIT = (
    Option(("-g", "--git"), "GIT", "value", help="A git repository with the sources"),
    Option(
        ("--branch",),
        "BRANCH",
        "value",
        conflicts=("--tag", "--rev"),
        requires=("--git",),
        help="The branch to take",
    ),
    Option(
        ("--tag",),
        "TAG",
        "value",
        conflicts=("--branch", "--rev"),
        requires=("--git",),
        help="The tag to take",
    ),
    Option(
        ("--rev",),
        "REV",
        "value",
        conflicts=("--branch", "--tag"),
        requires=("--git",),
        help="The commit to take",
    ),
    Option(
        ("--subdirectory",),
        "SUBDIRECTORY",
        "value",
        conflicts=("--subdir",),
        requires=("--git",),
        help="The folder inside the repository",
    ),
    Option(("--subdir",), "SUBDIR", "value", requires=("--git",), hidden=True),
)
SURROUNDINGS = (
    *options.LOCK_AND_INSTALL,
    *options.WORKSPACE,
    options.SCRIPT,
    *options.CONFIG,
)


def selection_of(call: Call) -> dict[str, Any]:
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


def git_of(call: Call) -> GitLocation | None:
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
