from __future__ import annotations

from typing import Any

import pytest

from wisp.errors import TaskError
from wisp.specs.task import Task, TaskArg, TaskDependency
from wisp.tasks.catalogue import Catalogue, EnvironmentTasks
from wisp.tasks.graph import Request, build
from wisp.tasks.script import script, shown


def task(name: str, cmd: str | tuple[str, ...] | None = None, *needs: str, **more: Any) -> Task:
    if cmd is None and not needs and "depends_on" not in more:
        cmd = f"echo {name}"
    more.setdefault("depends_on", tuple(TaskDependency(need) for need in needs))
    return Task(name, cmd, form="table", **more)


def environment(name: str, *tasks: Task, **more: Any) -> EnvironmentTasks:
    return EnvironmentTasks(name, {t.name: t for t in tasks}, platform="linux-64", **more)


def request(**more: Any) -> Request:
    facts: dict[str, Any] = {
        "root": "/w",
        "manifest": "/w/pixi.toml",
        "init_cwd": "/w/sub",
        "system": "linux",
        "fallback": "default",
        "release": "0.77.0",
    }
    return Request(**facts, **more)


def names(catalogue: Catalogue, *words: str, **more: Any) -> list[str]:
    graph = build(catalogue, words, request(**more))
    return [node.task.name for node in graph.order()]


def where(catalogue: Catalogue, *words: str, **more: Any) -> str:
    return build(catalogue, words, request(**more)).nodes[0].environment.name


def single(*tasks: Task) -> Catalogue:
    return Catalogue([environment("default", *tasks)])


# Order


def test_a_shared_dependency_runs_once_before_all_who_need_it() -> None:
    catalogue = single(
        task("base"), task("a", "a", "base"), task("b", "b", "base"), task("top", "t", "a", "b")
    )
    assert names(catalogue, "top") == ["base", "a", "b", "top"]


@pytest.mark.parametrize("name", ["a b", "t$(id)", "a;b", "b\\s", "a && b", "# c", '"q"'])
def test_the_name_of_a_task_is_no_command_line(name: str) -> None:
    found = build(single(task(name, "echo hi"), task("a", "echo no")), [name], request())
    assert [node.task.name for node in found.nodes] == [name]


def test_the_same_name_twice_in_one_list_runs_twice() -> None:
    catalogue = single(task("a"), task("top", None, "a", "a"))
    assert names(catalogue, "top") == ["a", "a", "top"]


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ({"a": "b", "b": "a"}, "a → b → a"),
        ({"a": "a"}, "a → a"),
        ({"a": "b", "b": "c", "c": "b"}, "b → c → b"),
        ({"a": "b c", "b": "", "c": "d", "d": "a"}, "a → c → d → a"),
    ],
)
def test_a_task_that_needs_itself_is_refused(needs: dict[str, str], told: str) -> None:
    catalogue = single(*(task(name, name, *below.split()) for name, below in needs.items()))
    with pytest.raises(TaskError, match=f"the task '{told[0]}' depends on itself") as raised:
        names(catalogue, "a")
    assert raised.value.hints == (f"by way of: {told}",)


@pytest.mark.parametrize(
    ("needs", "asked", "told"),
    [
        ({"default": "a b x", "x": "b a default"}, "a", "a (default) → b (x) → a (default)"),
        ({"x": "t t y", "y": "t t z", "z": "t t x"}, "t", "t (x) → t (y) → t (z) → t (x)"),
        ({"default": "t u x", "x": "u u x"}, "t", "u → u"),
    ],
)
def test_a_circle_through_environments_names_them(
    needs: dict[str, str], asked: str, told: str
) -> None:
    places = []
    for place, words in needs.items():
        name, below, where = words.split()
        one = task(name, name, depends_on=(TaskDependency(below, environment=where),))
        places.append(environment(place, one))
    with pytest.raises(TaskError) as raised:
        build(Catalogue(places), [asked], request(environment=next(iter(needs))))
    assert raised.value.hints == (f"by way of: {told}",)


def test_what_two_need_is_no_cycle() -> None:
    catalogue = single(
        task("a", "a", "b", "c"), task("b", "b", "d"), task("c", "c", "d"), task("d")
    )
    assert names(catalogue, "a") == ["d", "b", "c", "a"]


