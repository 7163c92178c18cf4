"""A command that is a list of words, and templates in commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wisp.errors import TaskError
from wisp.specs.task import Task
from wisp.tasks.args import Arguments
from wisp.tasks.catalogue import EnvironmentTasks
from wisp.tasks.graph import TaskNode
from wisp.tasks.script import script
from wisp.tasks.templates import Context, render

CONTEXT = Context(
    platform="linux-64",
    system="linux",
    environment="default",
    manifest="/m",
    init_cwd="/",
    release="0.77.0",
)
TELL = "import sys; print(ascii(sys.argv[1:]))"


def told(tmp_path: Path, *words: str) -> str:
    """Return what a program sees of words that stand behind it in a list."""
    (tmp_path / "tell.py").write_text(TELL)
    task = Task("t", (sys.executable, "tell.py", *words), form="table")
    node = TaskNode(task, EnvironmentTasks("default", {"t": task}), Arguments(), CONTEXT)
    runner = (
        "import sys\n"
        "from wisp.tasks.run import execute\n"
        "from wisp.taskshell.parser import parse\n"
        "sys.exit(execute(parse(sys.argv[1]), sys.argv[2], {'X': 'a b', 'PATH': '/bin:/usr/bin'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", runner, script(node), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "word",
    ["a\\d+ b", "it's", "ends\\", 'say "no" now', "", "a\\ b\\", "[x]\\n", "'\"", "tab\there"],
)
def test_a_word_of_a_list_arrives_as_it_is_written(tmp_path: Path, word: str) -> None:
    assert told(tmp_path, "-E", word, "last") == ascii(["-E", word, "last"])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$X", ["a", "b"]),
        ("<$X it's>", ["<a b it's>"]),
        ('"$X"\\', ['"a b"\\']),
        ("tell.*", ["tell.py"]),
    ],
)
def test_variables_and_patterns_in_a_list_live(
    tmp_path: Path, word: str, expected: list[str]
) -> None:
    assert told(tmp_path, word) == ascii(expected)


def test_operators_in_a_list_live(tmp_path: Path) -> None:
    assert told(tmp_path, "x", "&&", "echo", "y") == "['x']\ny"


@pytest.mark.parametrize("text", ["docker --format '{{.Names}}'", "{{ pixi.no }}", "a {{"])
def test_a_template_that_fails_says_how_braces_are_written(text: str) -> None:
    with pytest.raises(TaskError) as raised:
        render(text, CONTEXT, Arguments())
    assert raised.value.hints == (
        "braces that are meant for the command are written `{{ '{{' }}` and `{{ '}}' }}`",
    )


def test_a_name_that_is_no_argument_says_how_one_is_declared() -> None:
    with pytest.raises(TaskError) as raised:
        render("echo {{ nobody }}", CONTEXT, Arguments())
    assert raised.value.hints[0] == ('an argument is declared with the task: `args = ["nobody"]`')


def test_braces_written_so_arrive() -> None:
    text = "docker --format '{{ '{{' }}.Names{{ '}}' }}'"
    assert render(text, CONTEXT, Arguments()) == "docker --format '{{.Names}}'"


@pytest.mark.parametrize("text", ["true && env", "false; env", "(exit 3); env", "env"])
def test_the_status_is_no_variable_of_a_child(text: str) -> None:
    runner = (
        "import sys\n"
        "from wisp.tasks.run import execute\n"
        "from wisp.taskshell.parser import parse\n"
        "execute(parse(sys.argv[1]), '/', {'PATH': '/bin:/usr/bin'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", runner, text], capture_output=True, text=True, check=True
    )
    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert names == {"PATH", "PWD"}
