"""The command line in forks of one process that has loaded it, for families of data.

Where a hundred cases differ in nothing but a file, to load the program for each costs five times
what it then does. Here each command still has a process, an environment and streams of its own;
what differs from `tests.sandbox` is that all modules are there before it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.sandbox import Home, Result

#: Seconds after which a command is ended, by a signal.
_LIMIT = 120
_PARENT = """\
import importlib, json, os, pkgutil, signal, sys
import rattler, wisp
from wisp.cli.launch import launch
for module in pkgutil.walk_packages(wisp.__path__, "wisp."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        signal.alarm(asked["limit"])
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        for number, path in enumerate((os.devnull, asked["stdout"], asked["stderr"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        sys.argv = asked["argv"]
        launch(sys.argv)
        os._exit(70)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(slots=True)
class Forks:
    """Runs `wisp` in a home, in forks of a process that lives while the `with` block runs.

    What commands say passes through two files in `scratch`.
    """

    scratch: Path
    _parent: subprocess.Popen[str] | None = None

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
        parent = self._parent
        assert parent is not None
        assert parent.stdin is not None
        assert parent.stdout is not None
        said = {name: self.scratch / name for name in ("stdout", "stderr")}
        asked = {
            "argv": [str(Path(sys.executable).parent / "wisp"), *arguments],
            "cwd": str(cwd),
            "env": home.variables,
            "limit": _LIMIT,
            **{name: str(path) for name, path in said.items()},
        }
        parent.stdin.write(json.dumps(asked) + "\n")
        parent.stdin.flush()
        code = int(parent.stdout.readline())
        return Result(("wisp", *arguments), code, *(path.read_text() for path in said.values()))
