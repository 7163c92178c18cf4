"""Tasks, their files and the blocks of scripts are read in bounded time, whatever they hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result

pytestmark = pytest.mark.forked

SECONDS = 40


def run(wisp: CommandLine, folder: Path, tasks: str, *words: str) -> Result:
    """Run a task of a workspace; the test fails if that takes long."""
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n[tasks]\n{tasks}\n'
    )
    done = wisp("run", *words, cwd=folder, timeout=SECONDS)
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    return done


#: What is told of a pattern that takes none of the files, and of one whose braces have no measure.
NONE, TOO_MANY = "No files matched the input globs", "the braces of a pattern mean too many names"


@pytest.mark.parametrize(
    ("pattern", "name", "told"),
    [
        ("*a" * 40 + "b", "a" * 200, NONE),
        ("*a" * 40 + "b", "a" * 200 + "b", ""),
        ("*?" * 60 + "!", "a" * 200, NONE),
        ("**/*" * 20, "x/" * 25 + "f", ""),
        ("**/x/" * 20 + "z", "x/" * 60 + "f", NONE),
        ("**/x/" * 20 + "z", "x/" * 60 + "z", ""),
        ("{*a,*a}" * 8 + "b", "a" * 200, NONE),
        ("{*a,*a}" * 12 + "b", "a" * 200, TOO_MANY),
    ],
    ids=[
        *("stars", "stars taken", "signs", "stars in folders", "folders", "folders taken"),
        *("some braces", "braces"),
    ],
)
def test_a_pattern_of_many_wildcards_takes_no_time_without_end(
    wisp: CommandLine, tmp_path: Path, pattern: str, name: str, told: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    done = run(wisp, tmp_path, f'hi = {{ cmd = "echo hi", inputs = ["{pattern}"] }}', "hi")
    # Files are looked at once the task has run, what is no pattern before.
    assert (done.code, done.stdout) == ((1, "") if told == TOO_MANY else (0, "hi\n"))
    assert [one for one in (NONE, TOO_MANY) if one in done.stderr] == [one for one in [told] if one]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{a,b}" * 30, "too many names"),
        ("a" * 5_000, "longer than any path"),
        ("[z-a]", "no class of characters"),
        ("[a--]", "no class of characters"),
        ("[!]]", ""),
        ("[!-+]", ""),
        ("{a{b}", ""),
    ],
    ids=["braces", "long", "backward", "to a dash", "closing", "not a dash", "not closed"],
)
def test_a_pattern_without_measure_or_sense_is_told_in_words(
    wisp: CommandLine, tmp_path: Path, pattern: str, told: str
) -> None:
    done = run(wisp, tmp_path, f'hi = {{ cmd = "echo hi", inputs = ["{pattern}"] }}', "hi")
    assert (done.code, told in done.stderr) == (1 if told else 0, True)


@pytest.mark.parametrize("kind", ["twice", "itself"])
def test_tasks_that_need_each_other_without_end_are_told_in_words(
    wisp: CommandLine, tmp_path: Path, kind: str
) -> None:
    """Each is asked for with other arguments, so none is there already."""

    def task(name: str, *needs: tuple[str, str]) -> str:
        below = ", ".join(f'{{ task = "{one}", args = ["{arg}"] }}' for one, arg in needs)
        return f'{name} = {{ cmd = "true", args = ["a"], depends-on = [{below}] }}'

    tasks = task("t0", ("t0", "{{ a }}x"))
    if kind == "twice":
        steps = ((f"t{i}", f"t{i + 1}") for i in range(28))
        tasks = "\n".join(task(one, (two, "{{ a }}x"), (two, "{{ a }}y")) for one, two in steps)
        tasks += "\n" + task("t28")
    done = run(wisp, tmp_path, tasks, "t0", "x")
    assert (done.code, "more than 10000 tasks" in done.stderr) == (1, True), done.stderr


def test_a_placeholder_makes_no_text_without_end(wisp: CommandLine, tmp_path: Path) -> None:
    tasks = "hi = { cmd = \"echo {{ a|replace('', 'y'*2000000) }}\", args = [\"a\"] }"
    done = run(wisp, tmp_path, tasks, "hi", "x")
    assert (done.code, "makes a text longer" in done.stderr) == (1, True), done.stderr[:500]


def test_a_dotenv_file_that_no_variable_can_hold_is_told_in_words(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"A=b\nB=a\0b\n")
    tasks = 'hi = "echo hi"\n[tool.wisp.tasks.hi]\nenv-file = ".env"'
    done = run(wisp, tmp_path, tasks, "hi")
    assert (done.code, "no variable can hold a NUL" in done.stderr) == (1, True), done.stderr
    assert ".env:2:1" in done.stderr


def test_a_quote_of_many_lines_is_read_once(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('A="' + "\n\n\n\n" * 20_000 + '"\n')
    tasks = 'hi = "echo hi"\n[tool.wisp.tasks.hi]\nenv-file = ".env"'
    assert run(wisp, tmp_path, tasks, "hi").success().stdout == "hi\n"


def test_blocks_of_a_script_that_are_not_closed_are_read_once(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "s.py").write_text("# /// a\n#\n" * 60_000)
    done = wisp("run", "--script", "s.py", cwd=tmp_path, timeout=SECONDS)
    assert (done.code, "does not contain" in done.stderr) == (1, True), done.stderr[:500]


def test_patterns_of_git_that_are_no_text_are_read_as_they_are(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xff\xfe\0[\n*.pyc\n")
    assert run(wisp, tmp_path, 'hi = "echo hi"', "hi").success()
    done = wisp("image", "dockerfile", cwd=tmp_path)
    assert "bug" not in done.stderr, done.stderr
    assert "*.pyc" in (tmp_path / ".dockerignore").read_text()


def test_an_edit_waits_for_no_pipe_in_place_of_the_lock(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text('[workspace]\nchannels = []\nplatforms = ["linux-64"]\n')
    os.mkfifo(tmp_path / "pixi.lock")
    done = wisp("add", "other", cwd=tmp_path, timeout=SECONDS)
    assert (done.code, "no regular file" in done.stderr) == (1, True), done.stderr
    assert "other" not in (tmp_path / "pixi.toml").read_text()
