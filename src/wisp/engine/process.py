"""Children whose output is wanted: started with a chosen environment, waited for, captured."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from wisp.errors import HostError
from wisp.trust import elsewhere
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How often whoever waits for a child looks at what it does.
LOOK_SECONDS = 1.0
#: How long a child that must not be broken off may go on after we were asked to end.
GRACE_SECONDS = 20.0

#: The children that somebody waits for.
_running: set[subprocess.Popen[Any]] = set()


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """What a finished child left: its exit code (negative: signal) and its two streams."""

    code: int
    stdout: str
    stderr: str


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a program that is no task: it finds none where one stands."""
    path = environ.get("PATH")
    return dict(environ) if path is None else {**environ, "PATH": elsewhere(path)}


def found_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a program of the user's, None where there is none."""
    return shutil.which(name, path=elsewhere(environ.get("PATH", "")))


def capture(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin: str | None = None,
    keep_open: Sequence[int] = (),
    look: Callable[[int], object] | None = None,
) -> ProcessResult:
    """Run a program to its end. An exit code other than 0 is a result, not an error.

    `keep_open` are descriptors that the child inherits (POSIX), such as a prefix lock. `look` is
    called every second meanwhile, with the child's number; what it raises ends the child.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    try:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=given(environ),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=tuple(keep_open) if os.name == "posix" else (),
        )
    except OSError as error:
        raise cannot_start(argv[0], error) from error
    with child, listed(child):
        stdout, stderr = _communicated(child, stdin, look)
    return ProcessResult(child.returncode, stdout, stderr)


def run_to_end(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    waiting: Callable[[], object],
    grace: float = GRACE_SECONDS,
) -> ProcessResult:
    """Run a program that leaves a mess if it is broken off, and let it come to its end.

    No signal of the terminal reaches it, and what it says goes to a file, so that it also goes on
    without us. Whoever asks us to end waits for it, for `grace` seconds at most, and is told so by
    `waiting`; who asks twice does not. All that it said is the `stdout` of the result.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    import tempfile

    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=given(environ),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                **_apart(),
            )
        except OSError as error:
            raise cannot_start(argv[0], error) from error
        try:
            child.wait()
        except BaseException:
            waiting()
            _let_end(child, grace)
            raise
        said.seek(0)
        return ProcessResult(child.returncode, said.read().decode("utf-8", "replace"), "")


def _let_end(child: subprocess.Popen[bytes], grace: float) -> None:
    """Wait for a child a while; kill one that does not end, or where we are asked to end again."""
    try:
        child.wait(grace)
    except BaseException as error:
        child.kill()
        child.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise


def _apart() -> dict[str, Any]:
    """Return what keeps a child from the signals of our terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _communicated(
    child: subprocess.Popen[str], stdin: str | None, look: Callable[[int], object] | None
) -> tuple[str, str]:
    while True:
        try:
            return child.communicate(stdin, None if look is None else LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            stdin = None  # the child has it, or will get it
            if look is not None:
                look(child.pid)


@contextmanager
def listed(child: subprocess.Popen[Any]) -> Iterator[None]:
    """Let `stop_children` find a child; kill it when waiting for it ends early."""
    _running.add(child)
    try:
        yield
    except BaseException:
        child.kill()
        raise
    finally:
        _running.discard(child)


def stop_children() -> None:
    """Kill what `capture` waits for on other threads: these go on with that as its result."""
    for child in tuple(_running):
        with suppress(OSError):
            child.kill()


def hand_over(
    argv: Sequence[str], *, environ: Mapping[str, str], starts_theirs: bool = False
) -> int:
    """Run a program on our own terminal, e.g. an editor, and return its exit code.

    One that `starts_theirs`, a script of the user's, leaves it the whole `PATH`, as to a task.

    Raises:
        HostError: The program is missing or cannot be started.

    """
    try:
        variables = environ if starts_theirs else given(environ)
        return subprocess.run(list(argv), env=variables, check=False).returncode
    except OSError as error:
        raise cannot_start(argv[0], error) from error


def cannot_start(program: str, error: OSError) -> HostError:
    """Say that a program could not be started."""
    return HostError(f"could not start `{program}`", causes=[error.strerror or str(error)])
