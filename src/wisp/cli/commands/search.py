"""`search`: look for packages in channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_session, open_workspace
from wisp.errors import UsageError

if TYPE_CHECKING:
    from wisp.api.views.searching import PackageSearch
    from wisp.search import Package


def run(call: Call) -> int:
    """Print what the channels have under a name."""
    lines, packages = _limit(call, "limit"), _limit(call, "limit_packages")
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


def _open(call: Call) -> PackageSearch:
    from wisp.api.configuring import enclosing_root
    from wisp.api.views.searching import open_search

    values = call.values
    root = enclosing_root(call.cwd, call.environ, values.manifest_path)
    workspace = None if root is None else open_workspace(call)
    return open_search(
        open_session(call) if workspace is None else workspace.session,
        call.cwd,
        workspace,
        channels=tuple(values.channel or ()),
        platform=values.platform,
    )


def _limit(call: Call, option: str) -> int | None:
    """Read a limit: None, for all, when it is negative."""
    text = getattr(call.values, option)
    try:
        number = int(text)
    except ValueError:
        flag = option.replace("_", "-")
        raise UsageError(f"invalid value '{text}' for '--{flag}'") from None
    return None if number < 0 else number


def _card(package: Package, search: PackageSearch, limit: int | None) -> str:
    from wisp.console.package_card import card

    versions = {
        version: [record.row for record in records]
        for version, records in package.versions().items()
    }
    return card(package.best_for(search.host).row, versions, limit)


def _lists(
    found: tuple[Package, ...], search: PackageSearch, lines: int | None, packages: int | None
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


def _by_subdir(found: tuple[Package, ...]) -> dict[str, list[object]]:
    answer: dict[str, list[object]] = {}
    for package in found:
        for record in package.records:
            answer.setdefault(record.subdir, []).append(record.row)
    return answer


COMMAND = Command(
    name="search",
    summary="Search packages in channels",
    help_without_words=True,
    arguments=(Argument("package", "PACKAGE", help="A name, a glob such as `py*`, or a spec"),),
    options=(
        Option(("-c", "--channel"), "CHANNEL", "list", help="A channel to look in"),
        options.PLATFORM,
        Option(
            ("-l", "--limit"),
            "LIMIT",
            "value",
            default="5",
            help="How many versions of a package to show, -1 for all",
        ),
        Option(
            ("-n", "--limit-packages"),
            "LIMIT_PACKAGES",
            "value",
            default="5",
            help="How many packages to show, -1 for all",
        ),
        Option(("--json",), conflicts=("--limit", "--limit-packages"), help="Print JSON"),
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
)
