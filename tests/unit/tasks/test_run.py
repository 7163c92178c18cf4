from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from wisp.errors import TaskError
from wisp.specs.task import Task, TaskArg, TaskDependency
from wisp.tasks.cache import EnvironmentFacts, file_name
from wisp.tasks.catalogue import Catalogue, EnvironmentTasks
from wisp.tasks.graph import Graph, Request, build
from wisp.tasks.run import RunSettings, run


class Workspace:
    """A folder, tasks, and a record of what the runner said and asked for."""

    def __init__(self, root: Path, *tasks: Task) -> None:
        self.root = root
        self.tasks = {task.name: task for task in tasks}
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.prepared: list[str] = []
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(root)}
        self.settings: dict[str, Any] = {}

    def admit(self, environment: str) -> None:
        pass

    def prepare(self, environment: str) -> None:
        self.prepared.append(environment)

    def variables(self, environment: str, clean: bool) -> dict[str, str]:
        return self.environ | {"ENV": environment, "CLEAN": str(clean)}

    def facts(self, environment: str) -> EnvironmentFacts:
        return EnvironmentFacts("linux-64", locations=["./pkg"])

    def task_names(self) -> list[str]:
        return list(self.tasks)

    def advice(self, environment: str, command: str, cwd: str, *, guess: bool) -> list[str]:
        return [f"{environment} may get {command}: `pixi add {command}`"]

    def graph(self, *words: str) -> Graph:
        environment = EnvironmentTasks("default", self.tasks, platform="linux-64")
        request = Request(
            root=str(self.root),
            manifest=str(self.root / "pixi.toml"),
            init_cwd=str(self.root),
            system="linux",
            fallback="default",
            release="0.77.0",
        )
        return build(Catalogue([environment]), words, request)

    def run(self, *words: str) -> int:
        settings = RunSettings(
            root=str(self.root),
            init_cwd=str(self.root),
            cache=str(self.root / ".pixi/task-cache-v0"),
            say=self.lines.append,
            warn=self.warnings.append,
            **self.settings,
        )
        self.lines.clear()
        self.warnings.clear()
        return run(self.graph(*words), self, settings)


def table(name: str, cmd: str, *needs: str, **more: Any) -> Task:
    return Task(name, cmd, form="table", depends_on=tuple(TaskDependency(n) for n in needs), **more)


def test_tasks_run_in_order_and_are_announced(tmp_path: Path) -> None:
    one = table("one", "echo 1 >> log", description="the first")
    ws = Workspace(tmp_path, one, table("two", "echo 2 >> log", "one"))
    assert ws.run("two") == 0
    assert (tmp_path / "log").read_text() == "1\n2\n"
    assert ws.lines == [
        "✨ Pixi task (one): echo 1 >> log: (the first)",
        "\n✨ Pixi task (two): echo 2 >> log",
    ]
    assert ws.prepared == ["default"]


def test_the_first_failure_stops_everything(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("one", "exit 7"), table("two", "echo 2 >> log", "one"))
    assert ws.run("two") == 7
    assert not (tmp_path / "log").exists()


def test_a_dry_run_only_tells(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("one", "echo 1 >> log"))
    ws.settings = {"dry": True, "several": True}
    assert ws.run("one") == 0
    assert ws.lines == [
        "🌵 Dry-run mode enabled - no tasks will be executed.\n\n",
        "✨ Pixi task (one in default): echo 1 >> log",
    ]
    assert ws.prepared == []


def test_no_signs_where_the_terminal_has_none(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("one", "true"))
    ws.settings = {"emoji": False}
    ws.run("one")
    assert ws.lines == ["Pixi task (one): true"]


@pytest.mark.parametrize(("words", "warned"), [(("test",), True), (("test", "x"), False)])
def test_a_task_that_is_not_there_is_not_taken_for_one_that_fails(
    tmp_path: Path, words: tuple[str, ...], *, warned: bool
) -> None:
    ws = Workspace(tmp_path)
    assert ws.run(*words) == (1 if warned else 0)
    assert any("no task is called `test`" in told for told in ws.warnings) is warned
    named = Workspace(tmp_path, table("test", "true"))
    assert (named.run("test"), named.warnings) == (0, [])


def test_blocks_of_other_shells_are_pointed_to_those(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("t", "for i in 1 2; do echo $i; done"))
    with pytest.raises(TaskError, match="failed to parse shell script") as caught:
        ws.run("t")
    assert "as in `bash -c '…'`" in caught.value.hints[0]


