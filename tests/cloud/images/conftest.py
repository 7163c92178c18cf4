"""A workspace whose image real engines run, and a registry on this machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.needs import need, skip_if_unreachable
from tests.sandbox import CommandLine, make_home
from tools.cloud.registry import serve_registry
from tools.forge.build import Forge
from tools.forge.serve import Server

#: What the forge's CPython, made for this machine, takes from the system.
SYSTEM_LIBRARIES = ("libffi8", "libbz2-1.0", "liblzma5", "libsqlite3-0", "libcrypt1")
PROGRAM = """\
import ctypes, os, sys
from importlib.metadata import version
import numpy, rich, mine
print(f"numpy {numpy.arange(6).sum()} rich {version('rich')} at {sys.prefix} {mine.WHO}")
print(f"uid {os.getuid()} home {os.access(os.environ['HOME'], os.W_OK)}")
"""


def run(*command: str, cwd: Path | None = None, timeout: float = 300) -> str:
    """Run a program that has to succeed, and return what it printed."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def docker_runs() -> None:
    """Skip the test unless Docker Engine answers."""
    need("docker")
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        pytest.skip("Docker Engine does not run here")


@dataclass(frozen=True)
class Demo:
    """A workspace of CPython, numpy, PyPI packages and own code, and how to build it."""

    folder: Path
    wisp: CommandLine

    def build(self, output: Path, *words: str, cwd: Path | None = None) -> dict[str, Any]:
        command = ("image", "build", "--output", str(output), "--json", *words)
        done = self.wisp(*command, cwd=cwd or self.folder, timeout=600).success()
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="session")
def demo(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The workspace; the lock and `image.lock` are made once."""
    scratch = tmp_path_factory.mktemp("demo")
    wisp = CommandLine(make_home(scratch / "home", scratch / "cache"))
    folder = scratch / "ws"
    with Server(forge.folder) as server:
        wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=scratch).success()
        manifest = folder / "pixi.toml"
        packages = ", ".join(f'"{name}"' for name in SYSTEM_LIBRARIES)
        manifest.write_text(
            manifest.read_text().replace("[tasks]\n", "")
            + f'\n[pypi-options]\nindex-url = "{server.url}/simple"\n'
            + '\n[tasks]\nsay = "echo before"\n'
            + 'hello = { cmd = "python app.py", depends-on = ["say"] }\n'
            + f'\n[tool.wisp.image]\ntask = "hello"\ndebian-packages = [{packages}]\n'
            + 'tags = ["wisp-demo:test"]\n'
        )
        (folder / "app.py").write_text(PROGRAM)
        (folder / "mine.py").write_text("WHO = 'own code'\n")
        (folder / ".env").write_text("TOKEN=canary\n")
        conda = (f"python={forge.minor}", "numpy", "pytool", "activator")
        wisp("add", "--no-install", *conda, cwd=folder).success()
        wisp("add", "--no-install", "--pypi", "rich", cwd=folder).success()
        made = wisp("image", "update", cwd=folder, timeout=300)
        skip_if_unreachable(made.stderr if made.code else "")
        made.success()
        yield Demo(folder, wisp)


@pytest.fixture(scope="session")
def layout(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The image as a layout, and its digest."""
    folder = tmp_path_factory.mktemp("image") / "layout"
    return folder, demo.build(folder)["digest"]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry on this machine: its host and port."""
    need("docker-registry")
    with serve_registry(tmp_path) as address:
        yield address
