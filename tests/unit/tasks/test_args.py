from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wisp.errors import TaskError
from wisp.specs.task import Task, TaskArg
from wisp.tasks.args import Arguments, bind, bind_dependency, quote, split
from wisp.tasks.templates import Context, render

TYPED = Task("t", "x", args=(TaskArg("a"), TaskArg("b", "two", ("two", "three"))))
FREE = Task("t", "x")


def test_words_fill_arguments_in_order_and_the_rest_is_passed_on() -> None:
    arguments = bind(TYPED, ["1", "three", "--", "--", "x"])
    assert arguments.named == (("a", "1"), ("b", "three"))
    assert arguments.extra == ("--", "x")


def test_without_declared_arguments_all_is_passed_on() -> None:
    assert bind(FREE, ["--", "-v", "--"]).extra == ("-v", "--")
    assert bind(FREE, ["a=b"]).extra == ("a=b",)


@pytest.mark.parametrize("words", [["a"], ["--", "-k", "x"], [""]])
def test_nothing_takes_the_words_after_an_alias(words: list[str]) -> None:
    with pytest.raises(TaskError, match="task 't' is an alias: nothing takes") as raised:
        bind(Task("t", None), words)
    assert "declare `args`" in raised.value.hints[1]
    assert bind(Task("t", None), []).extra == ()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no value provided for argument 'a' of task 't'"),
        (["1", "four"], "got 'four' for argument 'b' of task 't', choose from: two, three"),
        (["1", "two", "3"], "task 't' received more arguments than expected"),
    ],
)
def test_words_that_do_not_fit(words: list[str], message: str) -> None:
    with pytest.raises(TaskError) as caught:
        bind(TYPED, words)
    assert caught.value.message == message


def test_how_a_task_is_called_is_told_to_who_left_an_argument_out() -> None:
    with pytest.raises(TaskError) as caught:
        bind(TYPED, [])
    assert caught.value.hints == ("call it as `pixi run t A`, or give the argument a `default`",)


def test_dependencies_may_name_arguments() -> None:
    assert bind_dependency(TYPED, ["1", ("b", "three")]).named == (("a", "1"), ("b", "three"))
    assert bind_dependency(FREE, ["1", ("b", "2")]).extra == ("1", "b=2")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([("c", "1")], "named argument 'c' does not exist for task t"),
        ([("a", "1"), "x"], "Positional argument 'x' found after named argument for task t"),
        (["1", "two", "3"], "task 't' received more arguments than expected"),
    ],
)
def test_arguments_of_dependencies_that_do_not_fit(
    args: list[str | tuple[str, str]], message: str
) -> None:
    with pytest.raises(TaskError) as caught:
        bind_dependency(TYPED, args)
    assert caught.value.message == message


@given(st.text(alphabet="ab '\"\\\t\n$`", max_size=14))
def test_splitting_agrees_with_the_standard_library(text: str) -> None:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters, lexer.escapedquotes = True, "", '"'
    try:
        expected = list(lexer)
    except ValueError:
        expected = None
    if "\\\n" not in text and "\\$" not in text and "\\`" not in text:
        assert split(text) == expected


def test_comments_and_joined_lines() -> None:
    assert split("a # b\nc#d \\\ne") == ["a", "c#d", "e"]


@given(st.text(max_size=12))
def test_a_quoted_word_is_one_word(text: str) -> None:
    assert shlex.split(quote(text)) == [text]


CONTEXT = Context(
    platform="linux-64",
    system="linux",
    environment="test",
    manifest="/w/pixi.toml",
    init_cwd="/w/sub",
    release="0.85.0",
)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("plain ${X}", "plain ${X}"),
        ("{{ a | upper }}", "ONE"),
        ("{% if pixi.is_unix %}{{ pixi.platform }}{% endif %}", "linux-64"),
        ("{{ pixi.is_win }} {{ pixi.is_linux }}", "False True"),
        ("{{ pixi.environment.name }} {{ pixi.init_cwd }}", "test /w/sub"),
    ],
)
def test_templates_know_arguments_and_the_workspace(text: str, rendered: str) -> None:
    assert render(text, CONTEXT, Arguments((("a", "one"),))) == rendered


@pytest.mark.parametrize(
    ("text", "now", "once"),
    [
        ("{{ pixi.is_win }} {{ none }}", "False None", "false none"),
        ("{{ pixi.is_win | string }}", "False", "false"),
        ("{{ [true, {'a': none}, 1.5, 'b'] }}", "[True, {'a': None}, 1.5, 'b']",
         "[true, {'a': none}, 1.5, 'b']"),
        ("{{ [true, 1, 'b'] | join('-') }}", "True-1-b", "true-1-b"),
        ("{{ true | lower }} {{ true | tojson }} {{ 1.0 }} {{ a }}", "true true 1.0 one",
         "true true 1.0 one"),
        ("{% if pixi.is_win %}no{% else %}yes{% endif %}", "yes", "yes"),
    ],
)  # fmt: skip
def test_truth_is_printed_as_python_does_since_it_came(text: str, now: str, once: str) -> None:
    arguments = Arguments((("a", "one"),))
    facts = {name: getattr(CONTEXT, name) for name in Context.__slots__}
    assert render(text, Context(**facts), arguments) == now
    assert render(text, Context(**facts | {"release": "0.77.0"}), arguments) == once


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("0.77.0", "`join` makes a text of more than 1048576 characters"),
        ("0.85.0", "engine ran out of fuel"),
    ],
)
def test_no_join_makes_a_text_without_measure(release: str, told: str) -> None:
    """What lists hold is counted by ours, which prints truth otherwise, or by the engine's own."""
    facts = {name: getattr(CONTEXT, name) for name in Context.__slots__}
    text = "{{ range(9999) | join(range(9999) | join('" + "a" * 40 + "')) }}"
    with pytest.raises(TaskError) as caught:
        render(text, Context(**facts | {"release": release}), Arguments())
    assert str((caught.value.message, *caught.value.causes)[-1]).startswith(told)


@pytest.mark.parametrize("text", ["{{ nope }}", "${#A}", "{{ pixi.nope }}"])
def test_faulty_templates_say_so(text: str) -> None:
    with pytest.raises(TaskError, match="failed to replace argument placeholders"):
        render(text, CONTEXT, Arguments())
