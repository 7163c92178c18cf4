"""`list`: the locked packages of an environment."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError, WispError

_FIELDS = (
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


def run(call: Call) -> int:
    """Print the packages as a table or as JSON."""
    from wisp.api.locks.locked_view import look_up
    from wisp.api.views.inspect import chosen_rows, package_rows

    values = call.values
    columns = _columns(values.fields)
    workspace = open_workspace(call)
    view = look_up(workspace, values.environment, values.platform, usage_of(call))
    rows = chosen_rows(
        package_rows(view.lock, view.inputs, view.editable),
        values.regex,
        explicit=values.explicit,
        sort_by=values.sort_by,
    )
    if values.json:
        call.out.public_json([row.as_json() for row in rows])
        return 0
    if not rows:
        platform = view.inputs.platform.name
        raise WispError(
            f"No packages found in '{view.inputs.environment}' environment for '{platform}' "
            "platform."
        )
    from wisp.console.package_table import package_table

    for line in view.heading:
        call.out.note(line)
    for line in package_table(rows, columns):
        call.out.public(line)
    return 0


def _columns(fields: Sequence[str] | None) -> tuple[str, ...]:
    """Check the names of the columns; their order is that of the call."""
    columns = tuple(field.strip() for field in fields or _DEFAULT_FIELDS)
    for column in columns:
        if column not in _FIELDS:
            raise UsageError(
                f"invalid value '{column}' for '--fields <FIELDS>'",
                hints=(f"[possible values: {', '.join(_FIELDS)}]",),
            )
    return columns


COMMAND = Command(
    name="list",
    aliases=("ls",),
    summary="List the locked packages of an environment",
    arguments=(Argument("regex", "REGEX", "optional", help="Only packages whose name fits"),),
    options=(
        Option(("--platform",), "PLATFORM", "value", help="The platform to list for"),
        Option(("--json", "--json-pretty"), help="Print JSON"),
        Option(
            ("--sort-by",),
            "SORT_BY",
            "value",
            choices=("size", "name", "kind"),
            default="name",
            conflicts=("--json",),
            help="The order of the rows",
        ),
        Option(
            ("--fields",),
            "FIELDS",
            "list",
            delimiter=",",
            conflicts=("--json",),
            help=f"The columns, separated by commas: {', '.join(_FIELDS)}",
        ),
        options.ENVIRONMENT,
        Option(("-x", "--explicit"), help="Only packages that the manifest names"),
        *options.LOCK_AND_INSTALL,
        *options.WORKSPACE,
        options.SCRIPT,
        *options.CONFIG_SOURCE,
    ),
    run=run,
)
