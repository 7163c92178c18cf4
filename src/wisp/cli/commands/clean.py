"""`clean`: remove what can be made again: environments and caches."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, flag, top, value
from wisp.cli.opening import open_session, open_workspace


class Clean(options.Manifest):
    """What `clean` takes."""

    environment: str | None = value(
        "-e", "--environment", conflicts=("--build",), help="Only this environment"
    )
    activation_cache: bool = flag("--activation-cache", help="Only the activation cache")
    build: bool = flag("--build", help="Only the build folder")
    workspaces_registry: bool = flag(
        "--workspaces-registry", help="Only registry entries that are gone"
    )


class Cache(options.Workspace):
    """What `cache` takes."""

    pypi: bool = flag("--pypi", help="Wheels and archives of PyPI")
    conda: bool = flag("--conda", help="Conda packages")
    mapping: bool = flag("--mapping", help="Conda to PyPI names")
    exec: bool = flag("--exec", help="Environments of one-off commands and scripts")
    repodata: bool = flag("--repodata", help="Lists of packages")
    notices: bool = flag("--notices", help="Notices of channels")
    build_backends: bool = flag("--build-backends", help="Environments of build back-ends")
    build: bool = flag("--build", help="What was built from sources")
    images: bool = flag("--images", help="Layers and bases of images")
    yes: bool = flag("-y", "--yes", "--assume-yes", help="Do not ask")


def run(call: Call[Clean]) -> int:
    """Remove the environments and caches of the workspace, or only the named part."""
    values = call.values
    report = open_workspace(call).clean(
        values.environment,
        activation_cache=values.activation_cache,
        build=values.build,
        registry=values.workspaces_registry,
    )
    _tell(call, report.freed, report.untouched)
    return 0


def run_cache(call: Call[Cache]) -> int:
    """Remove the chosen kinds of caches, or all after a question."""
    session = open_session(call)
    chosen = [kind for kind in session.cache_kinds() if kind in _chosen(call.values)]
    hint = "say yes with `--yes`"
    unasked = bool(chosen) or call.values.yes
    if not unasked and not call.out.confirm("Remove all caches?", hint=hint):
        call.out.note("Nothing was removed.")
        return 0
    report = session.clean_caches(chosen)
    _tell(call, report.freed, report.untouched)
    if report.kept:
        more = f" and {len(report.kept) - 3} more" if len(report.kept) > 3 else ""
        call.out.note(f"INFO: Left what is no known cache: {', '.join(report.kept[:3])}{more}")
    return 0


def _chosen(values: Cache) -> frozenset[str]:
    """Return the kinds of caches that the options name."""
    given = {
        "pypi": values.pypi,
        "conda": values.conda,
        "mapping": values.mapping,
        "exec": values.exec,
        "repodata": values.repodata,
        "notices": values.notices,
        "build-backends": values.build_backends,
        "build": values.build,
        "images": values.images,
    }
    return frozenset(kind for kind, wanted in given.items() if wanted)


def _tell(call: Call, freed: int, untouched: tuple[str, ...]) -> None:
    from wisp.console.sizes import human_size

    for folder in untouched:
        call.out.note(f'INFO: Folder "{folder}" was already clean.')
    if freed:
        call.out.note(f"Removed {human_size(freed)}")


COMMAND = top(
    "clean",
    Clean,
    run,
    example="clean -e test",
    commands=(
        Command(
            name="cache",
            summary="Remove caches of the user",
            values=Cache,
            run=run_cache,
            example="clean cache --pypi",
        ),
    ),
)
