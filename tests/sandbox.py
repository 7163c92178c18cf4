"""An isolated home and the real command line in it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.forks import Forks

#: What a test may see of the machine it runs on: how to reach the network and to trust it.
_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder of its own, and the environment variables that lead there.

    `cache` may be shared with other tests: what lies in it is only ever added to.
    """

    path: Path
    cache: Path
    variables: dict[str, str]


def make_home(path: Path, cache: Path) -> Home:
    """Make an empty home at `path`."""
    path.mkdir(parents=True)
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    variables = passed_on | {
        "HOME": str(path),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "XDG_CONFIG_HOME": str(path / ".config"),
        "XDG_CACHE_HOME": str(path / ".cache"),
        "XDG_DATA_HOME": str(path / ".local/share"),
        "XDG_STATE_HOME": str(path / ".local/state"),
        "PIXI_HOME": str(path / ".pixi"),
        "PIXI_CACHE_DIR": str(cache),
    }
    return Home(path, cache, variables)


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it said."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    def success(self) -> Result:
        """Give the result itself; fails the test, with all output, unless the code is 0."""
        if self.code != 0:
            raise AssertionError(
                f"{' '.join(self.command)} ended with {self.code}\n{self.stdout}{self.stderr}"
            )
        return self


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs `wisp`, or the same program as `pixi`, in a home.

    Calling it runs to the end, in a fork where there are `forks`; `start` leaves the process to the
    test.
    """

    home: Home
    program: str = "wisp"
    variables: dict[str, str] = field(default_factory=dict)
    forks: Forks | None = None

    @property
    def executable(self) -> Path:
        """The launcher that was installed beside this interpreter."""
        return Path(sys.executable).parent / self.program

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """All variables that the program sees."""
        return self.home.variables | self.variables | (extra or {})

    def __call__(
        self,
        *arguments: str,
        cwd: Path,
        env: dict[str, str] | None = None,
        stdin: str = "",
        timeout: float = 180,
    ) -> Result:
        if self.forks is not None:
            variables = self.environment(env)
            return self.forks.run_as(
                self.program, *arguments, cwd=cwd, env=variables, stdin=stdin, limit=timeout
            )
        command = (str(self.executable), *arguments)
        done = self._ended(command, cwd, env, stdin, timeout)
        return Result((self.program, *arguments), done.returncode, done.stdout, done.stderr)

    def bash(
        self, line: str, *arguments: str, cwd: Path, env: dict[str, str] | None = None
    ) -> Result:
        """Run a line of bash in which `"$@"` is the program with these arguments."""
        command = ("bash", "-c", line, "bash", str(self.executable), *arguments)
        done = self._ended(command, cwd, env, "", 60)
        return Result((line, *arguments), done.returncode, done.stdout, done.stderr)

    def _ended(
        self,
        command: tuple[str, ...],
        cwd: Path,
        env: dict[str, str] | None,
        stdin: str,
        timeout: float,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=self.environment(env),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def imported(self, *arguments: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
        """Run to the end and give the modules that the program imported; Python itself tells."""
        python = (sys.executable, "-I", "-X", "importtime")
        done = subprocess.run(
            (*python, str(self.executable), *arguments),
            cwd=cwd,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
        return {line.rpartition("|")[2].strip() for line in lines}

    def start(
        self, *arguments: str, cwd: Path, env: dict[str, str] | None = None, group: bool = False
    ) -> subprocess.Popen[str]:
        """Start the program with pipes, in a process group of its own if `group`."""
        return subprocess.Popen(
            (str(self.executable), *arguments),
            cwd=cwd,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=group,
        )
