"""All ways into an environment lead to the same variables, and names are never commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result

#: Names that shells would rather run, expand or end a text at.
NAMES = (
    "a$(touch pwned)",
    "b`touch pwned`",
    'it\'s "quoted" $HOME',
    "c;touch pwned;",
    "d\\ %n {touch} ${PATH} !x",
    "'; touch pwned; '",
    "e’; touch pwned; ‘",
)
SHELLS = [name for name in ("bash", "zsh", "fish") if shutil.which(name)]
PLATFORMS = '["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]'
#: Variables that a shell has by itself.
OF_SHELLS = {"_", "SHLVL", "PWD", "OLDPWD", "PS1", "PIXI_EXE", "INIT_CWD", "LOGNAME", "USER"}


def make(folder: Path, name: str, more: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "pixi.toml").write_text(
        f"[workspace]\nname = {json.dumps(name, ensure_ascii=False)}\n"
        f"channels = []\nplatforms = {PLATFORMS}\n{more}"
    )
    return folder


def variables_in(text: str) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in text.split("\0") if "=" in entry)
    return {name: value for name, _, value in pairs if name not in OF_SHELLS}


def script(shell: str, hooks: list[str], last: str = "env -0") -> list[str]:
    """Give a command line that evaluates hooks one after the other, then runs a command."""
    if shell == "fish":
        evaluated = [f"{hook} | source" for hook in hooks]
        return ["fish", "--no-config", "-c", "\n".join([*evaluated, last])]
    evaluated = [f'eval "$({hook})"' for hook in hooks]
    flags = ["-f"] if shell == "zsh" else ["--norc", "--noprofile"]
    return [shell, *flags, "-c", "\n".join([*evaluated, last])]


def evaluate(wisp: CommandLine, folder: Path, shell: str, times: int = 1) -> dict[str, str]:
    hook = f"'{wisp.executable}' shell-hook -s {shell}"
    done = subprocess.run(
        script(shell, [hook] * times),
        cwd=folder,
        env=wisp.environment({"KEPT": "as it is"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return variables_in(done.stdout)


def run(wisp: CommandLine, folder: Path) -> dict[str, str]:
    done = wisp("run", "env", "-0", cwd=folder, env={"KEPT": "as it is"}).success()
    return variables_in(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_text_it_is(wisp: CommandLine, tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / name.replace("/", "-"), name)
    expected = run(wisp, folder)
    assert expected["PIXI_PROJECT_NAME"] == name
    assert expected["PIXI_PROJECT_ROOT"] == str(folder)
    for shell in SHELLS:
        assert evaluate(wisp, folder, shell) == expected, shell
    told = json.loads(wisp("shell-hook", "--json", cwd=folder).success().stdout)
    assert told["environment_variables"]["PIXI_PROMPT"] == f"({name}) "
    assert list(tmp_path.rglob("pwned")) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_shows_the_name_and_runs_nothing(
    wisp: CommandLine, tmp_path: Path, name: str
) -> None:
    folder = make(tmp_path / "ws", name)
    shown = {
        "bash": 'PS1="$ "; eval "$HOOK"; eval "$HOOK2"; printf %s "${PS1@P}"',
        "zsh": 'PS1="$ "; eval "$HOOK"; eval "$HOOK2"; print -rnP -- "$PS1"',
        "zsh -o promptsubst": 'PS1="$ "; eval "$HOOK"; eval "$HOOK2"; print -rnP -- "$PS1"',
        "zsh +o promptsubst": 'PS1="$ "; eval "$HOOK"; eval "$HOOK2"; setopt promptsubst; '
        'print -rnP -- "$PS1"',
        "fish": 'function fish_prompt; echo -n "$status \\$ "; end\n'
        "echo $HOOK | source; echo $HOOK2 | source; false; fish_prompt",
    }
    for shell, text in shown.items():
        words = shell.split()
        if words[0] not in SHELLS:
            continue
        quiet = ["--no-config"] if words[0] == "fish" else ["-f"] if words[0] == "zsh" else []
        hook = wisp("shell-hook", "-s", words[0], cwd=folder).success().stdout
        inside = {"PIXI_PROMPT": f"({name}) ", "PIXI_IN_SHELL": "1"}
        again = wisp("shell-hook", "-s", words[0], cwd=folder, env=inside).success().stdout
        done = subprocess.run(
            [*words, *quiet, "-c", text],
            cwd=folder,
            env=wisp.environment({"HOOK": hook, "HOOK2": again}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        seen = name.replace("`", "'") if words[0] == "zsh" else name
        assert done.stdout == f"({seen}) {'1 ' if words[0] == 'fish' else ''}$ ", shell
    assert list(tmp_path.rglob("pwned")) == []


MORE = """
[activation]
scripts = ["a.sh"]
[activation.env]
SAID = "$KEPT and ${WORD} at $HOME"
BROKEN = 'a "b" \\\\ c'
LONG = "/o:$KEPT"
KEPT = "now:$KEPT"
"not a name; touch pwned;" = "x"
"""
SCRIPT = """
if [ -z "${N:-}" ]; then export WORD='two words'; fi
export LINES_TOLD="$(printf 'one\\ntwo')"
unset HOME_OF_NOBODY
"""


@pytest.fixture
def scripted(tmp_path: Path, prepare: Callable[..., Result]) -> Path:
    """A workspace with a script of the manifest, and packages that have one for bash alone."""
    folder = make(tmp_path / "ws", "ws", MORE)
    (folder / "a.sh").write_text(SCRIPT)
    prepare("install", cwd=folder).success()
    conda = folder / ".pixi" / "envs" / "default" / "etc" / "conda"
    (conda / "activate.d").mkdir(parents=True)
    (conda / "env_vars.d").mkdir()
    (conda / "activate.d" / "x.sh").write_text('export OF_PACKAGE="in $CONDA_DEFAULT_ENV"\n')
    (conda / "env_vars.d" / "x.json").write_text('{"STATIC": "in $CONDA_PREFIX"}')
    return folder


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_of_bash_count_in_every_shell_and_twice_is_once(
    wisp: CommandLine, scripted: Path, shell: str, times: int
) -> None:
    expected = run(wisp, scripted)
    assert expected["SAID"] == f"as it is and two words at {wisp.environment()['HOME']}"
    assert expected["OF_PACKAGE"] == "in ws"
    assert expected["LINES_TOLD"] == "one\ntwo"
    assert expected["LONG"] == "/o:as it is"
    assert expected["KEPT"] == "now:as it is"
    assert expected["STATIC"] == f"in {scripted}/.pixi/envs/default"
    assert evaluate(wisp, scripted, shell, times) == expected
    assert list(scripted.rglob("pwned")) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_second_workspace_takes_the_place_of_the_first(
    wisp: CommandLine, tmp_path: Path, scripted: Path, shell: str
) -> None:
    other = make(tmp_path / "other", "other", '[activation.env]\nLONG = "/p:$KEPT"\n')
    expected = run(wisp, other)
    hooks = [
        f"'{wisp.executable}' shell-hook -s {shell} --manifest-path '{folder}'"
        for folder in (scripted, other)
    ]
    done = subprocess.run(
        script(shell, hooks),
        cwd=tmp_path,
        env=wisp.environment({"KEPT": "as it is"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = variables_in(done.stdout)
    for name in ("PATH", "CONDA_SHLVL", "CONDA_PREFIX", "PIXI_PROMPT", "LONG", "KEPT"):
        assert found[name] == expected[name], name


@pytest.mark.skipif("fish" not in SHELLS, reason="needs fish")
def test_an_interactive_fish_agrees_with_run(wisp: CommandLine, scripted: Path) -> None:
    import pexpect

    expected = run(wisp, scripted)
    terminal = pexpect.spawn(
        str(wisp.executable),
        ["shell"],
        cwd=str(scripted),
        env=wisp.environment({"SHELL": shutil.which("fish") or "fish", "KEPT": "as it is"}),
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )
    terminal.sendline('echo "<$OF_PACKAGE|$WORD|$SAID>" > told; exit 5')
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 5
    assert (scripted / "told").read_text() == (
        f"<{expected['OF_PACKAGE']}|{expected['WORD']}|{expected['SAID']}>\n"
    )


def test_quotes_end_no_quoting_in_the_command_prompt() -> None:
    from wisp.activation.shells import Cmd

    cmd = Cmd()
    assert cmd.assign("X", 'a" & calc & "') == '@SET X=a^" ^& calc ^& ^"'
    assert cmd.assign("X", "100% & more") == '@SET "X=100%% & more"'
    assert cmd.assign("X", "one\ntwo") == '@SET "X=one two"'
    assert cmd.prompt("(a & b) ") == '@SET "PROMPT=(a & b) %PROMPT%"'
    assert os.name == "nt" or cmd.source("C:\\100%\\a.bat") == '@CALL "C:\\100%%%%\\a.bat"'


OF_BASH = r"""
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PLACE="$HERE"
shopt -s extglob
[[ "ab12" =~ ([a-z]+)([0-9]+) ]] && export FOUND="${BASH_REMATCH[2]}"
read -ra WORDS <<< "x y z"
export FIRST="${WORDS[0]}" SHOWN="${HERE@Q}"
"""


def test_what_only_bash_understands_counts_in_every_shell(
    wisp: CommandLine, tmp_path: Path
) -> None:
    folder = make(tmp_path / "ws", "w", '[activation]\nscripts = ["sub/a.sh"]\n')
    (folder / "sub").mkdir()
    (folder / "sub" / "a.sh").write_text(OF_BASH)
    expected = run(wisp, folder)
    assert (expected["PLACE"], expected["FOUND"]) == (str(folder / "sub"), "12")
    for shell in SHELLS:
        assert evaluate(wisp, folder, shell) == expected, shell


@pytest.mark.skipif("zsh" not in SHELLS, reason="zsh is not here")
def test_what_zsh_understands_runs_in_it(wisp: CommandLine, tmp_path: Path) -> None:
    folder = make(tmp_path / "ws", "w", '[activation]\nscripts = ["a.sh"]\n')
    (folder / "a.sh").write_text("greet() { echo hello; }\nexport A=1\n")
    hook = f"'{wisp.executable}' shell-hook -s zsh"
    command = script("zsh", [hook], "greet")
    done = subprocess.run(
        command, cwd=folder, env=wisp.environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout == "hello\n", done.stderr
