"""What `run` can do beyond Pixi: parallel tasks and env-files; and choosing what to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"]
[tasks]
one = "echo 1"
two = "echo 2"
bad = "exit 3"
all = { depends-on = ["one", "two"] }
broken = { depends-on = ["bad", "one"] }
secret = "echo $TOKEN"
shown = { cmd = "echo {{ a }}", args = ["a"] }
[tool.wisp.tasks.secret]
env-file = ".env"
[tool.wisp.tasks.shown]
env-file = [".env"]
[feature.x.tasks]
there = "echo x"
[feature.y.tasks]
there = "echo y"
[environments]
x = ["x"]
y = ["y"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    (folder / ".env").write_text("TOKEN=very-secret\n")
    return folder


def test_tasks_in_parallel_are_labelled_and_summed_up(wisp: CommandLine, workspace: Path) -> None:
    done = wisp("run", "-j", "2", "all", cwd=workspace).success()
    assert sorted(done.stdout.splitlines()) == ["one | 1", "two | 2"]
    assert [line.split() for line in done.stderr.splitlines()[-2:]] == [
        ["ok", *line.split()[1:3], name]
        for line, name in zip(done.stderr.splitlines()[-2:], ("one", "two"), strict=True)
    ]


def test_a_parallel_failure_is_the_exit_code(wisp: CommandLine, workspace: Path) -> None:
    assert wisp("run", "-j", "2", "broken", cwd=workspace).code == 3
    kept = wisp("run", "-j2", "--keep-going", "broken", cwd=workspace)
    assert (kept.code, kept.stdout) == (3, "one | 1\n")
    assert wisp("run", "-j", "0", "all", cwd=workspace).code == 2


def test_env_files_reach_tasks_and_stay_out_of_what_is_said(
    wisp: CommandLine, workspace: Path
) -> None:
    for _ in range(2):  # the second time in the fast lane
        assert wisp("run", "-q", "secret", cwd=workspace).success().stdout == "very-secret\n"
        said = wisp("run", "shown", "very-secret", cwd=workspace).success()
        assert "very-secret" not in said.stderr
        assert "echo ***" in said.stderr


def test_a_name_of_several_environments_is_refused_without_a_terminal(
    wisp: CommandLine, workspace: Path
) -> None:
    done = wisp("run", "there", cwd=workspace)
    assert done.code == 1
    assert "the task 'there' is ambiguous" in done.stderr
    assert wisp("run", "-q", "-e", "y", "there", cwd=workspace).success().stdout == "y\n"


def test_the_active_environment_is_searched_alone(wisp: CommandLine, workspace: Path) -> None:
    active = {"PIXI_IN_SHELL": "1", "PIXI_ENVIRONMENT_NAME": "x"}
    done = wisp("run", "-q", "there", cwd=workspace, env=active)
    assert done.success().stdout == "x\n"


def test_an_unknown_command_lists_the_tasks(wisp: CommandLine, workspace: Path) -> None:
    done = wisp("run", "nosuchthing", cwd=workspace)
    assert done.code == 127
    assert "Available tasks:\n\tall\n\tbad\n" in done.stderr


def test_names_near_to_an_unknown_command_are_offered(wisp: CommandLine, workspace: Path) -> None:
    for _ in range(2):  # the second time in the fast lane
        task = wisp("run", "brokn", cwd=workspace)
        assert "did you mean `broken`?\n\nAvailable tasks:" in task.stderr
        program = wisp("run", "echo 1 && chmdo +x a", cwd=workspace)
        assert (program.code, program.stdout) == (127, "1\n")
        assert "chmdo: command not found\n  help: did you mean `chmod`" in program.stderr
        handled = wisp("run", "chmdo || echo 2", cwd=workspace).success()
        assert "did you mean" not in handled.stderr
        wisp("run", "-q", "one", cwd=workspace).success()


def test_tasks_are_introduced_under_the_name_that_was_called(
    wisp: CommandLine, pixi: CommandLine, workspace: Path
) -> None:
    for command, name in ((wisp, "Wisp"), (pixi, "Pixi")):
        for _ in range(2):
            said = command("run", "one", cwd=workspace).success().stderr
            assert said == f"✨ {name} task (one in default): echo 1\n"


def test_a_missing_activation_script_is_warned_of_once_in_every_run(
    wisp: CommandLine, workspace: Path
) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(MANIFEST + '[activation]\nscripts = ["nope.sh"]\n')
    for _ in range(3):
        said = wisp("run", "one", cwd=workspace).success().stderr
        assert said.count("could not find activation script") == 1


def test_tasks_whose_output_nobody_reads_are_ended(wisp: CommandLine, workspace: Path) -> None:
    (workspace / "pixi.toml").write_text(MANIFEST.replace('"echo 1"', '"yes"'))
    run = wisp.start("run", "-j2", "all", cwd=workspace)
    assert run.stdout is not None
    assert run.stdout.readline() in ("one | y\n", "two | 2\n")
    run.stdout.close()
    assert run.wait(120) == -13
    run.communicate()