def test_different_arguments_are_different_calls() -> None:
    show = task("show", "echo {{ x }}", args=(TaskArg("x"),))
    needs = (TaskDependency("show", ("1",)), TaskDependency("show", (("x", "2"),)))
    graph = build(single(show, task("top", None, depends_on=needs)), ["top"], request())
    assert [script(node) for node in graph.order()[:2]] == ["echo 1", "echo 2"]


def test_skipping_dependencies_runs_the_root_alone() -> None:
    assert names(single(task("a"), task("b", "b", "a")), "b", skip_dependencies=True) == ["b"]


def test_ten_thousand_tasks_in_a_chain() -> None:
    tasks = [task("t0"), *(task(f"t{i}", "x", f"t{i - 1}") for i in range(1, 10_000))]
    assert names(single(*tasks), "t9999")[:2] == ["t0", "t1"]


def test_a_dependency_nobody_defines_is_named() -> None:
    with pytest.raises(TaskError, match="could not find the task 'nope'"):
        names(single(task("a", "a", "nope")), "a")


# Environments


def test_the_default_environment_comes_first_where_all_agree() -> None:
    build_task = task("build")
    catalogue = Catalogue([environment("default", build_task), environment("x", build_task)])
    assert where(catalogue, "build") == "default"


def test_different_definitions_are_ambiguous() -> None:
    catalogue = Catalogue(
        [environment("default", task("t", "one")), environment("x", task("t", "two"))]
    )
    with pytest.raises(TaskError, match="the task 't' is ambiguous") as caught:
        where(catalogue, "t")
    assert "default, x" in caught.value.hints[0]


def test_an_ambiguous_need_is_told_by_what_was_asked_for() -> None:
    top = task("top", None, "mid")
    shared = [top, task("mid", None, "low")]
    catalogue = Catalogue(
        [
            environment("default", *shared),
            environment("x", *shared, task("low", "one")),
            environment("y", *shared, task("low", "two")),
        ]
    )
    with pytest.raises(TaskError, match="the task 'low' is ambiguous") as caught:
        where(catalogue, "top")
    assert caught.value.hints[1:] == (
        'the task \'mid\' depends on it, and may name one: `{ task = "low", environment = "x" }`',
        "choose one with `--environment`, e.g. `pixi run -e x top`",
    )


def test_an_environment_that_cannot_run_here_does_not_count() -> None:
    foreign = environment("x", task("t", "two"), runnable=False)
    catalogue = Catalogue([environment("default", task("t", "one")), foreign])
    assert where(catalogue, "t") == "default"


def test_equal_definitions_outside_default_are_ambiguous_too() -> None:
    catalogue = Catalogue(
        [environment("default"), environment("x", task("t")), environment("y", task("t"))]
    )
    with pytest.raises(TaskError, match="ambiguous"):
        where(catalogue, "t")


def test_a_person_may_choose() -> None:
    catalogue = Catalogue(
        [environment("default"), environment("x", task("t")), environment("y", task("t"))]
    )
    graph = build(catalogue, ["t"], request(), lambda name, options: options[1])
    assert graph.nodes[0].environment.name == "y"


@pytest.mark.parametrize("explicit", [None, "default"])
def test_the_default_environment_of_a_task_holds_unless_one_is_asked_for(
    explicit: str | None,
) -> None:
    t = task("t", default_environment="x")
    catalogue = Catalogue([environment("default", t), environment("x", t)])
    assert where(catalogue, "t", environment=explicit) == (explicit or "x")


def test_a_candidate_that_names_itself_wins() -> None:
    catalogue = Catalogue(
        [
            environment("default"),
            environment("x", task("t")),
            environment("y", task("t", default_environment="y")),
        ]
    )
    assert where(catalogue, "t") == "y"


def test_a_dependency_may_ask_for_its_environment() -> None:
    needs = (TaskDependency("t", environment="x"), TaskDependency("t"))
    catalogue = Catalogue(
        [environment("default", task("t"), task("top", None, depends_on=needs)),
         environment("x", task("t"))]
    )  # fmt: skip
    graph = build(catalogue, ["top"], request())
    assert [node.environment.name for node in graph.order()] == ["x", "default", "default"]


