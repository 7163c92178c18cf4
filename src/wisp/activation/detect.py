"""Which shell a person is typing into."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def running_shell(environ: Mapping[str, str]) -> str:
    """Return the name of the parent process if it is a shell, else of `$SHELL`, else `bash`.

    On Windows the answer is `powershell` or `cmd`.
    """
    from wisp.activation.shells import named

    if os.name == "nt":
        return "powershell" if "PSModulePath" in environ else "cmd"
    for candidate in (_parent_name(environ), environ.get("SHELL", "")):
        shell = named(candidate)
        if shell is not None:
            return shell.name
    return "bash"


def _parent_name(environ: Mapping[str, str]) -> str:
    """Name of the parent's program; empty where the system does not tell."""
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        pass
    return "" if os.path.isdir("/proc/self") else told_by_ps(os.getppid(), environ)


def told_by_ps(number: int, environ: Mapping[str, str]) -> str:
    """Return the name of a process as `ps` tells it; empty where it does not."""
    import subprocess

    from wisp.trust import elsewhere

    command = ["ps", "-o", "comm=", "-p", str(number)]
    variables = {**environ, "PATH": elsewhere(environ.get("PATH", ""))}
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
