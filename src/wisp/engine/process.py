"""Children whose output is wanted: started with a chosen environment, waited for, captured."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wisp.errors import HostError


@dataclass(frozen=True, slots=True)
class Completed:
    """What a finished child left: its exit code (negative: signal) and its two streams."""

    code: int
    stdout: str
    stderr: str


def capture(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin: str | None = None,
    keep_open: Sequence[int] = (),
) -> Completed:
    """Run a program to its end. An exit code other than 0 is a result, not an error.

    `keep_open` are descriptors that the child inherits (POSIX), such as a prefix lock.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=dict(environ),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            pass_fds=tuple(keep_open) if os.name == "posix" else (),
        )
    except OSError as error:
        raise _cannot_start(argv[0], error) from error
    return Completed(done.returncode, done.stdout, done.stderr)


def hand_over(argv: Sequence[str], *, environ: Mapping[str, str]) -> int:
    """Run a program on our own terminal, e.g. an editor, and return its exit code.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    try:
        return subprocess.run(list(argv), env=dict(environ), check=False).returncode
    except OSError as error:
        raise _cannot_start(argv[0], error) from error


def _cannot_start(program: str, error: OSError) -> HostError:
    return HostError(f"could not start `{program}`", causes=[error.strerror or str(error)])
