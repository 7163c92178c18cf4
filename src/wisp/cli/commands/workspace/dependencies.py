"""`workspace dependencies`: the pool that `{ workspace = true }` takes requirements from."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.requirements import Git, git_of
from wisp.cli.declare import Command, arguments, top, value
from wisp.cli.opening import open_workspace, usage_of


class List(options.Manifest):
    """What `list` takes."""

    json: bool = options.JSON


class Change(options.Manifest, options.LockAndInstall, options.Config):
    """What changes take."""


class Add(Git, Change):
    """What `add` takes."""

    specs: tuple[str, ...] = arguments("SPEC", help="A package, or a match spec")
    path: str | None = value(
        "--path", conflicts=("--git",), help="A folder or file with the sources"
    )


class Remove(Change):
    """What `remove` takes."""

    names: tuple[str, ...] = arguments("NAME", help="A package")


def add(call: Call[Add]) -> int:
    """Add to the pool, lock and install anew."""
    values = call.values
    rows = open_workspace(call).edit.pool.add(
        values.specs,
        path=call.cwd / values.path if values.path else None,
        git=git_of(call),
        usage=usage_of(call),
    )
    for name, spec in rows:
        call.out.success(f"Added {_row(name, spec)}")
    return 0


def show(call: Call[List]) -> int:
    """Print the pool."""
    pool = open_workspace(call).show.pool()
    if call.values.json:
        call.out.public_json(pool)
        return 0
    for name, spec in pool.items():
        call.out.result(_row(name, spec))
    return 0


def remove(call: Call[Remove]) -> int:
    """Remove from the pool, lock and install anew."""
    open_workspace(call).edit.pool.remove(call.values.names, usage=usage_of(call))
    for name in call.values.names:
        call.out.success(f"Removed {name}")
    return 0


def _row(name: str, spec: object) -> str:
    if isinstance(spec, dict):
        spec = ", ".join(f"{key} {value}" for key, value in spec.items())
    return f"{name} {spec}"


COMMAND = top(
    "workspace dependencies",
    options.Manifest,
    commands=(
        Command(
            name="add",
            summary="Add to what features and packages may inherit",
            values=Add,
            run=add,
            aliases=("a",),
            help_without_words=True,
            example="workspace dependencies add numpy=2",
        ),
        Command(
            name="list",
            summary="List what may be inherited",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace dependencies list",
        ),
        Command(
            name="remove",
            summary="Remove what nobody inherits",
            values=Remove,
            run=remove,
            aliases=("rm",),
            help_without_words=True,
            example="workspace dependencies remove numpy",
        ),
    ),
)
