"""The workspaces that are measured: made in a scratch folder, each when first asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from tools.bench.measure import BenchError
from tools.forge.build import Forge
from tools.forge.crowd import crowd, maze
from tools.forge.serve import Server

WISP = str(Path(sys.executable).with_name("wisp"))
_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy")
_HEAD = '[workspace]\nname = "{name}"\nchannels = [{channels}]\nplatforms = ["{subdir}"]\n'
_ONE_PLATFORM = "platforms = ["
_FOUR_PLATFORMS = 'platforms = ["linux-aarch64", "osx-arm64", "win-64", '
_TASKS = '[tasks]\nnothing = "/bin/true"\nbuilt-in = "true"\npipe = "{pipe}"\n'

#: What moves through a pipe, in the task shell and in bash.
PIPE = "dd if=/dev/zero bs=1M count=512 status=none | wc -c"


class World:
    """A home, a cache, and the workspaces below `scratch`; data comes from the `forge`.

    What is served lives as long as `stack`.
    """

    def __init__(self, scratch: Path, forge: Forge, cache: Path, stack: ExitStack) -> None:
        self.scratch = scratch
        self.forge = forge
        self.cache = cache
        self.stack = stack
        home = scratch / "home"
        home.mkdir()
        self.variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self.variables |= {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PIXI_CACHE_DIR": str(scratch / "cache"),
        }

    @cached_property
    def small(self) -> Path:
        """An installed workspace with two packages and two tasks."""
        text = self._head("small", self.forge.main) + '[dependencies]\ngreeter = "2.*"\n'
        return self._installed("small", text + _TASKS.format(pipe=PIPE))

    @cached_property
    def large(self) -> Path:
        """An installed workspace like the small one, beside a lock of 2 MB and 500 tasks."""
        return self._crowded("large", environments=13, size=2_000_000)

    @cached_property
    def huge(self) -> Path:
        """The same with a lock of 3 MB."""
        return self._crowded("huge", environments=22, size=3_000_000)

    def _crowded(self, name: str, environments: int, size: int) -> Path:
        head = self._head(name, self.forge.main, maze(self.cache))
        text = head.replace(_ONE_PLATFORM, _FOUR_PLATFORMS)
        text += '[dependencies]\ngreeter = "2.*"\n[feature.maze.dependencies]\nmaze = "*"\n'
        text += _TASKS.format(pipe=PIPE)
        text += "".join(f'task-{n:03} = "echo {n}"\n' for n in range(498))
        members = '{ features = ["maze"], solve-group = "maze" }'
        rows = [f"maze-{n} = {members}\n" for n in range(environments)]
        folder = self._installed(name, text + "[environments]\n" + "".join(rows))
        found = (folder / "pixi.lock").stat().st_size
        if found < size:
            raise BenchError(f"the {name} lock has only {found} bytes")
        return folder

    @cached_property
    def maze(self) -> Path:
        """A workspace whose lock takes a solve of 448 packages."""
        text = self._head("maze", maze(self.cache)) + '[dependencies]\nmaze = "*"\n'
        return self._written("maze", text)

    @cached_property
    def matrix(self) -> Path:
        """A workspace of ten environments on four platforms, of 448 packages each."""
        head = self._head("matrix", maze(self.cache)).replace(_ONE_PLATFORM, _FOUR_PLATFORMS)
        text = head + '[dependencies]\nmaze = "*"\n'
        names = [f"maze-{number:03}" for number in range(9)]
        text += "".join(f'[feature.{name}.dependencies]\n{name} = "*"\n' for name in names)
        rows = [f'{name} = ["{name}"]\n' for name in names]
        return self._written("matrix", text + "[environments]\n" + "".join(rows))

    @cached_property
    def crowd(self) -> Path:
        """A locked workspace of 300 small packages."""
        text = self._head("crowd", crowd(self.cache)) + '[dependencies]\ncrowd = "*"\n'
        return self._installed("crowd", text)

    def bazaar(self, index: str) -> Path:
        """Write a workspace whose lock takes a resolve of 180 wheels from `index`."""
        text = self._head("bazaar", self.forge.main)
        text += f'[dependencies]\npython = "{self.forge.minor}.*"\n'
        text += f'[pypi-dependencies]\nbazaar = "*"\n[pypi-options]\nindex-url = "{index}"\n'
        return self._written("bazaar", text)

    def serve(self, folder: Path) -> str:
        """Serve a folder until the world ends; gives its URL."""
        return self.stack.enter_context(Server(folder)).url

    def without(self, folder: Path, *names: str) -> Callable[[], None]:
        """Give a function that removes these entries of a folder.

        It waits until all that was written and removed is on the disk: else who waits for the disk
        would pay for those who do not.
        """

        def remove() -> None:
            for name in names:
                path = folder / name
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            os.sync()

        return remove

    def _head(self, name: str, *channels: Path) -> str:
        urls = ", ".join(f'"{channel.as_uri()}"' for channel in channels)
        return _HEAD.format(name=name, channels=urls, subdir=self.forge.subdir)

    def _written(self, name: str, text: str) -> Path:
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        (folder / "pixi.toml").write_text(text)
        return folder

    def _installed(self, name: str, text: str) -> Path:
        folder = self._written(name, text)
        done = subprocess.run(
            [WISP, "install"],
            cwd=folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"`wisp install` ended with {done.returncode}\n{done.stderr[-800:]}")
        return folder
