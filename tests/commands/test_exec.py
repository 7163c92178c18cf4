"""`exec`: a command in an environment that is made for it, and found again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.toolchannel import ODD, tool_channel
from tests.sandbox import CommandLine
from tests.trees import touched
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tool_channel(tmp_path_factory.mktemp("channel"))


def variables(text: str) -> dict[str, str]:
    return dict(row.partition("=")[::2] for row in text.split("\0") if row)


def environments(wisp: CommandLine) -> set[str]:
    folder = wisp.home.cache / "cached-envs-v0"
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_a_command_gets_the_package_of_its_name(
    cold_wisp: CommandLine, tools: str, tmp_path: Path
) -> None:
    done = cold_wisp("exec", "-c", tools, "say", "a b", "-x", "--list", "$HOME", cwd=tmp_path)
    assert done.success().stdout == "say 2.0 a b -x --list $HOME\n"
    assert [name.rpartition("-")[0] for name in environments(cold_wisp)] == ["say"]
    assert set(tmp_path.iterdir()) == {cold_wisp.home.path, cold_wisp.home.cache}


def test_named_packages_stand_for_the_guess(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    done = wisp("exec", "-c", tools, "-s", "say=1", "--spec=voice", "old-say", cwd=tmp_path)
    assert done.success().stdout == "old-say 1.0\n"
    alone = wisp("exec", "-c", tools, "-s", "voice", "say", cwd=tmp_path)
    assert alone.code == 1
    assert "could not run `say`" in alone.stderr


@pytest.mark.parametrize(("name", "told"), [("voicee", "'voice'"), ("zzz", "looked for in `")])
def test_a_name_that_no_channel_has_is_told_with_what_is_near_or_where_it_was_looked_for(
    wisp: CommandLine, tools: str, tmp_path: Path, name: str, told: str
) -> None:
    failed = wisp("exec", "-c", tools, "-s", name, "say", cwd=tmp_path)
    assert failed.code == 1
    assert told in failed.stderr


def test_a_command_that_only_pypi_has_is_asked_for_there_as_advised(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    set_ = ("config", "set", "--global")
    index = f"{forge_server.url}/simple"
    cold_wisp(*set_, "default-channels", f'["{forge.url}"]', cwd=tmp_path).success()
    cold_wisp(*set_, "pypi-config.index-url", index, cwd=tmp_path).success()
    failed = cold_wisp("exec", "forge-extras", cwd=tmp_path)
    assert "PyPI has 'forge-extras': ask for it by `--pypi forge-extras`" in failed.stderr
    advised = ("exec", "--pypi", "forge-extras", "python", "-c", "import forge_extras")
    cold_wisp(*advised, cwd=tmp_path).success()


def test_packages_beside_the_guess(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    both = wisp("x", "-c", tools, "-w", "show", "say", cwd=tmp_path).success()
    assert both.stdout == "say 2.0\n"
    # A command that no package is named after makes do with those.
    other = wisp("x", "-c", tools, "-w", "say", "new-say", "1", cwd=tmp_path).success()
    assert other.stdout == "new-say 2.0 1\n"
    conflict = wisp("x", "-c", tools, "-w", "say", "-s", "show", "say", cwd=tmp_path)
    assert conflict.code == 2


@pytest.mark.parametrize("turn", ["made", "found again", "found at once"])
def test_the_command_sees_the_caller_and_what_packages_activate(
    wisp: CommandLine, tools: str, tmp_path: Path, turn: str
) -> None:
    mine = {"MINE": ODD, "CONDA_SHLVL": "2", "CONDA_PREFIX": "/other"}
    turns = {"made": ["--force-reinstall"], "found again": ["-v"], "found at once": []}
    words = [*turns[turn], "-c", tools, "-s", "show", "show"]
    wisp("exec", "-c", tools, "-s", "show", "show", cwd=tmp_path, env=mine).success()
    seen = variables(wisp("exec", *words, cwd=tmp_path, env=mine).success().stdout)
    prefix = Path(seen["CONDA_PREFIX"])
    assert prefix.parent == wisp.home.cache / "cached-envs-v0"
    assert seen["PATH"].split(":")[0] == str(prefix / "bin")
    assert (seen["MINE"], seen["TOOL_ODD"], seen["CONDA_SHLVL"]) == (ODD, ODD, "3")
    assert seen["PIXI_ENVIRONMENT_NAME"] == "temp:show"
    assert seen["PS1"].startswith("(pixi:temp:show) ")
    assert "PIXI_PROJECT_ROOT" not in seen


def test_the_prompt_may_stay(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    words = ["exec", "--no-modify-ps1", "-c", tools, "-s", "show", "show"]
    for _ in range(2):
        seen = variables(wisp(*words, cwd=tmp_path, env={"PS1": "mine"}).success().stdout)
        assert seen["PS1"] == "mine"
        assert seen["PIXI_ENVIRONMENT_NAME"] == "temp:show"


def test_an_environment_that_is_there_is_used_whatever_the_channel_says_by_now(
    wisp: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "channel"
    url = tool_channel(folder)
    wisp("exec", "-c", url, "say", cwd=tmp_path).success()
    before = touched(wisp.home.cache / "cached-envs-v0")
    for file in folder.rglob("repodata*"):
        file.unlink()
    for words in (["say"], ["--list", "say"]):
        assert wisp("exec", "-c", url, *words, cwd=tmp_path).success().stdout.endswith("say 2.0\n")
    assert touched(wisp.home.cache / "cached-envs-v0") == before
    again = wisp("exec", "-c", url, "--force-reinstall", "say", cwd=tmp_path)
    assert again.code == 1


def test_a_repeated_call_loads_no_solver(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    """Neither rattler nor the command line's own modules are there the second time."""
    words = ["exec", "-c", tools, "-s", "say", "--", "say"]
    wisp(*words, cwd=tmp_path).success()
    command = [sys.executable, "-X", "importtime", str(wisp.executable), *words]
    done = subprocess.run(
        command, cwd=tmp_path, env=wisp.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "say 2.0\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "wisp.api.quick_exec" in loaded
    assert not loaded & {"rattler", "wisp.cli.main", "wisp.lock.read", "argparse", "pathlib"}


def test_an_environment_that_was_removed_or_interrupted_is_made_anew(
    wisp: CommandLine, tools: str, tmp_path: Path
) -> None:
    words = ["exec", "-c", tools, "-s", "say=1", "say"]
    wisp(*words, cwd=tmp_path).success()
    (mark,) = (wisp.home.cache / "cached-envs-v0").glob("say-*/conda-meta/say-1.0-0.json")
    mark.with_name(".pixi-environment-fingerprint").write_text("pixi:installing!")
    (mark.parents[1] / "bin" / "say").unlink()
    assert wisp(*words, cwd=tmp_path).success().stdout == "say 1.0\n"


def test_the_exit_code_and_signal_are_those_of_the_command(
    wisp: CommandLine, tools: str, tmp_path: Path
) -> None:
    words = ["exec", "-c", tools, "-s", "say", "sh", "-c"]
    for _ in range(2):
        assert wisp(*words, "exit 5", cwd=tmp_path).code == 5
        assert wisp(*words, "kill -TERM $$", cwd=tmp_path).code == -15


def test_packages_are_listed_before_the_command_runs(
    wisp: CommandLine, tools: str, tmp_path: Path
) -> None:
    done = wisp("exec", "-c", tools, "--list", "say", cwd=tmp_path).success()
    first, *lines = done.stdout.splitlines()
    assert first == "The environment has 2 packages:"
    assert [line.split()[:3] for line in lines] == [
        ["Package", "Version", "Build"],
        ["say", "2.0", "0"],
        ["voice", "1.0", "0"],
        [],
        [],
        ["say", "2.0"],
    ]
    some = wisp("exec", "-c", tools, "--list=^v", "say", cwd=tmp_path).success()
    first, *lines = some.stdout.splitlines()
    assert first == "The environment has 1 packages filtered by regex `^v`:"
    assert [line.split()[0] for line in lines if line] == ["Package", "voice", "say"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(["-s", "say"], 1), (["no-such-tool"], 1), (["wants-nothing"], 1), ([], 2), (["--odd"], 2)],
)
def test_what_cannot_be_run(
    wisp: CommandLine, tools: str, tmp_path: Path, words: list[str], code: int
) -> None:
    done = wisp("exec", *(["-c", tools] if words else []), *words, cwd=tmp_path)
    assert (done.code, done.stdout) == (code, "")
    assert done.stderr


