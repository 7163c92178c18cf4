from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from wisp.activation.hooks import hook, render
from wisp.activation.shells import SHELLS, named
from wisp.activation.variables import Activation
from wisp.printable import printable

ODD = "line one\nline 'two' \"three\" $HOME `id` \\ end"
#: What terminals obey, digits behind it, quotes around it, and a byte that is no text.
OBEYED = 'a\x1b]0;t\x07\'\x1b1\x9b31m\u202e"b"\r\n\t$\x7f\udc9bA'


def in_bash(script: str, env: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", f"{script}\nenv -0"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)


def test_bash_reads_back_the_very_value() -> None:
    text = render([("set", "ODD", ODD)], SHELLS["bash"])
    assert in_bash(text, {"PATH": "/usr/bin:/bin"})["ODD"] == ODD


def obeyed(text: str) -> bool:
    return printable(text) != text or (not text.isprintable() and "\udc9b" in text)


def test_a_hook_has_nothing_that_a_terminal_obeys() -> None:
    for shell in SHELLS.values():
        text = render([("set", "ODD", OBEYED), ("source", OBEYED)], shell)
        assert obeyed(text) == (shell.name == "cmd")
    text = render([("expand", "A", f"${{B}}$\x1b`echo '\x1b'`{OBEYED}")], SHELLS["zsh"])
    assert not obeyed(text)


@pytest.mark.parametrize("shell", ["bash", "sh", "zsh", "fish", "xonsh"])
def test_what_a_hook_spells_is_read_back(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    dialect = named(shell)
    assert dialect is not None
    steps: list[tuple[str, str, str]] = [("set", "ODD", OBEYED)]
    if dialect.is_native:
        steps.append(("expand", "MORE", "$ODD$\x1b`printf '\x1b'`'\x1b"))
    script = tmp_path / "script"
    out = tmp_path / "out"
    script.write_text(f"{render(steps, dialect)}\nenv -0 > {out}\n")
    run = [program, "--no-rc"] if shell == "xonsh" else [program]
    subprocess.run(
        [*run, str(script)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
    )
    found = dict(row.partition("=")[::2] for row in os.fsdecode(out.read_bytes()).split("\0"))
    assert found["ODD"] == OBEYED
    if dialect.is_native:
        assert found["MORE"] == f"{OBEYED}$\x1b\x1b'\x1b"


def test_the_active_prefix_is_left_before_another_is_entered(tmp_path: Path) -> None:
    scripts = tmp_path / "old/etc/conda/deactivate.d"
    scripts.mkdir(parents=True)
    (scripts / "bye.sh").write_text("unset LEFTOVER\nexport SAID=bye")
    old = str(tmp_path / "old")
    caller = {
        "PATH": f"{old}/bin:/usr/bin:/bin",
        "CONDA_PREFIX": old,
        "CONDA_SHLVL": "1",
        "LEFTOVER": "x",
    }
    after = in_bash(hook(Activation("/new"), SHELLS["bash"], caller), caller)
    assert after["PATH"] == "/new/bin:/usr/bin:/bin"
    assert after["SAID"] == "bye"
    assert "LEFTOVER" not in after
    assert after["CONDA_ENV_SHLVL_2_CONDA_PREFIX"] == old


def test_the_prompt_is_changed_only_on_wish() -> None:
    activation = Activation("/p", {"PIXI_PROMPT": "(w) "})
    caller = {"PATH": "/usr/bin:/bin"}
    start = "export PS1='$ '\n"
    assert in_bash(start + hook(activation, SHELLS["bash"], caller), caller)["PS1"] == "(w) $ "
    plain = hook(activation, SHELLS["bash"], caller, change_prompt=False)
    assert in_bash(start + plain, caller)["PS1"] == "$ "


def test_completions_are_loaded_where_a_prefix_has_some(tmp_path: Path) -> None:
    activation = Activation(str(tmp_path))
    for shell in SHELLS.values():
        assert "share/" not in hook(activation, shell, {})
    folder = tmp_path / "share/bash-completion/completions"
    folder.mkdir(parents=True)
    caller = {"PATH": "/usr/bin:/bin"}
    text = hook(activation, SHELLS["bash"], caller)
    assert "_pixi_f" not in in_bash(f"set -eu\n{text}", caller)  # an empty folder says nothing
    (folder / "tool").write_text("export LOADED=yes\n")
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    assert in_bash(text, caller)["LOADED"] == "yes"
    (tmp_path / "share/zsh/site-functions").mkdir(parents=True)
    assert "autoload -Uz compinit\ncompinit\n" in hook(activation, SHELLS["zsh"], caller)
    (tmp_path / "share/fish/vendor_completions.d").mkdir(parents=True)
    assert "  source $file\nend\n" in hook(activation, SHELLS["fish"], caller)


def test_bash_and_zsh_get_a_function_that_activates_anew(tmp_path: Path) -> None:
    """What it evaluates is what the program prints: here a program that says so."""
    program = tmp_path / "pixi"
    program.write_text(
        '#!/bin/sh\ncase "$1" in shell-hook) echo "export RENEWED=\'$*\'";; *) exit 3;; esac\n'
    )
    program.chmod(0o755)
    caller = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    activation = Activation("/p", {"PIXI_EXE": str(program)})
    text = hook(activation, SHELLS["bash"], caller, change_prompt=False)
    path = f"PATH={tmp_path}:$PATH"
    after = in_bash(f"{text}\n{path}\npixi add x || export CODE=$?", caller)
    assert (after["RENEWED"], after["CODE"]) == ("shell-hook --change-ps1 false", "3")
    assert "RENEWED" not in in_bash(f"{text}\n{path}\npixi list || true", caller)
    assert "pixi()" in hook(activation, SHELLS["zsh"], caller)
    assert "pixi()" not in hook(activation, SHELLS["fish"], caller)


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("zsh", "export A='it'\\''s'"),
        ("fish", "set -gx A 'it\\'s'"),
        ("xonsh", '$A = "it\'s"'),
        ("nushell", '$env.A = "it\'s"'),
        ("powershell", "${Env:A} = 'it''s'"),
        ("cmd", '@SET "A=it\'s"'),
    ],
)
def test_each_shell_has_its_own_quotes(shell: str, line: str) -> None:
    assert line in render([("set", "A", "it's")], SHELLS[shell]).splitlines()


@pytest.mark.parametrize(
    ("name", "shell"),
    [("/usr/bin/zsh", "zsh"), ("-bash", "bash"), ("pwsh", "powershell"), ("nu", "nushell")],
)
def test_shells_are_known_by_path_and_alias(name: str, shell: str) -> None:
    found = named(name)
    assert found is not None
    assert found.name == shell
    assert named("tcsh") is None


def test_no_quote_ends_a_value_that_powershell_expands() -> None:
    """It takes typographic quotes for quotes, too."""
    line = SHELLS["powershell"].expand("A", '“;calc;„"`”')
    assert line == '${Env:A} = "`“;calc;`„`"```”"'
