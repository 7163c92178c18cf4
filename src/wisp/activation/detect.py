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
    for candidate in (_parent_name(), environ.get("SHELL", "")):
        shell = named(candidate)
        if shell is not None:
            return shell.name
    return "bash"


def _parent_name() -> str:
    """Name of the parent's program; empty where the system does not tell."""
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        pass
    if not os.path.isdir("/proc/self"):
        import subprocess

        command = ["ps", "-o", "comm=", "-p", str(os.getppid())]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return ""
