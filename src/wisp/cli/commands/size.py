"""`size`: where the gigabytes are, in a terminal, as JSON or as a page to click through."""

from __future__ import annotations

import os

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import optional, top, value
from wisp.cli.opening import open_session, open_workspace
from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from wisp import SizeReport, Weigher


class Options(options.Workspace, options.Config):
    """What `size` takes."""

    subject: str | None = optional(
        "SUBJECT", help="An environment, an image (layout or archive), or a lock"
    )
    other: str | None = optional("OTHER", help="What to compare it with")
    environment: str | None = options.ENVIRONMENT
    platform: str | None = value(
        "-p", "--platform", help="Weigh what the lock knows of this platform"
    )
    html: str | None = value("--html", metavar="FILE", help="Write a page with a map")
    limit: int = value(
        "--limit",
        metavar="COUNT",
        read=options.whole,
        default="15",
        help="How many packages to show",
    )
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Weigh one thing, or compare two."""
    given = call.values
    subjects = [one for one in (given.subject, given.other) if one is not None]
    if given.environment and not subjects:
        subjects = [given.environment]
    paths = [_path(call, one) for one in subjects]
    sizes = open_session(call).sizes if paths and all(paths) else open_workspace(call).sizes
    reports = [
        _weigh(call, sizes, one, path) for one, path in zip(subjects, paths, strict=True)
    ] or [sizes.environment(DEFAULT_ENVIRONMENT, given.platform)]
    if len(reports) == 2:
        return _compare(call, sizes, *reports)
    (report,) = reports
    if given.html is not None:
        from wisp.console.size_page import size_page

        target = call.cwd / given.html
        sizes.save(target, size_page(report))
        interrupts.ignore()  # all is done
        call.out.success(f"Wrote {target}")
    if given.json:
        call.out.public_json(report.as_json())
    elif given.html is None:
        from wisp.console.size_bars import report_lines

        for line in report_lines(report, call.out.painter(), limit=given.limit):
            call.out.public(line)
    return 0


def _path(call: Call[Options], subject: str) -> Path | None:
    """Return the file or folder that is meant; a plain name is an environment's first."""
    from pathlib import Path

    path = Path(os.path.normpath(call.cwd / subject))
    looks_like_one = "/" in subject or path.suffix in (".tar", ".gz", ".lock")
    if looks_like_one and not path.exists():
        raise UsageError(f"`{subject}` does not exist")
    return path if looks_like_one or (path / "oci-layout").exists() else None


def _weigh(call: Call[Options], sizes: Weigher, subject: str, path: Path | None) -> SizeReport:
    given = call.values
    if path is None:
        return sizes.environment(subject, given.platform)
    return sizes.file(path, given.environment or DEFAULT_ENVIRONMENT, given.platform)


def _compare(call: Call[Options], sizes: Weigher, before: SizeReport, after: SizeReport) -> int:
    from wisp.console.size_bars import change_lines

    if call.values.html is not None:
        raise UsageError("a page shows one thing: leave the second out, or `--html`")
    rows = sizes.changes(before, after)
    if call.values.json:
        call.out.public_json(
            {
                "before": {"subject": before.subject, "size": before.size},
                "after": {"subject": after.subject, "size": after.size},
                "changes": [
                    {
                        "name": one.name,
                        "before": one.before,
                        "after": one.after,
                        "version_before": one.version_before,
                        "version_after": one.version_after,
                    }
                    for one in rows
                ],
            }
        )
        return 0
    for line in change_lines(before, after, rows, call.out.painter()):
        call.out.public(line)
    return 0


COMMAND = top("size", Options, run, example="size --html sizes.html")
