"""What shells complete: the answers that they get, and bash with the script that is printed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import typing_shell
from tests.sandbox import CommandLine
from tests.trees import content, touched
from tools.forge.build import Forge

pytestmark = pytest.mark.forked


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = typing_shell.workspace(tmp_path, forge)
    wisp("lock", cwd=folder).success()
    return folder


def completed(wisp: CommandLine, cwd: Path, *words: str) -> list[str]:
    told = wisp("complete", "--", *words, cwd=cwd).success()
    assert told.stderr == ""
    return [line.partition("\t")[0] for line in told.stdout.splitlines()]


CASES: dict[tuple[str, ...], list[str]] = {
    ("inst",): ["install"],
    ("-v", "--color", "never", "inst"): ["install"],
    ("help", "inst"): ["install"],
    ("workspace", "channel", ""): ["add", "list", "remove"],
    ("project", "channel", "rem"): ["remove"],
    ("run", ""): ["deploy", "greet", "lint"],
    ("r", "--environment", "default", ""): ["deploy", "greet"],
    ("run", "-e", ""): ["default", "checking"],
    ("run", "--environment=ch"): ["--environment=checking"],
    ("run", "greet", ""): ["mother", "moon"],
    ("run", "greet", "moon", ""): [""],
    ("run", "deploy", "--"): [""],
    ("run", "no-such", ""): [""],
    ("add", "--feature", ""): ["default", "check"],
    ("remove", ""): ["greeter"],
    ("update", ""): ["greeter", "greeter-words"],
    ("update", "greeter", "greeter-w"): ["greeter-words"],
    ("task", "remove", "de"): ["deploy"],
    ("init", "--platform", "osx-"): ["osx-64", "osx-arm64"],
    ("completion", "--shell", "p"): ["powershell"],
    ("completion", "-s", ""): ["bash", "elvish", "fish", "nushell", "powershell", "zsh"],
    ("lock", "--ch"): ["--check"],
    ("lock", "--check", "--ch"): [],
    ("install", "--manifest-path", ""): [""],
    ("list", "--fields", "name,ver"): ["name,version"],
    ("list", "--fields=file"): ["--fields=file-name"],
    ("lock", "--compat", "0.84"): ["0.84", "0.84.1", "0.84.2"],
    ("image", "plan", "--slim", "hea"): ["headers"],
    ("config", "set", "pinning-strategy", "m"): ["minor", "major"],
    ("config", "set", "shell.change-ps1", ""): ["true", "false"],
    ("config", "set", "pypi-config.k"): ["pypi-config.keyring-provider"],
    ("config", "set", "pypi-config.keyring-provider", ""): ["disabled", "subprocess"],
    ("config", "append", "default"): ["default-channels"],
    ("config", "append", "shell"): [],
    ("config", "list", "she"): ["shell"],
    ("no-such-command", ""): [],
    ("workspace", "no-such-command", ""): [],
}


@pytest.mark.parametrize("state", ["remembered", "read"])
def test_what_may_stand_next(wisp: CommandLine, workspace: Path, state: str) -> None:
    if state == "remembered":
        wisp("install", cwd=workspace).success()
    assert {words: completed(wisp, workspace, *words) for words in CASES} == CASES


def test_a_word_may_begin_without_being_handed_over(wisp: CommandLine, workspace: Path) -> None:
    told = wisp("complete", "--next", "--", "run", "-e", cwd=workspace).success()
    assert told.stdout == "default\t\nchecking\t\n"


def test_descriptions_follow_a_tab(wisp: CommandLine, workspace: Path) -> None:
    told = wisp("complete", "--", "run", "dep", cwd=workspace).success()
    assert told.stdout == "deploy\tShip it: all of it\n"


def test_names_of_another_workspace(wisp: CommandLine, workspace: Path, tmp_path: Path) -> None:
    assert completed(wisp, tmp_path, "run", "") == [""]
    words = ("run", "--manifest-path", str(workspace), "")
    assert completed(wisp, tmp_path, *words) == ["deploy", "greet", "lint"]
    wisp("workspace", "register", "--name", "mine", cwd=workspace).success()
    assert completed(wisp, tmp_path, "run", "-w", "") == ["mine"]
    assert completed(wisp, tmp_path, "run", "-w", "mine", "de") == ["deploy"]


def test_names_of_tools(wisp: CommandLine, tmp_path: Path) -> None:
    manifest = wisp.home.path / ".pixi/manifests/pixi-global.toml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(
        '[envs.first]\nchannels = []\ndependencies = { one = "*", two = "*" }\n'
        'exposed = { uno = "one" }\nshortcuts = ["one"]\n'
        '[envs.second]\nchannels = []\ndependencies = { three = "*" }\nexposed = {}\n'
    )
    for words, found in (
        (("global", "uninstall", ""), ["first", "second"]),
        (("global", "update", "first", "se"), ["second"]),
        (("global", "add", "-e", ""), ["first", "second"]),
        (("global", "remove", "-e", "first", ""), ["one", "two"]),
        (("global", "remove", ""), ["one", "two", "three"]),
        (("global", "expose", "remove", ""), ["uno"]),
        (("global", "shortcut", "remove", ""), ["one"]),
    ):
        assert completed(wisp, tmp_path, *words)[: len(found)] == found
    manifest.write_text("[envs")
    assert completed(wisp, tmp_path, "global", "uninstall", "") == []


def test_hosts_that_something_is_stored_for(wisp: CommandLine, tmp_path: Path) -> None:
    auth = tmp_path / "auth.json"
    auth.write_text('{"a.org": {"BearerToken": "x"}, "*.b.org": {"BearerToken": "x"}}')
    told = wisp(
        "complete", "--", "auth", "logout", "", cwd=tmp_path, env={"RATTLER_AUTH_FILE": str(auth)}
    )
    assert told.stdout == "*.b.org\t\na.org\t\n"


@pytest.mark.parametrize("manifest", ["[workspace", "", "[tasks]\na = 1\n"])
def test_a_faulty_manifest_leaves_nothing_to_say(
    wisp: CommandLine, tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "pixi.toml").write_text(manifest)
    assert completed(wisp, tmp_path, "run", "-e", "") == []
    assert completed(wisp, tmp_path, "inst") == ["install"]


def test_nothing_runs_and_nothing_is_written(
    cold_wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    home, cache = cold_wisp.home.path, cold_wisp.home.cache
    before = [(content(folder), touched(folder)) for folder in (workspace, home)]
    for words in (("run", ""), ("run", "greet", ""), ("update", ""), ("remove", ""), ("",)):
        assert completed(cold_wisp, workspace, *words)
    assert [(content(folder), touched(folder)) for folder in (workspace, home)] == before
    assert not cache.exists()


def test_a_remembered_task_is_completed_without_the_rest(
    wisp: CommandLine, workspace: Path
) -> None:
    wisp("install", cwd=workspace).success()
    loaded = wisp.imported("complete", "--", "run", "", cwd=workspace)
    assert not {"wisp.api.workspace", "wisp.cli.dispatch", "json", "re", "pathlib"} & loaded


def test_bash_completes_what_is_typed(wisp: CommandLine, workspace: Path) -> None:
    wisp("install", "--all", cwd=workspace).success()
    with typing_shell.shell("bash", wisp, workspace) as shell:
        typing_shell.check(shell)


@pytest.mark.parametrize("program", ["wisp", "pixi"])
def test_a_script_completes_the_program_that_printed_it(
    wisp: CommandLine, pixi: CommandLine, workspace: Path, program: str
) -> None:
    command = {"wisp": wisp, "pixi": pixi}[program]
    for shell in ("bash", "elvish", "fish", "nushell", "powershell", "zsh"):
        text = command("completion", "--shell", shell, cwd=workspace).success().stdout
        assert f"{program} complete" in text or f"'{program}' complete" in text or shell == "elvish"
        assert "@NAME@" not in text


def test_the_script_of_bash_can_be_read_by_the_oldest(wisp: CommandLine, workspace: Path) -> None:
    text = wisp("completion", "--shell", "bash", cwd=workspace).success().stdout
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[-1]" not in text  # bash 3.2 of macOS


def test_a_shell_has_to_be_named(wisp: CommandLine, workspace: Path) -> None:
    refused = wisp("completion", cwd=workspace)
    assert (refused.code, refused.stdout) == (2, "")
    assert "--shell <SHELL>" in refused.stderr


@pytest.mark.parametrize(
    ("shell", "quoting"),
    [
        ("powershell", '"\'" + ($value -replace "[\'\\u2018-\\u201b]", \'$0$0\') + "\'"'),
        ("nushell", "if $is_plain { $word } else { $word | to json }"),
    ],
)
def test_a_name_that_would_be_code_is_put_into_the_line_in_quotes(
    wisp: CommandLine, tmp_path: Path, shell: str, quoting: str
) -> None:
    assert quoting in wisp("completion", "--shell", shell, cwd=tmp_path).success().stdout
