"""Seeded scripts over what our language shares with bash: both must agree on every one.

Left out is what differs on purpose: blanks inside values, `~` in quotes, failing background
items, `set -e` around chains, real processes sent to the shell's own streams.

`make test` takes the first five hundred, `make test-cloud` two thousand (`WISP_TEST_SCRIPTS`).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from wisp.taskshell.parser import parse
from wisp.taskshell.shell import Shell

BASH = shutil.which("bash")
COUNT = int(os.environ.get("WISP_TEST_SCRIPTS", "500"))
BATCH = 50
LIMIT = 10
"""Seconds after which a script counts as hanging."""
FILES = {
    "a.txt": "alpha\nbeta\ngamma\n",
    "b.txt": "one\ntwo\n",
    "sp ace": "spaced\n",
    ".hidden": "h\n",
    "sub/c.txt": "c\n",
    "sub/d.md": "d\n",
    "sub/deep/e.txt": "e\n",
}
BASH_PROLOGUE = "shopt -s globstar\n"
BASH_EPILOGUE = "\nstatus=$?\nwait\nexit $status"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BASH is None, reason="there is no bash to compare with"),
]


class Writer:
    """Writes one random script; every production has a method."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pipefail = False
        self.backgrounds = 0
        self.subshells = 0
        self.consumers = 0
        self.redirects = 0

    def script(self) -> str:
        kind = self.random.random()
        if kind < 0.1:
            return self.strict()
        self.pipefail = kind < 0.25
        # `$?` is empty before the first command, in bash it is 0.
        lines = ["set -o pipefail" if self.pipefail else "true"]
        lines += [self.item(3) for _ in range(self.random.randint(1, 5))]
        if self.random.random() < 0.5:
            lines.append("echo end $?")
        text = self.joined(lines)
        # A list that fails ends what it has in the background; bash lets that go on.
        return text.replace("exit 4", "true") + "\ntrue" if self.backgrounds else text

    def strict(self) -> str:
        """`set -e` means the same only over plain commands."""
        plain = [self.pipeline(0) for _ in range(4)]
        return self.joined(["set -e", *(line.removeprefix("! ") for line in plain), "echo end"])

    def joined(self, items: list[str]) -> str:
        text = ""
        for item in items:
            separator = self.random.choice(["; ", ";\n", "\n", "\n\n", " # note\n", "\n  # note\n"])
            text += item + separator
        return text

    def item(self, depth: int) -> str:
        roll = self.random.random()
        if roll < 0.12:
            return self.assignment()
        if roll < 0.16:
            self.backgrounds += 1
            return f"echo back {self.word()} > back{self.backgrounds} & true"
        chain = self.pipeline(depth)
        while self.random.random() < 0.35:
            joint = self.random.choice([" && ", " || ", " &&\n", " ||\n  ", " && # why\n"])
            chain += joint + self.pipeline(depth - 1)
        return chain

    def pipeline(self, depth: int) -> str:
        text = self.command(depth)
        while self.random.random() < 0.3:
            joint = self.random.choice([" | ", " |\n", " |& ", " | \\\n"])
            plain = self.is_plain(text)
            # What `|&` takes along must not depend on the wording of errors.
            text = text + (" | " if joint == " |& " and not plain else joint)
            self.consumers += 1
            text += self.consumer(depth - 1, text, may_leave=plain)
            self.consumers -= 1
        return ("! " if self.random.random() < 0.1 else "") + text

    def is_plain(self, text: str) -> bool:
        """Say whether text is one command that only writes its words."""
        signs = "|&;>\n"
        return text.startswith(("echo ", "printf ")) and not any(sign in text for sign in signs)

    def consumer(self, depth: int, text: str, *, may_leave: bool) -> str:
        choices = ["cat", "sort", "tr a-z A-Z", "wc -l", "cat - b.txt"]
        # The xargs of other shells runs what it has when it meets an unmatched quote.
        if not set(text) & {"'", '"'}:
            choices.append("xargs echo")
        if depth > 0:
            choices += ["(cat; echo tail)", f"(cat && {self.command(depth - 1)})"]
        # A compound writer is ended by SIGPIPE in bash at a moment nobody knows.
        if may_leave and not self.pipefail:
            choices += ["head -n 1", "true", "false", "(exit 3)", "nosuch"]
        return self.random.choice(choices)

    def command(self, depth: int) -> str:
        if depth > 0 and self.random.random() < 0.25:
            inside = self.joined([self.item(depth - 1) for _ in range(self.random.randint(1, 3))])
            inside = self.random.choice([inside.strip(), f"\n{inside}\n"])
            # A comment would swallow the closing parenthesis.
            self.subshells += 1
            # A name of its own: two descriptors of one file would race.
            return f"( {inside}\n)" + self.redirect([f"s{self.subshells}"])
        text = self.simple()
        if not text.startswith(("(", "unset", "export")):
            text = self.random.choice(["", "", "", "", "A=p ", "A=p B='q r' "]) + text
        return text if {">", "<", "|"} & set(text) else text + self.redirect()

    def redirect(self, names: Sequence[str] = ("o1", "o2", "'o 3'", '"$O"')) -> str:
        if self.random.random() < 0.85:
            return ""
        name = self.random.choice(names)
        if self.consumers:  # beside other parts of its pipe, which may write the same file
            self.redirects += 1
            name = f"r{self.redirects}"
        return " " + self.random.choice([">", ">", ">>", ">|", "1>", "> "]) + name

    def simple(self) -> str:
        words = " ".join(self.word() for _ in range(self.random.randint(0, 3)))
        return self.random.choice(
            [
                *(f"echo {words}", f"echo x{words}", f"printf '[%s]' a {words}"),
                *(f"echo {words} | cat", "true", "false", "pwd > /dev/null", ": ignored"),
                *("cat a.txt", "cat < b.txt", "cat nosuch 2> /dev/null", "head -n 2 a.txt"),
                *("ls sub", "ls sub 2>/dev/null", "cd sub", "cd ..", "cd nosuch"),
                *("test -e a.txt", 'test "$A" = v', "test 2 -lt 1", "(exit 3)", "sh -c 'exit 5'"),
                *("nosuch", "mkdir -p new/x", "cp b.txt copy", "mv copy moved", "rm -f copy"),
                *("rm nosuch", "cp nosuch x", "exit 4", "export A=e", "unset A", "echo $?"),
                *("sh -c 'echo o; echo e >&2' 2> e1", "sh -c 'echo o; echo e >&2' &> e2"),
                *("sh -c 'echo o; echo e >&2' 2>&1 | sort", "sh -c 'echo $A-$B'"),
            ]
        )

    def assignment(self) -> str:
        value = self.random.choice(
            ["x", "'x y'", '"$B"', "$A", "$(echo s t)", "`echo q`", "a\\ b", "''", "~/h", "$A.$B"]
        )
        return self.random.choice(["A", "B", "O"]) + "=" + value

    def word(self) -> str:
        # Letters behind a name belong to it, and quoted wildcards show as `[*]` beside real ones.
        first = self.piece()
        if first in ("$A", "$NOPE", '"*.txt"', "'?'"):
            return first
        second = self.random.choice(["", "", self.piece()])
        return first if second in ('"*.txt"', "'?'") else first + second

    def piece(self) -> str:
        return self.random.choice(
            [
                *("a", "b1", "é", "x=y", "a#b", "'s  t'", '"d  e"', "'$A'", "''", '""', "a!b"),
                *("$A", '"$A"', '"<$A>"', "$NOPE", '"$NOPE"', "$?", "\\$A", '"\\$A"', "\\ ", "\\;"),
                *('\\"', "\\&", "\\(", '"it\'s"', "'say \"x\"'", "{p,q}", "{1..3}", "{c..a}"),
                *("x{,y}", "{p,'q r'}", "{a}", "{}", "{a,{b,c}}", "{5..1..2}"),
                *("*.txt", "?.txt", "[ab].txt", "[!a].txt", "sub/*", "*/*.txt", "**/*.txt"),
                *("nomatch*", '"*.txt"', "'?'", "sub/../*.txt"),
                *(
                    "$(echo s t)",
                    '"$(echo s t)"',
                    "`echo q`",
                    "$(echo $(echo deep))",
                    "$(pwd | wc -l)",
                ),
                *("$(cat a.txt | head -n 2)", "$(echo '*.txt')", "$(true)", "con\\\ntinued"),
            ]
        )


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_scripts_mean_what_they_mean_to_bash(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + BATCH):
        script = Writer(seed).script()
        folder = tmp_path / str(seed)
        wanted = in_bash(script, folder)
        got = in_ours(script, folder)
        assert got == wanted, f"seed {seed}: {script!r}"


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in FILES.items():
        path = folder / "w" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "w"


