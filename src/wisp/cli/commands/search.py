"""`search`: look for packages in channels."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import argument, flag, top, value, values
from wisp.cli.opening import open_session, open_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import FoundPackage, PackageSearch


class Options(options.Workspace, options.Config):
    """What `search` takes."""

    package: str = argument("PACKAGE", help="A name, a glob such as `py*`, or a spec")
    channel: tuple[str, ...] = values("-c", "--channel", help="A channel to look in")
    platform: str | None = options.PLATFORM
    limit: int = value(
        "-l",
        "--limit",
        read=options.whole,
        signed=True,
        default="5",
        help="How many versions of a package to show, -1 for all",
    )
    limit_packages: int = value(
        "-n",
        "--limit-packages",
        read=options.whole,
        signed=True,
        default="5",
        help="How many packages to show, -1 for all",
    )
    json: bool = flag("--json", conflicts=("--limit", "--limit-packages"), help="Print JSON")


def run(call: Call[Options]) -> int:
    """Print what the channels have under a name."""
    values = call.values
    lines, packages = _limit(values.limit), _limit(values.limit_packages)
    search = _open(call)
    call.out.note(f"Using channels: {', '.join(one.text for one in search.channels)}")
    found = search.find(call.values.package)
    if call.values.json:
        call.out.public_json(_by_subdir(found))
    elif len(found) == 1:
        call.out.public(_card(found[0], search, lines))
    else:
        call.out.public(_lists(found, search, lines, packages))
    return 0


def _open(call: Call[Options]) -> PackageSearch:
    values, session = call.values, open_session(call)
    inside = session.enclosing_root(call.cwd, values.manifest_path) is not None
    look = open_workspace(call).show if inside else session
    return look.search(values.channel, values.platform, cwd=call.cwd)


def _limit(number: int) -> int | None:
    """Return a limit: None, for all, when it is negative."""
    return None if number < 0 else number


def _card(package: FoundPackage, search: PackageSearch, limit: int | None) -> str:
    from wisp.console.package_card import card

    versions = {
        version: [record.row for record in records]
        for version, records in package.versions().items()
    }
    return card(package.best_for(search.host).row, versions, limit)


def _lists(
    found: tuple[FoundPackage, ...], search: PackageSearch, lines: int | None, packages: int | None
) -> str:
    from wisp.console.package_card import joined, version_list

    shown = found[:packages]
    return joined(
        (
            version_list(
                one.name, [record.row for record in one.records], lines, search.channel_name
            )
            for one in shown
        ),
        len(found) - len(shown),
    )


def _by_subdir(found: tuple[FoundPackage, ...]) -> dict[str, list[object]]:
    answer: dict[str, list[object]] = {}
    for package in found:
        for record in package.records:
            answer.setdefault(record.subdir, []).append(record.row)
    return answer


COMMAND = top(
    "search", Options, run, help_without_words=True, example="search 'pytorch>=2' -c conda-forge"
)
