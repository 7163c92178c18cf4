"""The command line in forks of one process that has loaded it, for what is not about its start.

Where a hundred cases differ in nothing but a file, to load the program for each costs five times
what it then does. Here each command still has a process, an environment and streams of its own;
what differs from its launcher is that all modules are there before it begins, and that its streams
are files. Modules of tests ask for it with the mark `forked`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.sandbox import Home, Result

#: Seconds after which a command is ended, by a signal.
_LIMIT = 120
_PARENT = """\
import gc, importlib, json, os, pkgutil, signal, sys
import rattler, wisp
from wisp.cli.launch import launch
for module in pkgutil.walk_packages(wisp.__path__, "wisp."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
gc.freeze()  # else who looks for cycles copies all pages
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(asked["limit"])
            os.chdir(asked["cwd"])
            os.environ.clear()
            os.environ.update(asked["env"])
            os.dup2(os.open(asked["stdin"], os.O_RDONLY), 0)
            for number, name in ((1, "stdout"), (2, "stderr")):
                os.dup2(os.open(asked[name], os.O_RDWR), number)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(70)
        sys.argv = asked["argv"]
        launch(sys.argv)
        os._exit(70)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(slots=True)
class Forks:
    """Runs `wisp` in a home, in forks of a process that lives while the `with` block runs.

    What commands read and say passes through files in `scratch`, so one runs at a time.
    """

    scratch: Path
    _parent: subprocess.Popen[str] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            (sys.executable, "-I", "-c", _PARENT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._parent is not None
        self._parent.communicate()

    def run(self, home: Home, *arguments: str, cwd: Path) -> Result:
        """Run one command to its end."""
        return self.run_as("wisp", *arguments, cwd=cwd, env=home.variables)

    def run_as(
        self,
        program: str,
        *arguments: str,
        cwd: Path,
        env: dict[str, str],
        stdin: str = "",
        limit: float = _LIMIT,
    ) -> Result:
        """Run one command to its end under the name `program`, with these variables alone."""
        with self._turn:
            streams = {name: str(self.scratch / name) for name in ("stdin", "stdout", "stderr")}
            for name, text in (("stdin", stdin), ("stdout", ""), ("stderr", "")):
                Path(streams[name]).write_text(text)  # nothing is left of the command before
            code = self._ask(
                {
                    "argv": [str(Path(sys.executable).parent / program), *arguments],
                    "cwd": str(cwd),
                    "env": env,
                    "limit": int(limit),
                    **streams,
                }
            )
            said = (Path(streams[name]).read_text() for name in ("stdout", "stderr"))
            return Result((program, *arguments), code, *said)

    def _ask(self, asked: dict[str, object]) -> int:
        parent = self._parent
        assert parent is not None
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps(asked) + "\n")
        parent.stdin.flush()
        return int(parent.stdout.readline())
