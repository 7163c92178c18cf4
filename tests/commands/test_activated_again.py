"""An activation inside of the same one changes nothing, and every shell of POSIX's kind has it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.test_activation_agrees import OF_SHELLS, evaluate, run, script, variables_in
from tests.sandbox import CommandLine, Result
from wisp.activation.again import once
from wisp.activation.variables import Activation

SHELLS = [name for name in ("bash", "zsh", "fish") if shutil.which(name)]
#: Others that evaluate what `shell-hook` prints to them.
POSIX = ("dash", "sh", "ksh", "mksh", "yash", "busybox sh")
MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]
[activation]
scripts = ["adds.sh"]
[activation.env]
PATH = "/of/manifest:$PATH"
SEEN = "$KEPT and $LATER at $PATH"
OWN = "more:$OWN"
"""
#: What people's scripts do: put folders before and behind, flags, and keep what was.
ADDS = """\
export PATH="/of/script:$PIXI_PROJECT_ROOT/tools:$PATH"
export LIBS="/x${LIBS:+:$LIBS}" PLAIN="/y:$PLAIN" BEHIND="$BEHIND:/z" FLAGS="-I/i $FLAGS"
export KEPT="$KEPT" LATER=set BOTH="(:$BOTH:)"
[[ -n $PATH ]] && words=(one two) && export WORD=${words[1]}
"""
OF_PACKAGE = """\
export OF_PACKAGE_BEFORE="${OF_PACKAGE-unset}" OF_PACKAGE="on"
export PKG_PATH="$CONDA_PREFIX/pkg:$PKG_PATH"
"""
CALLER = {"KEPT": "as it is", "BEHIND": "b", "LIBS": "/own", "OF_PACKAGE": "the user's"}


@pytest.fixture
def workspace(tmp_path: Path, prepare: Callable[..., Result]) -> Path:
    folder = tmp_path / "w s"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    (folder / "adds.sh").write_text(ADDS)
    prepare("install", cwd=folder).success()
    conda = folder / ".pixi" / "envs" / "default" / "etc" / "conda"
    for kind, text in (
        ("activate.d", OF_PACKAGE),
        ("deactivate.d", 'export OF_PACKAGE="$OF_PACKAGE_BEFORE"\nunset OF_PACKAGE_BEFORE\n'),
    ):
        (conda / kind).mkdir(parents=True)
        (conda / kind / "p.sh").write_text(text)
    return folder


@pytest.fixture
def caller(wisp: CommandLine) -> CommandLine:
    """The command line of somebody whose variables are set already."""
    folder = str(wisp.executable.parent)
    return CommandLine(
        wisp.home, variables={**CALLER, "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin"}
    )


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("shell", SHELLS)
def test_what_scripts_add_to_is_added_to_once(
    caller: CommandLine, workspace: Path, shell: str, times: int
) -> None:
    expected = run(caller, workspace)
    prefix = f"{workspace}/.pixi/envs/default"
    assert expected["LIBS"] == "/x:/own"
    assert expected["OF_PACKAGE_BEFORE"] == "the user's"
    assert expected["PATH"].startswith(
        f"/of/manifest:/of/script:{workspace}/tools:{prefix}/bin:{caller.executable.parent}:"
    )
    assert evaluate(caller, workspace, shell, times) == expected


@pytest.mark.parametrize("lane", ["full", "fast"])
def test_a_task_that_calls_wisp_stays_in_the_same_environment(
    caller: CommandLine, workspace: Path, lane: str
) -> None:
    expected = run(caller, workspace)
    options = ["--frozen"] if lane == "full" else []
    nested = caller(
        *("run", *options, "wisp", "run", *options, "wisp", "run", *options, "env", "-0"),
        cwd=workspace,
    ).success()
    found = variables_in(nested.stdout)
    found["KEPT"] = expected["KEPT"]
    assert found == expected


