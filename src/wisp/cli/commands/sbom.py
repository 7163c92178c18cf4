"""`sbom`: a bill of materials of an environment, for scanners, or its licences for people."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, value
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.printable import printable_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import BillOfMaterials


class Options(options.Lock, options.Script, options.Config):
    """What `sbom` takes."""

    environment: str | None = options.ENVIRONMENT
    platform: str | None = options.PLATFORM
    prefix: str | None = value(
        "--prefix",
        metavar="PATH",
        conflicts=("--manifest-path", "--workspace", "--environment", "--platform"),
        help="Describe what lies in this prefix instead of what is locked",
    )
    format: Literal["cyclonedx", "spdx"] = value(
        "--format",
        choices=("cyclonedx", "spdx"),
        default="cyclonedx",
        help="The format of the bill, in JSON",
    )
    output: str | None = value("-o", "--output", metavar="FILE", help="Write it into a file")
    licenses: bool = flag(
        "--licenses", conflicts=("--output",), help="List packages by their licences"
    )
    json: bool = flag("--json", requires=("--licenses",), help="List them as JSON")


def run(call: Call[Options]) -> int:
    """Print or write the bill, or list licences."""
    given = call.values
    if given.prefix is not None:
        bill = open_session(call).bill(call.cwd / given.prefix)
    else:
        workspace = open_workspace(call)
        bill = workspace.show.bill(given.environment, given.platform, usage=usage_of(call))
    if given.licenses:
        return _list(call, bill)
    text = bill.written(given.format)
    if given.output is None:
        call.out.raw(printable_json(text))
        return 0
    target = call.cwd / given.output
    bill.save(target, given.format)
    interrupts.ignore()  # all is done
    call.out.success(f"Wrote {target}")
    return 0


def _list(call: Call[Options], bill: BillOfMaterials) -> int:
    if call.values.json:
        call.out.public_json([one.as_json() for one in bill.components])
        return 0
    from wisp.console.licenses import license_lines

    for line in license_lines(bill.components, call.out.painter()):
        call.out.public(line)
    return 0


COMMAND = top("sbom", Options, run, example="sbom --format spdx --output sbom.spdx.json")
