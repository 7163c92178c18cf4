"""`run`: run a task, or any command, in an environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.launch import die_as, program_path
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.errors import UsageError

if TYPE_CHECKING:
    from wisp.api.use.run_options import RunOptions

NOT_FOUND = 127

#: With other options than these a snapshot would remember something unusual.
_HARMLESS = (
    "environment executable skip_deps templated clean_env quiet verbose color no_progress jobs "
    "keep_going group_output"
)


def run(call: Call) -> int:
    """Run what the words name and return its exit code."""
    words = _words(call.values.task)
    code = _run_script(call, words) if call.values.script else _run_words(call, words)
    call.out.flush()
    die_as(code)
    return code


def _run_words(call: Call, words: list[str]) -> int:
    """Run a task or a command of the workspace."""
    from wisp.api.use.running import run_words, task_list

    workspace = open_workspace(call)
    code = run_words(workspace, words, _options(call)) if words else 0
    if not words or code == NOT_FOUND:
        call.out.err(task_list(workspace, call.values.environment))
    return code


def _run_script(call: Call, arguments: list[str]) -> int:
    """Run a Python script in an environment of its own."""
    from wisp.api.use.scripts import found_script, run_script

    stdin = sys.stdin.read
    with found_script(call.values.script, call.cwd, open_session(call), stdin) as script:
        workspace = open_workspace(call, script=script)
        return run_script(workspace, script, arguments, _options(call))


def _options(call: Call) -> RunOptions:
    from wisp.api.use.run_options import RunOptions

    values = call.values
    return RunOptions(
        program=program_path(sys.argv[0]),
        cwd=call.cwd,
        environment=values.environment,
        platform=values.platform,
        usage=usage_of(call),
        executable=values.executable,
        skip_dependencies=values.skip_deps,
        templated=values.templated,
        clean=values.clean_env,
        dry=values.dry_run,
        replace=True,
        remember=call.given <= frozenset(_HARMLESS.split()),
        jobs=_jobs(values.jobs),
        grouped=values.group_output,
        keep_going=values.keep_going,
        emoji=call.environ.get("LANG", "").upper().endswith("UTF-8"),
        say=call.out.note,
        warn=call.out.warning,
        choose=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None,
    )


def _words(tail: list[str]) -> list[str]:
    """The words of the task; a `--` in front only ends our own options."""
    return tail[1:] if tail[:1] == ["--"] else tail


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"invalid value '{text}' for '--jobs': it is a number of tasks")
    return int(text)


def _ask(name: str, environments: list[str]) -> str | None:
    """Let the person at the terminal choose an environment; None without a choice."""
    print(f"The task '{name}' can be run in several environments:", file=sys.stderr)
    for number, environment in enumerate(environments, 1):
        print(f"  {number}) {environment}", file=sys.stderr)
    print("Environment: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(environments):
        return environments[int(answer) - 1]
    return answer if answer in environments else None


COMMAND = Command(
    name="run",
    summary="Run a task or a command in an environment",
    aliases=("r",),
    arguments=(
        Argument("task", "TASK", "tail", help="A task with its arguments, or a command to run"),
    ),
    options=(
        Option(("-x", "--executable"), help="Run a command even if a task has its name"),
        options.ENVIRONMENT,
        options.PLATFORM,
        Option(("--clean-env",), help="Start from an empty environment (not on Windows)"),
        Option(("--skip-deps",), help="Do not run what the task depends on"),
        Option(("--templated",), help="Fill in templates in the words of a command"),
        Option(("-n", "--dry-run"), help="Only show what would run"),
        Option(
            ("-j", "--jobs"),
            "JOBS",
            "value",
            default="1",
            help="How many independent tasks may run at the same time",
        ),
        Option(("--keep-going",), help="With --jobs: go on with other tasks after a failure"),
        Option(("--group-output",), help="With --jobs: show each task's output in one piece"),
        Option(("--force-activate",), group="Config Options", help="Ignore the activation cache"),
        Option(("--no-completions",), group="Config Options", hidden=True),
        *options.LOCK_INSTALL_AS_IS,
        *options.WORKSPACE,
        options.SCRIPT,
        *options.CONFIG,
    ),
    run=run,
)