@pytest.mark.parametrize(("name", "near"), [("test", "tests"), ("defalt", "default"), ("zz", "")])
def test_an_unknown_environment_of_a_dependency_or_a_task_is_an_error(name: str, near: str) -> None:
    needs = (TaskDependency("t", environment=name),)
    catalogue = Catalogue(
        [environment("default", task("t"), task("top", None, depends_on=needs)),
         environment("tests", task("own", "echo", default_environment=name))]
    )  # fmt: skip
    for word, place in (("top", "task 'top'"), ("own", "`default-environment` of task 'own'")):
        with pytest.raises(TaskError) as raised:
            build(catalogue, [word], request())
        assert raised.value.message == f"unknown environment '{name}' in {place}"
        hints = [f"did you mean `{near}`?"] if near else []
        assert [*raised.value.hints] == [*hints, "the environments are: default, tests"]


def test_a_dependency_that_there_is_not_may_be_mistyped() -> None:
    with pytest.raises(TaskError) as raised:
        names(single(task("build"), task("top", None, "biuld")), "top")
    assert raised.value.hints[-1] == "did you mean `build`?"


def test_a_task_for_other_machines_tells_how_to_add_this_one() -> None:
    there = EnvironmentTasks("there", {"g": task("g")}, platform="osx-arm64", runnable=False)
    catalogue = Catalogue([environment("default"), there])
    with pytest.raises(TaskError) as raised:
        build(catalogue, ["g"], request(host="linux-64", environment="default"))
    assert raised.value.hints[1:] == (
        "this machine is linux-64, and what has the task is for osx-arm64",
        "`pixi workspace platform add linux-64` adds this machine to the workspace",
    )


def test_an_unknown_environment_is_an_error() -> None:
    with pytest.raises(TaskError, match="unknown environment 'nope'"):
        names(single(task("a")), "a", environment="nope")


def test_a_task_of_another_environment_is_not_available_in_the_one_asked_for() -> None:
    catalogue = Catalogue([environment("default"), environment("x", task("t"))])
    with pytest.raises(TaskError, match="the task 't' is not available in environment 'default'"):
        names(catalogue, "t", environment="default")


def test_a_task_of_another_platform_is_not_available_on_this_machine() -> None:
    catalogue = Catalogue([environment("default", elsewhere={"t": ("win-64",)})])
    with pytest.raises(TaskError, match="not available on this machine") as caught:
        names(catalogue, "t")
    assert "win-64" in caught.value.hints[0]


# Command lines that are no tasks


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["echo", "a  b", "it's"], "'echo' 'a  b' 'it'\"'\"'s'"),
        (['echo "a  b" && ls'], "echo a  b && ls"),
        (["echo 'open"], "echo 'open"),
    ],
)
def test_other_words_are_a_command_line(words: list[str], text: str) -> None:
    graph = build(single(), words, request())
    assert graph.nodes[0].task.form == "custom"
    assert script(graph.nodes[0]) == text


def test_a_name_with_spaces_is_called_with_inner_quotes() -> None:
    assert names(single(task("a b", "x")), '"a b" c') == ["a b"]


def test_an_executable_is_never_looked_up_as_a_task() -> None:
    graph = build(single(task("ls", "echo no")), ["ls"], request(executable=True))
    assert script(graph.nodes[0]) == "ls"


def test_templates_of_a_command_line_are_rendered_on_wish() -> None:
    words = ["echo", "{{ pixi.platform }}"]
    plain = build(single(), words, request()).nodes[0]
    assert script(plain) == "'echo' '{{ pixi.platform }}'"
    rendered = build(single(), words, request(templated=True)).nodes[0]
    assert script(rendered) == "'echo' 'linux-64'"


# Scripts


def test_words_are_quoted_for_the_shell_and_plain_for_people() -> None:
    node = build(single(task("t", "echo")), ["t", "a b", "$X"], request()).nodes[0]
    assert script(node) == "echo 'a b' '$X'"
    assert shown(node) == "echo a b $X"


def test_variables_of_the_task_are_exported_in_order() -> None:
    t = task("t", "run", env={"B": '{{ pixi.version }} "x"', "A": "$B"})
    node = build(single(t), ["t"], request()).nodes[0]
    assert script(node) == 'export "B=0.77.0 \\"x\\"";\nexport "A=$B";\n\nrun'


def test_a_list_quotes_what_would_fall_apart() -> None:
    t = task("t", ("echo", "a b", "", "[x]", "$Y", "{{ pixi.environment.name }}"))
    node = build(single(t), ["t"], request()).nodes[0]
    assert script(node) == "echo 'a b' '' '[x]' $Y default"
