"""`pack`: an environment as one file, for machines without a network."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, value, values
from wisp.cli.opening import open_workspace, usage_of
from wisp.console.sizes import human_size
from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import PackedEnvironment


class Options(options.Lock, options.Workspace, options.Config):
    """What `pack` takes."""

    environment: str | None = options.ENVIRONMENT
    platform: str | None = value(
        "-p", "--platform", help="For which kind of machine (this one's unless named)"
    )
    output: str | None = value(
        "-o", "--output-file", metavar="FILE", help="Where to write it (`environment.tar`)"
    )
    format: Literal["pack", "prefix"] = value(
        "--format",
        choices=("pack", "prefix"),
        default="pack",
        help="Package files as pixi-pack packs them, or the environment itself for any place",
    )
    create_executable: bool = flag(
        "--create-executable",
        conflicts=("--format",),
        help="Write a shell script that unpacks itself, with no other tool",
    )
    inject: tuple[str, ...] = values(
        "-i", "--inject", metavar="FILE", help="A conda package or a wheel to add"
    )
    ignore_pypi_non_wheel: bool = flag(
        "--ignore-pypi-non-wheel", help="Leave out PyPI packages that have no wheel"
    )
    use_cache: str | None = value(
        "--use-cache", metavar="FOLDER", help="Keep downloads there, and take them from there"
    )
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Pack an environment, and say where it is."""
    from pathlib import Path

    from wisp import PackRequest

    given = call.values
    if given.use_cache and (given.create_executable or given.format == "prefix"):
        raise UsageError("`--use-cache` keeps package files, of which only packs are made")
    request = PackRequest(
        environment=given.environment or DEFAULT_ENVIRONMENT,
        platform=given.platform,
        form="executable" if given.create_executable else given.format,
        output=call.cwd / given.output if given.output else None,
        cwd=call.cwd,
        inject=tuple(map(Path, given.inject)),
        cache=Path(given.use_cache) if given.use_cache else None,
        ignore_sources=given.ignore_pypi_non_wheel,
        usage=usage_of(call),
    )
    made = open_workspace(call).pack(request)
    interrupts.ignore()  # all is done
    if given.json:
        call.out.public_json(_as_json(made))
        return 0
    count = len(made.packages)
    call.out.success(f"Packed {count} packages into {made.path} ({human_size(made.size)})")
    return 0


def _as_json(made: PackedEnvironment) -> dict[str, object]:
    return {
        "path": str(made.path),
        "form": made.form,
        "environment": made.environment,
        "platform": made.platform,
        "size": made.size,
        "sha256": made.sha256,
        "packages": made.package_rows(),
    }


COMMAND = top("pack", Options, run, example="pack -e prod --platform linux-64")
