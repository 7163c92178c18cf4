"""`image dockerfile`: the files with which Docker makes an image of the workspace."""

from __future__ import annotations

from wisp.cli import interrupts
from wisp.cli.call import Call
from wisp.cli.commands.image.settings import Settings, request_of
from wisp.cli.declare import Command, flag, value
from wisp.cli.opening import open_workspace


class Dockerfile(Settings):
    """What `image dockerfile` takes."""

    builder: str | None = value(
        "--builder", metavar="IMAGE", help="An image that has wisp, or Python and pip"
    )
    cache_mounts: bool = flag(
        "--cache-mounts", help="Keep downloads between builds (BuildKit and buildah)"
    )
    force: bool = flag("-f", "--force", help="Replace files that are there")
    stdout: bool = flag("--stdout", help="Print the Dockerfile, write nothing")


def run(call: Call[Dockerfile]) -> int:
    """Write a Dockerfile and what Docker shall ignore."""
    from pathlib import Path

    from wisp import DockerfileOptions

    given = call.values
    workspace = open_workspace(call)
    options = DockerfileOptions(builder=given.builder, cache_mounts=given.cache_mounts)
    files = workspace.image.dockerfile(request_of(call, workspace, given), options)
    if given.stdout:
        call.out.raw(files.dockerfile.rstrip() + "\n")
        return 0
    kept = workspace.image.save(files, force=given.force)
    interrupts.ignore()  # all is done
    call.out.success("Wrote Dockerfile" if kept else "Wrote Dockerfile and .dockerignore")
    for path in kept:
        call.out.note(f"{Path(path).name} is there and stays as it is (`--force` replaces it)")
    return 0


COMMAND = Command(
    name="dockerfile",
    summary="Write a Dockerfile and a .dockerignore, for those who have to use Docker",
    values=Dockerfile,
    run=run,
    example="image dockerfile --base debian:trixie-slim",
)
