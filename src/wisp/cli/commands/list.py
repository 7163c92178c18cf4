"""`list`: the locked packages of an environment."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, optional, top, value, values
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError, WispError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from wisp import PackageList

#: What a row can tell.
FIELDS = (
    "arch",
    "build",
    "build-number",
    "constrains",
    "depends",
    "file-name",
    "is-editable",
    "kind",
    "license",
    "license-family",
    "md5",
    "name",
    "noarch",
    "platform",
    "requested-spec",
    "sha256",
    "size",
    "source",
    "subdir",
    "timestamp",
    "track-features",
    "url",
    "version",
)
_DEFAULT_FIELDS = ("name", "version", "build", "size", "kind", "source")


class Options(options.LockAndInstall, options.Script, options.ConfigSource):
    """What `list` takes."""

    regex: str | None = optional("REGEX", help="Only packages whose name fits")
    platform: str | None = value("--platform", help="The platform to list for")
    json: bool = flag("--json", "--json-pretty", help="Print JSON")
    sort_by: Literal["size", "name", "kind"] = value(
        "--sort-by",
        choices=("size", "name", "kind"),
        default="name",
        conflicts=("--json",),
        help="The order of the rows",
    )
    fields: tuple[str, ...] = values(
        "--fields",
        delimiter=",",
        conflicts=("--json",),
        help=f"The columns, separated by commas: {', '.join(FIELDS)}",
    )
    environment: str | None = options.ENVIRONMENT
    explicit: bool = flag("-x", "--explicit", help="Only packages that the manifest names")


def run(call: Call[Options]) -> int:
    """Print the packages as a table or as JSON."""
    values = call.values
    columns = _columns(values.fields)
    workspace = open_workspace(call)
    found = workspace.show.packages(
        values.environment,
        values.platform,
        pattern=values.regex,
        explicit=values.explicit,
        sort_by=values.sort_by,
        usage=usage_of(call),
    )
    if values.json:
        call.out.public_json([row.as_json() for row in found.rows])
        remember(call, workspace, found)
        return 0
    if not found.rows:
        raise WispError(
            f"No packages found in '{found.environment}' environment for '{found.platform}' "
            "platform.",
            hints=_instead(found),
        )
    from wisp.console.package_table import package_table
    from wisp.console.package_tree import heading

    for line in heading(found):
        call.out.note(line)
    for line in package_table(found.rows, columns, call.out.painter()):
        call.out.public(line)
    remember(call, workspace, found)
    return 0


def _instead(found: PackageList) -> list[str]:
    """Word what may be listed where nothing is."""
    if found.near:
        return [f"did you mean {' or '.join(f'`{name}`' for name in found.near)}?"]
    if found.locked:
        default = found.environment == DEFAULT_ENVIRONMENT
        option = "" if default else f" --environment {found.environment}"
        return [f"`pixi list{option}` lists all that is locked"]
    return ["the environment asks for no package there, or does not support the platform"]


def _columns(fields: Sequence[str] | None) -> tuple[str, ...]:
    """Check the names of the columns; their order is that of the call."""
    columns = tuple(field.strip() for field in fields or _DEFAULT_FIELDS)
    for column in columns:
        if column not in FIELDS:
            raise UsageError(
                f"invalid value '{column}' for '--fields <FIELDS>'",
                hints=(f"[possible values: {', '.join(FIELDS)}]",),
            )
    return columns


COMMAND = top(
    "list",
    Options,
    run,
    example="list 'python.*' --sort-by size",
    remembered=options.HOW_LOCKED
    | {"platform", "json", "sort_by", "fields", "environment", "explicit"},
)
