"""What an installed prefix says it needs, against the machine that is to run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine, Result
from tools.forge.build import Forge

MANIFEST = """
[workspace]
channels = ["{channel}"]
platforms = [{platforms}]

[tasks]
say = "echo said"

[dependencies]
{packages}
"""
PLAIN = '"linux-64", "osx-64"'
PROMISING = '{ platform = "linux-64", cuda = "13" }'
HINT = "The installed packages require virtual packages this platform does not provide:"


def workspace(tmp_path: Path, forge: Forge, platforms: str, packages: str) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    text = MANIFEST.format(channel=forge.main, platforms=platforms, packages=packages)
    (folder / "pixi.toml").write_text(text)
    return folder


@pytest.fixture
def installed(prepare: Callable[..., Result], tmp_path: Path, forge: Forge) -> Path:
    """A workspace whose prefix is in place."""
    folder = workspace(tmp_path, forge, PLAIN, 'greeter = "*"')
    prepare("run", "say", cwd=folder).success()
    return folder


def record(folder: Path, **changes: Any) -> None:
    """Let the prefix say something else of itself."""
    file = folder / ".pixi" / "envs" / "default" / "conda-meta" / "pixi"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def minimum(*requirements: str, subdir: str = "linux-64") -> dict[str, Any]:
    return {"subdir": subdir, "requirements": list(requirements)}


@pytest.mark.parametrize("words", [("say",), ("echo", "hi"), ("--frozen", "say")])
def test_what_packages_need_and_the_machine_lacks_refuses_to_run(
    wisp: CommandLine, installed: Path, words: tuple[str, ...]
) -> None:
    record(
        installed,
        minimum_supported_platform=minimum("__cuda >=55"),
        resolved_platform={"subdir": "linux-64", "virtual_packages": ["__cuda=55=0"]},
    )
    told = wisp("run", *words, cwd=installed)
    assert told.code == 1
    assert "the installed environment 'default' cannot run on platform 'linux-64'" in told.stderr
    assert f"{HINT} [__cuda >=55]" in " ".join(told.stderr.split())
    assert "`CONDA_OVERRIDE_CUDA=55`" in told.stderr
    assert wisp("run", *words, cwd=installed, env={"CONDA_OVERRIDE_CUDA": "55"}).code == 0


def test_an_override_that_the_platform_does_not_heed_is_not_offered(
    wisp: CommandLine, installed: Path
) -> None:
    record(
        installed,
        minimum_supported_platform=minimum("__osx >=55"),
        resolved_platform={"subdir": "linux-64", "virtual_packages": ["__osx=55=0"]},
    )
    told = wisp("run", "say", cwd=installed)
    assert told.code == 1
    assert "[__osx >=55]" in told.stderr
    assert "CONDA_OVERRIDE" not in told.stderr


def test_a_prefix_for_another_subdir_says_so(wisp: CommandLine, installed: Path) -> None:
    other = {"subdir": "osx-64"}
    record(installed, minimum_supported_platform=other, resolved_platform=other)
    told = wisp("run", "say", cwd=installed)
    assert told.code == 1
    assert "It was installed for subdir 'osx-64', which this machine cannot run." in told.stderr
    assert wisp("run", "--platform", "osx-64", "say", cwd=installed).code == 0


@pytest.mark.parametrize("words", [("--as-is",), ("--no-install",)])
def test_who_installs_nothing_checks_nothing(
    wisp: CommandLine, installed: Path, words: tuple[str, ...]
) -> None:
    other = {"subdir": "osx-64"}
    record(installed, minimum_supported_platform=other, resolved_platform=other)
    assert wisp("run", *words, "say", cwd=installed).stdout == "said\n"


def test_who_names_a_platform_answers_for_the_machine(wisp: CommandLine, installed: Path) -> None:
    env = {"PIXI_OVERRIDE_PLATFORM": "win-64"}
    assert wisp("run", "say", cwd=installed, env=env).stdout == "said\n"


def test_what_was_only_solved_for_more_is_told_once_ever(
    wisp: CommandLine, installed: Path
) -> None:
    record(
        installed,
        minimum_supported_platform=minimum(),
        resolved_platform={"subdir": "linux-64", "virtual_packages": ["__cuda=55=0"]},
    )
    gap = "Environment 'default' requires cuda >=55, but this machine does not provide '__cuda'."
    first = wisp("run", "say", cwd=installed, env={"CONDA_OVERRIDE_CUDA": ""}).success()
    assert gap in first.stderr
    lower = {"CONDA_OVERRIDE_CUDA": "12.5"}
    assert "requires cuda" not in wisp("run", "say", cwd=installed, env=lower).success().stderr
    (installed / ".pixi" / "one-time-messages" / "runs-by-accident-default").unlink()
    again = wisp("run", "say", cwd=installed, env={"CONDA_OVERRIDE_CUDA": "11"}).success()
    assert "only provides '__cuda 11'" in again.stderr


def test_a_warning_that_cannot_be_remembered_is_given_again(
    wisp: CommandLine, installed: Path
) -> None:
    resolved = {"subdir": "linux-64", "virtual_packages": ["__cuda=55=0"]}
    record(installed, minimum_supported_platform=minimum(), resolved_platform=resolved)
    (installed / ".pixi" / "one-time-messages").write_text("in the way")
    for cuda in ("10", "11"):
        done = wisp("run", "say", cwd=installed, env={"CONDA_OVERRIDE_CUDA": cuda}).success()
        assert f"only provides '__cuda {cuda}'" in done.stderr


def test_a_requirement_that_cannot_be_read_costs_only_itself(
    wisp: CommandLine, installed: Path
) -> None:
    wrong = "__foo >=88888888888888888888888"
    changed = minimum(wrong, "__cuda >=55")
    resolved = {"subdir": "linux-64", "virtual_packages": ["__cuda=55=0"]}
    record(installed, minimum_supported_platform=changed, resolved_platform=resolved)
    told = wisp("run", "say", cwd=installed)
    assert told.code == 1
    assert f"Ignoring unreadable requirement '{wrong}' recorded in pixi" in told.stderr
    assert "[__cuda >=55]" in told.stderr


def test_a_promise_that_no_package_needs_does_not_hinder(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge, PROMISING, 'greeter = "*"')
    env = {"CONDA_OVERRIDE_CUDA": ""}
    wisp("install", cwd=folder, env=env).success()
    told = wisp("run", "say", cwd=folder, env=env).success()
    assert "requires cuda >=13" in told.stderr
    refused = wisp("run", "--platform", "linux-64", "say", cwd=folder, env=env)
    assert refused.code == 1
    assert "platform 'linux-64' is not part of environment 'default'" in refused.stderr


def test_a_promise_that_a_package_needs_is_refused_before_the_task_is_told(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    packages = 'accelerated = { version = "*", build = "cuda12*" }'
    folder = workspace(tmp_path, forge, PROMISING, packages)
    told = wisp("run", "say", cwd=folder, env={"CONDA_OVERRIDE_CUDA": ""})
    assert told.code == 1
    assert "task (say)" not in told.stderr
    assert "The installed packages also require: __cuda >=12" in told.stderr
    assert "`CONDA_OVERRIDE_CUDA=12`" in told.stderr


def test_a_machine_that_nothing_fits_is_told_how_to_be_declared(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    folder = workspace(tmp_path, forge, '"osx-64"', 'greeter = "*"')
    told = wisp("run", cwd=folder).success()
    assert "This platform (linux-64) is not supported." in told.stderr
    assert "wisp workspace platform add linux-64" in told.stderr
    assert wisp("run", "--as-is", "say", cwd=folder).stdout == "said\n"
    summary = wisp("task", "list", "--summary", cwd=folder).success().stderr
    assert "default (not runnable here): say" in summary