@pytest.mark.parametrize("way", ["run", "hook"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_folder_of_the_workspace_that_its_user_puts_in_front_stays_in_path(
    caller: CommandLine, workspace: Path, scripts: bool, way: str
) -> None:
    if not scripts:
        (workspace / "pixi.toml").write_text(MANIFEST.partition("[activation]")[0])
    again = {"run": "wisp run env -0", "hook": 'eval "$(wisp shell-hook)"; env -0'}[way]
    line = f'eval "$(wisp shell-hook)"; PATH="$PWD/mine:$PATH"; {again}'
    done = caller.bash(line, cwd=workspace).success()
    path = variables_in(done.stdout)["PATH"].split(":")
    prefix = f"{workspace}/.pixi/envs/default/bin"
    assert path.count(f"{workspace}/mine") == path.count(prefix) == 1
    assert path.count(f"{workspace}/tools") == path.count("/of/script") == int(scripts)


def test_a_second_workspace_takes_away_what_lies_in_the_first(
    caller: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pixi.toml").write_text(MANIFEST.partition("[activation]")[0])
    hooks = [f"wisp shell-hook -s bash --manifest-path '{folder}'" for folder in (workspace, other)]
    done = subprocess.run(
        script("bash", hooks),
        cwd=tmp_path,
        env=caller.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = variables_in(done.stdout)
    assert str(workspace) not in found["PATH"]
    assert found["OF_PACKAGE"] == "the user's"


def words_to_start(shell: str) -> list[str]:
    """Return the words of a command line; skips the test where its program is not installed."""
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {words[0]} here")
    return words


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("shell", POSIX)
def test_shells_of_posix_have_what_run_has(
    caller: CommandLine, workspace: Path, shell: str, times: int
) -> None:
    words = words_to_start(shell)
    dump = f"exec {sys.executable} -Ic \"import os; print(*(f'{{n}}={{v}}' for n, v in "
    dump += 'os.environ.items()), sep=chr(0))"'
    hook = 'eval "$(wisp shell-hook)"'
    done = subprocess.run(
        [*words, "-c", "\n".join([hook] * times + [dump])],
        cwd=workspace,
        env=caller.environment({"SHELL": "/bin/bash"}),
        capture_output=True,
        text=True,
        check=True,
    )
    found = variables_in(done.stdout.rstrip("\n"))
    expected = run(caller, workspace)
    for name in expected.keys() - OF_SHELLS - {"SHELL"}:
        assert found.get(name) == expected[name], name


def test_a_script_that_any_shell_knows_runs_in_it(caller: CommandLine, workspace: Path) -> None:
    (workspace / "adds.sh").write_text('greet() { echo "hello $((1 + 1)) ${KEPT:-x}"; }\n')
    done = subprocess.run(
        ["sh", "-c", 'eval "$(wisp shell-hook)"; greet'],
        cwd=workspace,
        env=caller.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "hello 2 as it is\n", done.stderr


@pytest.mark.parametrize("way", ['eval "$(wisp shell-hook)"', "activate", "shell"])
@pytest.mark.parametrize("shell", ["sh", "dash", "busybox sh"])
def test_their_prompts_show_the_name_and_run_nothing(
    caller: CommandLine, tmp_path: Path, shell: str, way: str
) -> None:
    words = words_to_start(shell)
    name = "a$(touch pwned)`touch pwned`\\$(touch pwned) \\"
    folder = tmp_path / "w"
    folder.mkdir()
    text = MANIFEST.partition("[activation]")[0].replace('"w"', json.dumps(name))
    (folder / "pixi.toml").write_text(text)
    lines = ["PS1='> '", way, "false", "echo code $?"]
    if way == "activate":
        lines[1:2] = ['eval "$(wisp shell-init sh)"', "wisp activate"]
    if way == "shell":
        lines = ["wisp shell", "false", "echo code $?", "exit", "exit"]
    done = subprocess.run(
        [*words, "-i"],
        cwd=folder,
        env=caller.environment({"SHELL": "/bin/sh"}),
        input="\n".join([*lines, ""]),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # The one of busybox decodes backslashes of what it has expanded, too.
    assert "(a$(touch pwned)`touch pwned`" in done.stderr + done.stdout
    assert "code 1\n" in done.stdout
    assert list(tmp_path.rglob("pwned")) == []


def test_json_is_text_whatever_a_script_exports(wisp: CommandLine, workspace: Path) -> None:
    (workspace / "adds.sh").write_text("export BYTES=\"$(printf 'a\\377b')\"\n")
    for options in ((), ("--frozen",)):
        done = subprocess.run(
            [str(wisp.executable), "shell-hook", "--json", *options],
            cwd=workspace,
            env=wisp.environment(),
            capture_output=True,
            check=True,
        )
        assert json.loads(done.stdout)["environment_variables"]["BYTES"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("/a:o", "/a:/a:o", "/a:o"),
        ("o:/a", "o:/a:/a", "o:/a"),
        ("/a", "/a:/a", "/a"),
        ("/a:", "/a:/a:", "/a:"),
        ("/b:/a:o", "/a:/b:/a:o", "/a:/b:o"),
        ("-a -b", "-a -a -b", "-a -b"),
        ("o", "/a:o", "/a:o"),
        ("1", "2", "2"),
        ("", "/a:", "/a:"),
        ("ab", "xaby", "xaby"),
    ],
)
def test_what_was_added_before_is_told_by_what_is_added(old: str, new: str, right: str) -> None:
    found = once(Activation("/p"), {"V": old}, {"V": new})
    assert found.get("V", new) == right