def test_a_task_runs_in_its_directory_and_a_command_in_the_callers(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    ws = Workspace(tmp_path, table("t", "pwd > here", cwd="sub"), table("bad", "x", cwd="nope"))
    assert ws.run("t") == 0
    assert (tmp_path / "sub/here").read_text() == f"{tmp_path}/sub\n"
    with pytest.raises(TaskError, match="invalid working directory 'nope'") as caught:
        ws.run("bad")
    assert caught.value.hints == (
        f"it is the `cwd` of task 'bad', and `{tmp_path / 'nope'}` is no folder",
    )


def test_a_script_that_cannot_be_read_is_quoted(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("t", "echo ("))
    with pytest.raises(TaskError, match=r"failed to parse shell script. Task: 'echo \('"):
        ws.run("t")


def test_clean_environments_are_asked_for(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("t", "echo $CLEAN > out", clean_env=True))
    ws.run("t")
    assert (tmp_path / "out").read_text() == "True\n"


# Cache


def test_a_task_is_skipped_until_an_input_or_output_changes(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("1")
    ws = Workspace(
        tmp_path, table("t", "cp in out; echo x >> log", inputs=("in",), outputs=("out",))
    )
    log = tmp_path / "log"
    for change, runs in (
        (lambda: None, 1),
        (lambda: None, 1),
        (lambda: (tmp_path / "in").write_text("2"), 2),
        (lambda: (tmp_path / "out").unlink(), 3),
        (lambda: (tmp_path / "out").write_text("edited"), 4),
    ):
        change()
        assert ws.run("t") == 0
        assert log.read_text() == "x\n" * runs
    ws.run("t")
    assert ws.lines[1] == "Task 't' can be skipped (cache hit) 🚀"


def test_arguments_have_their_own_cache(tmp_path: Path) -> None:
    t = table("t", "echo {{ a }} > {{ a }}.out", args=(TaskArg("a"),), outputs=("{{ a }}.out",))
    ws = Workspace(tmp_path, t)
    ws.run("t", "x")
    ws.run("t", "y")
    ws.run("t", "x")
    assert ws.lines[1] == "Task 't' with args a = x can be skipped (cache hit) 🚀"


def test_a_task_that_deletes_its_own_inputs_warns_and_runs_again(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("1")
    ws = Workspace(tmp_path, table("t", "rm -f in; echo x >> log", inputs=("in",)))
    for _ in range(2):
        assert ws.run("t") == 0
        assert ws.warnings == [
            "No files matched the input globs for task 't'",
            "Input globs: `in`",
        ]
    assert (tmp_path / "log").read_text() == "x\nx\n"


def test_a_damaged_cache_file_is_told_and_ignored(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("1")
    ws = Workspace(tmp_path, table("t", "true", inputs=("in",)))
    ws.run("t")
    cache = next((tmp_path / ".pixi/task-cache-v0").iterdir())
    cache.write_text("")
    assert ws.run("t") == 0
    assert "ignoring the task cache file" in ws.warnings[0]


def test_a_failed_task_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("1")
    ws = Workspace(tmp_path, table("t", "exit 1", inputs=("in",)))
    ws.run("t")
    assert not (tmp_path / ".pixi/task-cache-v0").exists()


def test_cache_files_have_the_names_that_pixi_gives(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("all", "x"), table("greet", "x", args=(TaskArg("name"),)))
    assert file_name(ws.graph("all").nodes[0]) == "default-all-d0a66a65c7528968.json"
    assert file_name(ws.graph("greet", "you").nodes[0]) == "default-greet-cbacd60ebed4784e.json"


# Secrets


def test_values_of_an_env_file_reach_the_task_and_are_masked_in_what_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("TOKEN=s3cret-value\n")
    ws = Workspace(tmp_path, table("t", "echo $TOKEN {{ a }} > out", args=(TaskArg("a"),)))
    ws.settings = {"env_files": {"t": (".env",)}}
    assert ws.run("t", "s3cret-value") == 0
    assert (tmp_path / "out").read_text() == "s3cret-value s3cret-value\n"
    assert ws.lines == ["✨ Pixi task (t): echo $TOKEN *** > out"]
    ws.tasks["t"].cmd = "echo s3cret-value ("
    with pytest.raises(TaskError) as caught:
        ws.run("t", "x")
    assert "s3cret" not in caught.value.message + "".join(map(str, caught.value.causes))


def test_secrets_are_masked_wherever_a_task_is_spoken_of(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOKEN=s3cret-value\n")
    (tmp_path / "in").write_text("")
    more = {"args": (TaskArg("a"),), "inputs": ("in",), "outputs": ("no-{{ a }}",)}
    ws = Workspace(tmp_path, table("missing", "true", **more))
    more["outputs"] = ("in",)
    ws.tasks["cached"] = table("cached", "true", **more)
    ws.settings = {"env_files": {"missing": (".env",), "cached": (".env",)}}
    assert ws.run("missing", "s3cret-value") == 0
    assert "Output globs: `no-***`" in ws.warnings
    for _ in range(2):
        assert ws.run("cached", "s3cret-value") == 0
    assert "Task 'cached' with args a = *** can be skipped (cache hit) 🚀" in ws.lines


def test_a_missing_env_file_is_named(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("t", "true"))
    ws.settings = {"env_files": {"t": ("nope.env",)}}
    with pytest.raises(TaskError, match=r"nope\.env"):
        ws.run("t")
