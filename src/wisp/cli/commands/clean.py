"""`clean`: remove what can be made again: environments and caches."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, Option
from wisp.cli.opening import open_workspace


def run(call: Call) -> int:
    """Remove the environments and caches of the workspace, or only the named part."""
    from wisp.api.use.cleaning import clean_workspace

    values = call.values
    report = clean_workspace(
        open_workspace(call),
        environment=values.environment,
        activation_cache=values.activation_cache,
        build=values.build,
        registry=values.workspaces_registry,
    )
    _tell(call, report.freed, report.untouched)
    return 0


def run_cache(call: Call) -> int:
    """Remove the chosen kinds of caches, or all after a question."""
    from wisp.api.use.cleaning import CACHE_KINDS, clean_caches

    chosen = [kind for kind in CACHE_KINDS if getattr(call.values, kind.replace("-", "_"))]
    if not chosen and not call.values.yes and not call.out.confirm("Remove all caches?"):
        call.out.note("Nothing was removed.")
        return 0
    report = clean_caches(chosen, call.environ)
    _tell(call, report.freed, report.untouched)
    return 0


def _tell(call: Call, freed: int, untouched: tuple[str, ...]) -> None:
    from wisp.console.sizes import human_size

    for folder in untouched:
        call.out.note(f'INFO: Folder "{folder}" was already clean.')
    if freed:
        call.out.note(f"Removed {human_size(freed)}")


_CACHES = (
    Option(("--pypi",), help="Wheels and archives of PyPI"),
    Option(("--conda",), help="Conda packages"),
    Option(("--mapping",), help="Conda to PyPI names"),
    Option(("--exec",), help="Environments of one-off commands and scripts"),
    Option(("--repodata",), help="Lists of packages"),
    Option(("--notices",), help="Notices of channels"),
    Option(("--build-backends",), help="Environments of build back-ends"),
    Option(("--build",), help="What was built from sources"),
    Option(("-y", "--yes", "--assume-yes"), help="Do not ask"),
)

COMMAND = Command(
    name="clean",
    summary="Remove environments and caches of the workspace",
    options=(
        Option(
            ("-e", "--environment"),
            "ENVIRONMENT",
            "value",
            conflicts=("--build",),
            help="Only this environment",
        ),
        Option(("--activation-cache",), help="Only the activation cache"),
        Option(("--build",), help="Only the build folder"),
        Option(("--workspaces-registry",), help="Only registry entries that are gone"),
        *options.WORKSPACE,
        *options.CONFIG_SOURCE,
    ),
    run=run,
    commands=(
        Command(name="cache", summary="Remove caches of the user", options=_CACHES, run=run_cache),
    ),
)