@pytest.mark.parametrize("command", ["no-such-tool", "./say", "/bin/echo"])
def test_a_guess_that_fails_says_that_it_is_one(
    wisp: CommandLine, tools: str, tmp_path: Path, command: str
) -> None:
    done = wisp("exec", "-c", tools, command, cwd=tmp_path)
    assert (done.code, "`wisp exec --spec PACKAGE COMMAND`" in done.stderr) == (1, True)
    named = wisp("exec", "-c", tools, "-s", "nowhere", command, cwd=tmp_path)
    assert (named.code, "guessed" in named.stderr) == (1, False)


def test_a_script_may_begin_with_it(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(
        f"#!/usr/bin/env -S {wisp.executable} exec -c {tools} --spec say -- sh\n"
        'say from a "script with $# words"\n'
    )
    script.chmod(0o755)
    for _ in range(2):
        done = subprocess.run(
            [script, "a", "b"], env=wisp.environment(), capture_output=True, text=True, check=True
        )
        assert done.stdout == "say 2.0 from a script with 2 words\n"


def test_a_relative_channel_is_that_of_the_folder(wisp: CommandLine, tmp_path: Path) -> None:
    for name in ("one", "two"):
        tool_channel(tmp_path / name / "channel")
    for name in ("one", "two", "one"):
        wisp("exec", "-c", "./channel", "say", cwd=tmp_path / name).success()
    assert len([name for name in environments(wisp) if name.startswith("say-")]) >= 2


def test_two_at_once_make_one_environment(
    cold_wisp: CommandLine, tools: str, tmp_path: Path
) -> None:
    words = ["exec", "-c", tools, "many", "x"]
    both = [cold_wisp.start(*words, cwd=tmp_path) for _ in range(2)]
    answers = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], answers
    assert [out for out, _ in answers] == ["many 1.0 x\n"] * 2
    assert len(environments(cold_wisp)) == 1


def test_offline_uses_what_is_there(wisp: CommandLine, tools: str, tmp_path: Path) -> None:
    env = {"PIXI_OFFLINE": "true"}
    done = wisp("exec", "-c", tools, "say", cwd=tmp_path, env=env).success()
    assert done.stdout == "say 2.0\n"


def test_pypi_packages_come_with_a_python(
    wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f'[pypi-config]\nindex-url = "{forge_server.url}/simple"\n')
    words = ["exec", "-c", forge.url, "--pypi", "click>=8", "python", "-c"]
    code = "import click, os; print(click.__name__, os.environ['PIXI_ENVIRONMENT_NAME'])"
    for _ in range(2):
        assert wisp(*words, code, cwd=tmp_path).success().stdout == "click temp:click\n"
    assert any(name.startswith("click-") for name in environments(wisp))
    asked = len(forge_server.requests)
    wisp(*words, code, cwd=tmp_path).success()
    assert len(forge_server.requests) == asked