def answer(code: int, stdout: bytes, folder: Path) -> tuple[int, str, dict[str, str]]:
    files = {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }
    return code, stdout.decode(), files


def environment(folder: Path) -> dict[str, str]:
    names = {"PATH": "/usr/bin:/bin", "HOME": "/home/somebody", "LC_ALL": "C.UTF-8"}
    return names | {"A": "v", "O": "o4", "PWD": str(folder)}


def in_bash(script: str, scratch: Path) -> tuple[int, str, dict[str, str]]:
    assert BASH
    folder = fresh(scratch)
    done = subprocess.run(
        [BASH, "-c", BASH_PROLOGUE + script + BASH_EPILOGUE],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT,
    )
    return answer(done.returncode, done.stdout, scratch)


def in_ours(script: str, scratch: Path) -> tuple[int, str, dict[str, str]]:
    folder = fresh(scratch)
    output = scratch.with_suffix(".out")
    with (
        output.open("w+b") as stdout,
        open("/dev/null", "r+b") as null,
    ):
        shell = Shell(
            str(folder),
            environment(folder),
            stdin=null.fileno(),
            stdout=stdout.fileno(),
            stderr=null.fileno(),
        )
        signal.signal(signal.SIGALRM, hang)
        signal.alarm(LIMIT)
        try:
            code = shell.run(parse(script))
        finally:
            signal.alarm(0)
        stdout.seek(0)
        return answer(code, stdout.read(), scratch)


def hang(signum: int, frame: object) -> None:
    pytest.fail("the script hangs")
