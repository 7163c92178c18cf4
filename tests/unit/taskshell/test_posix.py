from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wisp.taskshell.errors import ShellSyntaxError
from wisp.taskshell.parser import parse
from wisp.taskshell.posix import ECHO, to_posix
from wisp.taskshell.shell import Shell

VARIABLES = {"PATH": "/usr/bin:/bin", "HOME": "/home/me", "TWO": "a b", "STAR": "x*y"}

SAME = [
    "echo plain words",
    'echo \'single $HOME `x` \\\' "double $HOME \\$x \\" `echo in`"',
    "echo -n -e 'a\\tb'",
    'echo $TWO "$TWO" pre${TWO}post ~ ~/x',
    "A=1 && echo x$A && export B=$A && sh -c 'echo \"$A-$B\"'",
    "A='a b' sh -c 'echo \"$A\"'",
    "export C='d e'; echo $C; unset C; echo [$C]",
    "echo {a,b}c {1..3} 'x{a,b}'",
    "true && echo yes || echo no; false && echo yes || echo no",
    "! true; echo $?; ! false; echo $?",
    "(cd / && pwd) && pwd | wc -l",
    "((echo a; echo b) | cat); echo $((echo c)) $((4+5; echo d) 2> /dev/null)",
    "echo one | cat | tr o x",
    "sh -c 'echo out; echo err >&2' |& tr a-z A-Z | sort",
    "echo text > file && cat file && echo more >> file; cat < file; rm file",
    "sh -c 'echo out; echo err >&2' &> both; sort both",
    "sh -c 'echo err >&2' 2> errors || true; cat errors",
    "sh -c 'echo err >&2' 2>&1 | cat",
    "echo $(echo a b) \"$(echo 'c d')\" `echo e`",
    "sh -c 'exit 3'; echo $?",
    "sh -c 'exit 3' || exit 4",
    "exit",
    "false",
    "echo one\necho two",
    "touch a1 a2; echo a* a? 'a*' \"a*\"; echo $STAR",
    "echo if then fi; echo a=b # no comment",
    "echo ünïcode '日本' %s \\&\\; a@b,c:d^e%f+g",
    "test -d . && echo folder",
    "cd / && pwd",
]


def run_both(text: str, folder: Path) -> tuple[tuple[int, str], tuple[int, str]]:
    """Run a script by the task shell, and what it becomes by `sh`; give code and output of each."""
    own, other = folder / "own", folder / "other"
    own.mkdir()
    other.mkdir()
    out = folder / "out"
    with out.open("wb") as stream:
        shell = Shell(str(own), VARIABLES, stdout=stream.fileno(), stderr=stream.fileno())
        code = shell.run(parse(text))
    script = f"{ECHO}\n{to_posix(text, last=True)}\n"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=other,
        env=VARIABLES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return (code, out.read_text()), (done.returncode, done.stdout.replace("/other", "/own"))


@pytest.mark.skipif(os.name != "posix", reason="there is no sh")
@pytest.mark.parametrize("text", SAME)
def test_sh_does_what_the_task_shell_does(text: str, tmp_path: Path) -> None:
    own, other = run_both(text, tmp_path)
    assert other == own


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("echo a; sleep 1 &", "background", 9),
        ("rm **/x", r"`\*\*`", 4),
        ("set -e", "`set`", 1),
        ("echo x && shopt -s nullglob", "`shopt`", 11),
        ("echo x > {a,b}", "Several words", 10),
    ],
)
def test_what_sh_cannot_say_is_refused_with_its_place(text: str, words: str, column: int) -> None:
    with pytest.raises(ShellSyntaxError, match=words) as caught:
        to_posix(text)
    assert caught.value.place is not None
    assert caught.value.place.column == column


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("FOO='a  b' echo \"$FOO\"", 'FOO="a  b" echo "${FOO}"'),
        ("python app.py", "exec python app.py"),
        ("python app.py > log", "exec python app.py >log"),
        ("python a.py && python b.py", "python a.py && python b.py"),
        ("cd /", "cd /"),
        ("A=1 python x", "A=1 python x"),
        ("python a.py | cat", "python a.py | cat"),
    ],
)
def test_one_program_takes_the_place_of_the_shell(text: str, written: str) -> None:
    assert to_posix(text, last=True) == written
