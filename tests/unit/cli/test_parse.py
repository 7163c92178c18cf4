"""What options may stand together, and what they take."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest

from wisp.cli.parse import parse
from wisp.errors import UsageError


def parsed(*words: str, environ: dict[str, str] | None = None) -> Any:
    """Parse the words of a command that has no others below it, or of `task add`."""
    command = import_module(f"wisp.cli.commands.{words[0]}").COMMAND
    below = command.find(words[1]) if command.commands else None
    rest = words[2:] if below else words[1:]
    used = below or command
    return parse(used, used.name, rest, environ or {})[0]


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
    assert (values.depends_on, values.name, values.command) == (("a", "b"), "name", ("ls", "-l"))


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
    assert parsed("upgrade", "--exclude", "a").exclude == ("a",)
    assert parsed("init", "--script", "file.py").path is None


@pytest.mark.parametrize("word", ["pyproject", "PyProject"])
def test_choices_in_upper_and_lower_case(word: str) -> None:
    assert parsed("init", "--format", word).format == "pyproject"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("--", "name", "ls", "-l"), ("ls", "-l")),
        (("--cwd", "x", "--", "name", "ls", "--", "-l"), ("ls", "--", "-l")),
        (("name", "--", "--help"), ("--help",)),
        (("name", "ls", "--", "--cwd", "y"), ("ls", "--cwd", "y")),
    ],
)
def test_no_word_is_an_option_after_two_dashes(
    words: tuple[str, ...], command: tuple[str, ...]
) -> None:
    values = parsed("task", "add", *words)
    assert (values.name, values.command) == ("name", command)


def test_two_dashes_are_no_value() -> None:
    with pytest.raises(UsageError, match="a value is required for '--cwd <CWD>'"):
        parsed("task", "add", "name", "ls", "--cwd", "--", "x")


def test_too_many_words_after_two_dashes() -> None:
    with pytest.raises(UsageError, match="unexpected argument '-x' found"):
        parsed("init", "--", "folder", "-x")


@pytest.mark.parametrize(
    "words", [("-e", "test"), ("-etest",), ("-e=test",), ("--environment", "test"),
              ("--environment=test",)]
)  # fmt: skip
def test_each_way_to_give_a_value(words: tuple[str, ...]) -> None:
    assert parsed("tree", *words).environment == "test"


def test_flags_of_one_letter_stand_together() -> None:
    values = parsed("tree", "-vvie", "test")
    assert (values.verbose, values.invert, values.environment) == (2, True, "test")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tree", "--invert", "--invert"), "the argument '--invert' cannot be used multiple times"),
        (
            ("tree", "-e", "a", "-e", "b"),
            "the argument '--environment <ENVIRONMENT>' cannot be used multiple times",
        ),
        (("tree", "--inver"), "unexpected argument '--inver' found"),
        (("tree", "a", "b"), "unexpected argument 'b' found"),
        (("tree", "--invert=x"), "unexpected value 'x' for '--invert' found"),
        (("tree", "-e"), "a value is required for '--environment <ENVIRONMENT>' but none"),
        (("tree", "-e", "--invert"), "a value is required for '--environment <ENVIRONMENT>'"),
        (("add",), "the following required arguments were not provided:\n  <SPEC>..."),
        (
            ("add", "x", "--index", "u"),
            "the following required arguments were not provided:\n  --pypi",
        ),
        (("tree", "--color", "red"), "invalid value 'red' for '--color <COLOR>'"),
        (("run", "--jobs", "0"), "invalid value '0' for '--jobs <JOBS>'"),
        (
            ("tree", "-m", "x", "-w", "y"),
            "the argument '--manifest-path <MANIFEST_PATH>' cannot be used with "
            "'--workspace <WORKSPACE>'",
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_known_words(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match="^" + re.escape(message)) as caught:
        parsed(*words)
    assert caught.value.hints[-1] == "For more information, try '--help'."


def test_the_nearest_option_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        parsed("install", "--loked")
    assert caught.value.hints[0] == "tip: a similar argument exists: '--locked'"


@pytest.mark.parametrize(
    ("word", "tips"),
    [("caches", ["tip: a similar subcommand exists: 'cache'"]), ("terraform", [])],
)
def test_the_nearest_command_below_one_that_runs_by_itself_is_named(
    word: str, tips: list[str]
) -> None:
    clean = import_module("wisp.cli.commands.clean").COMMAND
    with pytest.raises(UsageError) as caught:
        parse(clean, "wisp clean", [word], {})
    assert list(caught.value.hints[:-2]) == tips


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("install", "-n", "x"), "--environment"),
        (("list", "--name", "x"), "--environment"),
        (("add", "--group", "test", "pytest"), "--feature"),
        (("add", "--dev", "ruff"), "--feature"),
    ],
)
def test_options_of_other_tools_are_told_with_those_that_do_the_same(
    words: tuple[str, ...], option: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(*words)
    assert caught.value.hints[0] == f"tip: what is '{words[1]}' elsewhere is '{option}' here"


def test_what_follows_a_task_is_the_tasks() -> None:
    values = parsed("run", "-e", "test", "task", "-e", "other", "--", "--help")
    assert (values.environment, values.task) == ("test", ("task", "-e", "other", "--", "--help"))
    assert parsed("run", "--", "-x").task == ("-x",)


def test_numbers_below_zero_are_values_of_options_that_have_such() -> None:
    assert parsed("search", "x", "--limit", "-1").limit == -1


def test_an_option_with_a_bare_value_takes_no_word() -> None:
    values = parsed("add", "--offline", "x")
    assert (values.offline, values.spec) == ("true", ("x",))
    assert parsed("add", "--offline=no", "x").offline == "no"


def test_a_list_in_one_word_is_split() -> None:
    assert parsed("list", "--fields", "name,size", "--fields=kind").fields == (
        "name",
        "size",
        "kind",
    )


def test_variables_stand_in_for_options() -> None:
    assert parsed("install", environ={"PIXI_FROZEN": "true"}).frozen
    assert not parsed("install", environ={"PIXI_FROZEN": "false"}).frozen
    assert parsed("install", environ={"PIXI_NO_CONFIG": "yes"}).no_config
    assert parsed("install", "--color", "never", environ={"PIXI_COLOR": "always"}).color == "never"
    for name, text in (("PIXI_FROZEN", "yes"), ("PIXI_COLOR", "red")):
        with pytest.raises(UsageError, match=f"invalid value '{text}' .*from {name}"):
            parsed("install", environ={name: text})
