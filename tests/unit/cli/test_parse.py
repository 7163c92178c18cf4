"""What options may stand together, and what they take."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest

from wisp.cli.parse import parse
from wisp.errors import UsageError


def parsed(*words: str) -> SimpleNamespace:
    """Parse the words of a command that has no others below it, or of `task add`."""
    command = import_module(f"wisp.cli.commands.{words[0]}").COMMAND
    below = command.find(words[1]) if command.commands else None
    rest = words[2:] if below else words[1:]
    used = below or command
    return parse(used, used.name, rest, {}, used.options)[0]


@pytest.mark.parametrize(
    "words",
    [
        ("task", "add", "--depends-on", "a", "b", "--", "name", "ls", "-l"),
        ("task", "add", "name", "--depends-on", "a", "b", "--", "ls", "-l"),
        ("task", "add", "name", "--depends-on", "a", "--depends-on", "b", "--", "ls", "-l"),
        ("task", "add", "--depends-on", "a", "b", "--clean-env", "name", "--", "ls", "-l"),
    ],
)
def test_a_greedy_option_takes_words_up_to_the_next_option(words: tuple[str, ...]) -> None:
    values = parsed(*words)
    assert (values.depends_on, values.name, values.command) == (["a", "b"], "name", ["ls", "-l"])


@pytest.mark.parametrize(
    "words",
    [
        ("init", "--script", "file.py", "folder"),
        ("upgrade", "--exclude", "a", "b"),
        ("init", "--format", "pixi", "--pyproject-toml"),
    ],
)
def test_what_cannot_be_given_together_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="cannot be used with"):
        parsed(*words)


def test_an_option_that_excludes_an_argument_stands_well_without_it() -> None:
    assert parsed("upgrade", "--exclude", "a").exclude == ["a"]
    assert parsed("init", "--script", "file.py").path is None


@pytest.mark.parametrize("word", ["pyproject", "PyProject"])
def test_choices_in_upper_and_lower_case(word: str) -> None:
    assert parsed("init", "--format", word).format == "pyproject"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("--", "name", "ls", "-l"), ["ls", "-l"]),
        (("--cwd", "x", "--", "name", "ls", "--", "-l"), ["ls", "--", "-l"]),
        (("name", "--", "--help"), ["--help"]),
        (("name", "ls", "--", "--cwd", "y"), ["ls", "--cwd", "y"]),
    ],
)
def test_no_word_is_an_option_after_two_dashes(words: tuple[str, ...], command: list[str]) -> None:
    values = parsed("task", "add", *words)
    assert (values.name, values.command) == ("name", command)


def test_two_dashes_are_no_value() -> None:
    with pytest.raises(UsageError, match="expected one argument"):
        parsed("task", "add", "name", "ls", "--cwd", "--", "x")


def test_too_many_words_after_two_dashes() -> None:
    with pytest.raises(UsageError, match="unexpected argument '-x' found"):
        parsed("init", "--", "folder", "-x")
