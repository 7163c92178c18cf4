"""`unpack`: a pack becomes an environment, with a script that activates it."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import optional, top, value
from wisp.cli.opening import open_session


class Options(options.Config):
    """What `unpack` takes."""

    file: str | None = optional("FILE", help="The pack (`environment.tar`)")
    output: str | None = value(
        "-o",
        "--output-directory",
        metavar="FOLDER",
        help="Where the environment and its script go (here)",
    )
    env_name: str = value(
        "-e", "--env-name", metavar="NAME", default="env", help="Name of the environment's folder"
    )
    shell: str = value(
        "-s",
        "--shell",
        default="bash",
        choices=("bash", "zsh", "xonsh", "cmd", "powershell", "fish", "nushell"),
        help="For which shell the script is",
    )
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Unpack, and say how to activate."""
    from wisp import UnpackRequest

    given = call.values
    request = UnpackRequest(
        file=call.cwd / (given.file or "environment.tar"),
        output=call.cwd / (given.output or "."),
        name=given.env_name,
        shell=given.shell,
    )
    made = open_session(call).unpack(request)
    interrupts.ignore()  # all is done
    if given.json:
        row = {
            "prefix": str(made.prefix),
            "script": str(made.script),
            "packages": made.package_rows(),
        }
        call.out.public_json(row)
        return 0
    call.out.success(f"Unpacked {len(made.packages)} packages into {made.prefix}")
    call.out.note(f"Activate it with: . {made.script}")
    return 0


COMMAND = top("unpack", Options, run, example="unpack environment.tar -o /srv/app")
