"""`image build --sagemaker` and `image shim`, without Docker and without the platform."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.commands.test_image import base_folder, build, document, unpack
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = [pytest.mark.slow, pytest.mark.forked]

SETTINGS = """
[activation.env]
SETTING = "$CONDA_PREFIX/x"

[tasks]
train = "greeter train"
serve = "greeter serve"
"""


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "team"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    manifest = folder / "pixi.toml"
    manifest.write_text(manifest.read_text().replace("[tasks]\n", "") + SETTINGS)
    wisp("add", "--no-install", "greeter", "activator", cwd=folder).success()
    return folder


def test_an_image_has_what_the_platform_wants(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    base = base_folder(tmp_path / "base")
    made = build(wisp, workspace, base, tmp_path / "layout", "--sagemaker", "-t", "team/jobs:1")
    config = document(tmp_path / "layout", made["images"][0]["config"])["config"]
    env = dict(row.split("=", 1) for row in config["Env"])
    assert config["User"] == "0:0"
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert env["PATH"].startswith("/opt/conda/bin:")
    assert (env["PIP_NO_INDEX"], env["USER"]) == ("1", "root")
    unpack(tmp_path / "layout", made["digest"], tmp_path / "root")
    root = tmp_path / "root"
    activate = (root / env["BASH_ENV"].lstrip("/")).read_text()
    assert ". /opt/conda/etc/conda/activate.d/activator.sh" in activate
    # What stands after a script may depend on it.
    assert 'export SETTING="$CONDA_PREFIX/x"' in activate
    assert f". {env['BASH_ENV']}" in (root / config["Entrypoint"][0].lstrip("/")).read_text()
    programs = root / "usr" / "local" / "bin"
    assert (programs / "mamba").readlink() == Path("conda")
    assert "exec greeter serve" in (programs / "serve").read_text()
    assert "exec greeter train" in (root / "usr/local/lib/wisp/train").read_text()
    assert made["sagemaker"] == {
        "line": '@remote(image_uri="docker.io/team/jobs:1")',
        "python": None,
        "lacks": ["pip", "sagemaker"],
    }


def test_a_build_says_what_jobs_lack(
    workspace: Path, wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    base = base_folder(tmp_path / "base")
    wisp("add", "--no-install", f"python={forge.minor}", cwd=workspace).success()
    words = ("image", "build", "--base", str(base), "-o", "x.tar", "--sagemaker", "-t", "r.io/a:1")
    done = wisp(*words, cwd=workspace).success()
    assert '@remote(image_uri="r.io/a:1")' in done.stderr
    assert f"Clients need Python {forge.minor}" in done.stderr
    assert "The lock has no `pip`" in done.stderr
    assert done.stdout.startswith("sha256:")


def test_another_user_is_refused(workspace: Path, wisp: CommandLine, tmp_path: Path) -> None:
    base = base_folder(tmp_path / "base")
    words = ("image", "build", "--base", str(base), "-o", "x.tar", "--sagemaker", "--user", "7:7")
    done = wisp(*words, cwd=workspace)
    assert done.code == 2
    assert "SageMaker runs jobs as root" in done.stderr


def test_a_shim_answers_in_an_installed_environment(workspace: Path, wisp: CommandLine) -> None:
    early = wisp("image", "shim", cwd=workspace)
    assert early.code == 2
    assert "wisp install" in early.stderr
    wisp("install", cwd=workspace).success()
    wisp("image", "shim", cwd=workspace).success()
    wisp("image", "shim", cwd=workspace).success()
    found = wisp("run", "conda", "env", "export", "--no-builds", cwd=workspace).success().stdout
    assert "  - greeter=" in found
    assert wisp("run", "mamba", "info", "--json", cwd=workspace).success()
    program = workspace / ".pixi" / "envs" / "default" / "bin" / "conda"
    program.write_text("#!/bin/sh\necho real\n")
    refused = wisp("image", "shim", cwd=workspace)
    assert refused.code == 1
    assert "has a `conda` of its own" in refused.stderr
    assert program.read_text() == "#!/bin/sh\necho real\n"


def test_activation_happens_once_however_deep_the_shells_are(tmp_path: Path) -> None:
    from wisp.image.sagemaker import activate_text

    script = tmp_path / "noisy.sh"
    script.write_text("echo sourced\nbash -c 'echo inner'\n")
    activate = tmp_path / "activate.sh"
    activate.write_text(activate_text([str(script)], {"LATE": '"$FIRST end"'}))
    env = {"BASH_ENV": str(activate), "FIRST": "1", "PATH": "/usr/bin:/bin"}
    command = ["bash", "-euc", 'echo "$LATE"; bash -c \'echo "$LATE"\'']
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "sourced\ninner\n1 end\n1 end\n"
    assert done.stderr == ""
