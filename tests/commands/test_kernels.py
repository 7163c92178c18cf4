"""`kernels`: what Jupyter is told of environments."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text
from tools.forge.build import Forge

pytestmark = pytest.mark.forked


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    """A workspace whose environment `lab` has a package `ipykernel` that tells its environment."""
    folder = tmp_path / "ws"
    package = folder / "kernel"
    package.mkdir(parents=True)
    (package / "pyproject.toml").write_text(
        '[project]\nname = "ipykernel"\nversion = "1"\n'
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[tool.setuptools]\npy-modules = ["ipykernel_launcher"]\n'
    )
    (package / "ipykernel_launcher.py").write_text(
        "import os, sys\nprint(os.environ['MARK'], os.environ['PIXI_ENVIRONMENT_NAME'], sys.argv)\n"
    )
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "My Shop"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[activation.env]\nMARK = "set"\n'
        '[feature.lab.pypi-dependencies]\nipykernel = { path = "./kernel" }\n'
        '[environments]\nlab = ["lab"]\n'
    )
    return folder


def kernels(wisp: CommandLine) -> Path:
    return Path(wisp.home.variables["XDG_DATA_HOME"], "jupyter", "kernels")


def test_a_kernel_starts_in_its_activated_environment(wisp: CommandLine, workspace: Path) -> None:
    done = wisp("kernels", "install", "-e", "lab", cwd=workspace).success()
    assert "Jupyter has the kernel 'My Shop (lab)' now, under 'my-shop-lab'" in done.stderr
    written = json.loads((kernels(wisp) / "my-shop-lab" / "kernel.json").read_text())
    assert written["display_name"] == "My Shop (lab)"
    argv = [word.replace("{connection_file}", "c.json") for word in written["argv"]]
    started = subprocess.run(
        argv, cwd=Path("/"), env=wisp.home.variables, capture_output=True, text=True, check=True
    )
    assert started.stdout.splitlines()[-1].startswith("set lab [")
    assert "'-f', 'c.json'" in started.stdout


def test_the_kernel_of_an_environment_with_r_starts_r(wisp: CommandLine, tmp_path: Path) -> None:
    says = '#!/bin/sh\necho "$MARK $PIXI_ENVIRONMENT_NAME" "$@"\n'
    packages = [tiny("r-base", files=(text("bin/R", says, executable=True),)), tiny("r-irkernel")]
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "stats"\nplatforms = ["linux-64"]\n'
        f'channels = ["{channel(tmp_path / "channel", packages).as_uri()}"]\n'
        '[dependencies]\nr-base = "*"\nr-irkernel = "*"\n[activation.env]\nMARK = "set"\n'
    )
    wisp("kernels", "install", cwd=tmp_path).success()
    written = json.loads((kernels(wisp) / "stats" / "kernel.json").read_text())
    assert written["language"] == "R"
    argv = [word.replace("{connection_file}", "c.json") for word in written["argv"]]
    started = subprocess.run(
        argv, cwd=Path("/"), env=wisp.home.variables, capture_output=True, text=True, check=True
    )
    assert started.stdout.splitlines()[-1] == (
        "set default --slave -e IRkernel::main() --args c.json"
    )


def test_kernels_are_listed_and_removed(wisp: CommandLine, workspace: Path) -> None:
    strange = kernels(wisp) / "python3"
    strange.mkdir(parents=True)
    (strange / "kernel.json").write_text('{"argv": [], "display_name": "Python 3"}')
    wisp("kernels", "install", "-e", "lab", "--name", "shop", cwd=workspace).success()
    wisp("kernels", "install", "-e", "lab", "--name", "shop", cwd=workspace).success()
    told = wisp("kernels", "list", "--json", cwd=Path("/")).success().stdout
    assert json.loads(told) == [
        {
            "name": "shop",
            "display_name": "My Shop (lab)",
            "manifest_path": str(workspace / "pixi.toml"),
            "environment": "lab",
        }
    ]
    wisp("kernels", "remove", "shop", cwd=Path("/")).success()
    assert wisp("kernels", "list", cwd=Path("/")).success().stdout == ""
    assert strange.is_dir()


@pytest.mark.parametrize("name", ["python3", "../python3", "Shop", "nope"])
def test_what_is_not_ours_is_neither_removed_nor_replaced(
    wisp: CommandLine, workspace: Path, name: str
) -> None:
    strange = kernels(wisp) / "python3"
    strange.mkdir(parents=True)
    (strange / "kernel.json").write_text('{"argv": [], "display_name": "Python 3"}')
    assert wisp("kernels", "remove", name, cwd=workspace).code == 1
    if name != "nope":
        assert wisp("kernels", "install", "-e", "lab", "-n", name, cwd=workspace).code == 1
    assert (strange / "kernel.json").read_text().endswith('"Python 3"}')


def test_an_environment_without_a_kernel_says_what_to_add(
    wisp: CommandLine, workspace: Path
) -> None:
    refused = wisp("kernels", "install", cwd=workspace)
    assert refused.code == 1
    assert "environment 'default' has no ipykernel" in refused.stderr
    assert "nor r-irkernel, which it starts for R" in refused.stderr
    assert "`wisp add ipykernel` adds it" in refused.stderr
    assert not kernels(wisp).exists()
