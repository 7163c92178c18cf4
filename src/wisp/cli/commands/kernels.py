"""`kernels`: let Jupyter start kernels inside environments."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, top, value
from wisp.cli.opening import open_session, open_workspace


class Install(options.Manifest):
    """What `install` takes."""

    environment: str = value("-e", "--environment", default="default", help="The environment")
    name: str | None = value("-n", "--name", help="The kernel's name for Jupyter")
    json: bool = options.JSON


class List(options.Global):
    """What `list` takes."""

    json: bool = options.JSON


class Remove(options.Global):
    """What `remove` takes."""

    name: str = argument("NAME", help="The kernel's name, as `kernels list` shows it")


def install(call: Call[Install]) -> int:
    """Write the kernel of an environment."""
    values = call.values
    kernel = open_workspace(call).install_kernel(values.environment, values.name)
    if values.json:
        call.out.public_json(kernel.as_json())
    else:
        call.out.success(f"Jupyter has the kernel '{kernel.shown}' now, under '{kernel.name}'")
    return 0


def show(call: Call[List]) -> int:
    """List the kernels that wisp has written."""
    kernels = open_session(call).kernels()
    if call.values.json:
        call.out.public_json([kernel.as_json() for kernel in kernels])
        return 0
    for kernel in kernels:
        call.out.public(f"{kernel.name}  {kernel.environment}  {kernel.manifest}")
    return 0


def remove(call: Call[Remove]) -> int:
    """Take a kernel away."""
    open_session(call).remove_kernel(call.values.name)
    call.out.success(f"Jupyter has no kernel '{call.values.name}' any more")
    return 0


COMMAND = top(
    "kernels",
    options.Global,
    commands=(
        Command(
            name="install",
            summary="Write the kernel of an environment",
            values=Install,
            run=install,
            aliases=("i",),
            example="kernels install -e default",
        ),
        Command(
            name="list",
            summary="List the kernels that wisp has written",
            values=List,
            run=show,
            aliases=("ls",),
            example="kernels list",
        ),
        Command(
            name="remove",
            summary="Take a kernel away",
            values=Remove,
            run=remove,
            aliases=("rm",),
            example="kernels remove demo",
        ),
    ),
)
