"""`why`: what leads to a package that is locked."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import argument, top
from wisp.cli.opening import open_workspace, usage_of


class Options(options.Lock, options.Script, options.Config):
    """What `why` takes."""

    package: str = argument("PACKAGE", help="A locked package, of conda or PyPI")
    environment: tuple[str, ...] = options.ENVIRONMENTS
    platform: tuple[str, ...] = options.PLATFORMS
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Print the shortest chains from what the manifest asks for to the package."""
    from wisp.console.package_reasons import reason_lines

    values, out = call.values, call.out
    reasons = open_workspace(call).show.why(
        values.package, values.environment, values.platform, usage=usage_of(call)
    )
    if values.json:
        out.public_json([reason.as_json() for reason in reasons])
        return 0
    for line in reason_lines(reasons, out.painter()):
        out.public(line)
    return 0


COMMAND = top("why", Options, run, example="why openssl", help_without_words=True)
