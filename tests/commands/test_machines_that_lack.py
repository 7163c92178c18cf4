"""Environments that ask for more than the machine has: the reason, and the way to pretend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = [{channel!r}]
platforms = ["linux-64"]

[feature.big.dependencies]
greeter = "*"

[feature.big.system-requirements]
{asked}

[environments]
big = ["big"]
"""
ASKED = {
    "__cuda >=12": 'cuda = "12"',
    "__glibc >=99.1": 'libc = "99.1"',
    "__linux >=99.0": 'linux = "99.0"',
}


@pytest.mark.parametrize("needed", ASKED)
@pytest.mark.parametrize("command", [("install", "-e", "big"), ("run", "-e", "big", "true")])
def test_what_is_missing_is_named_and_the_override_helps(
    tmp_path: Path, wisp: CommandLine, needed: str, command: tuple[str, ...]
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter", "1.0", needed)])
    (tmp_path / "pixi.toml").write_text(MANIFEST.format(channel=str(source), asked=ASKED[needed]))
    env = {"CONDA_OVERRIDE_CUDA": ""}
    result = wisp(*command, cwd=tmp_path, env=env)
    assert result.code == 1
    assert needed in result.stderr
    assert "platform add" not in result.stderr
    variable = f"CONDA_OVERRIDE_{needed.split()[0].removeprefix('__').upper()}"
    assert result.stderr.count(variable) == 1
    hint = re.search(r"`(CONDA_OVERRIDE_\w+)=(\S+)`", result.stderr)
    assert hint is not None
    wisp(*command, cwd=tmp_path, env=env | {hint[1]: hint[2]}).success()


def test_an_amd_gpu_of_another_architecture_is_no_substitute(
    tmp_path: Path, wisp: CommandLine
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter", "1.0", "__amdgpu")])
    platform = '{ name = "amd", platform = "linux-64", amdgpu = "gfx90a" }'
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{source}"]\nplatforms = [{platform}]\n'
        '[dependencies]\ngreeter = "*"\n'
    )
    lacking = wisp("install", cwd=tmp_path, env={"CONDA_OVERRIDE_AMDGPU": ""})
    assert lacking.code == 1
    assert "asks for __amdgpu, which is not here; __amdgpu_arch ==9.0.10" in lacking.stderr
    variables = re.search(
        r"`CONDA_OVERRIDE_AMDGPU=0 CONDA_OVERRIDE_AMDGPU_ARCH=\S+`", lacking.stderr
    )
    assert variables is not None
    env = dict(word.split("=") for word in variables[0].strip("`").split())
    told = wisp("workspace", "platform", "list", cwd=tmp_path, env=env).success()
    assert "supported by current machine" in told.stdout
    other = env | {"CONDA_OVERRIDE_AMDGPU_ARCH": "11.0.0"}
    told = wisp("workspace", "platform", "list", cwd=tmp_path, env=other).success()
    assert "supported by current machine" not in told.stdout
    wisp("install", cwd=tmp_path, env=env).success()


def test_an_override_that_cannot_be_read_is_named_and_ignored(
    tmp_path: Path, wisp: CommandLine
) -> None:
    env = {"CONDA_OVERRIDE_CUDA": "12.4 "}
    result = wisp("info", cwd=tmp_path, env=env).success()
    assert "CONDA_OVERRIDE_CUDA is ignored" in result.stderr
    assert result.stderr.count("CONDA_OVERRIDE_CUDA") == 1


@pytest.mark.parametrize("command", ["list", "tree"])
def test_to_look_at_such_an_environment_needs_no_such_machine(
    tmp_path: Path, wisp: CommandLine, command: str
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter", "1.0", "__cuda >=12")])
    text = MANIFEST.format(channel=str(source), asked='cuda = "12"')
    (tmp_path / "pixi.toml").write_text(text)
    result = wisp(command, "-e", "big", cwd=tmp_path, env={"CONDA_OVERRIDE_CUDA": ""}).success()
    assert "greeter" in result.stdout
