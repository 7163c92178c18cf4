"""An interactive shell in an environment."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from wisp.activation.detect import running_shell
from wisp.activation.interactive import start
from wisp.activation.shells import named
from wisp.api.use.activated import ActivatedEnvironment
from wisp.engine.process import found_program
from wisp.errors import HostError


def open_shell(
    environment: ActivatedEnvironment,
    *,
    change_prompt: bool | None = None,
    completions: bool = True,
) -> int:
    """Start an interactive shell in the environment; where the system can, it replaces us.

    Returns the exit code of the shell. Raises `HostError` if the shell cannot be started.
    """
    environ = dict(environment.workspace.environ)
    name = _wanted(environ)
    text = environment.hook(name, change_prompt=change_prompt, completions=completions)
    folder = tempfile.mkdtemp(prefix="wisp-shell-")
    how = start(name, _executable(name, environ), text, folder, environ)
    for file, content in how.files.items():
        Path(folder, file).write_text(content, encoding="utf-8")
    variables = {**environ, **how.variables}
    try:
        program = found_program(how.argv[0], environ)
        if program is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if os.name != "nt":
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execve(program, how.argv, variables)
        return subprocess.run(how.argv, executable=program, env=variables, check=False).returncode
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise HostError(f"cannot start '{how.argv[0]}'", causes=(str(error),)) from error


def _wanted(environ: Mapping[str, str]) -> str:
    """Name the shell to open: the one that called, but for `sh`, which runs scripts, the user's."""
    name = running_shell(environ)
    if name != "sh":
        return name
    own = named(environ.get("SHELL", ""))
    if own is not None:
        return own.name
    return name if found_program("bash", environ) is None else "bash"


def _executable(shell: str, environ: Mapping[str, str]) -> str:
    """The program of a shell: the user's own where it is of that kind."""
    own = environ.get("SHELL", "")
    found = named(own) if own else None
    if found is not None and found.name == shell:
        return own
    return {"nushell": "nu", "powershell": "powershell" if os.name == "nt" else "pwsh"}.get(
        shell, shell
    )
