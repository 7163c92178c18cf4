"""`run`: run a task, or any command, in an environment."""

from __future__ import annotations

import sys

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, tail, top, value
from wisp.cli.launch import die_as, program_path
from wisp.cli.opening import open_session, open_workspace, usage_of
from wisp.errors import WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wisp import RunOptions

NOT_FOUND = 127


class Options(
    options.LockInstallAsIs,
    options.Activation,
    options.Script,
    options.Experimental,
    options.Config,
):
    """What `run` takes."""

    task: tuple[str, ...] = tail("TASK", help="A task with its arguments, or a command to run")
    executable: bool = flag("-x", "--executable", help="Run a command even if a task has its name")
    environment: str | None = options.ENVIRONMENT
    platform: str | None = options.PLATFORM
    clean_env: bool = flag("--clean-env", help="Start from an empty environment (not on Windows)")
    skip_deps: bool = flag("--skip-deps", help="Do not run what the task depends on")
    templated: bool = flag("--templated", help="Fill in templates in the words of a command")
    dry_run: bool = flag("-n", "--dry-run", help="Only show what would run")
    jobs: int = value(
        "-j",
        "--jobs",
        read=options.positive,
        default="1",
        help="How many independent tasks may run at the same time",
    )
    keep_going: bool = flag(
        "--keep-going", help="With --jobs: go on with other tasks after a failure"
    )
    group_output: bool = flag(
        "--group-output", help="With --jobs: show each task's output in one piece"
    )
    no_completions: bool = flag("--no-completions", group="Config Options", hidden=True)


def run(call: Call[Options]) -> int:
    """Run what the words name and return its exit code."""
    words = list(call.values.task)
    script = call.values.script
    if script is None and _names_script(call, words):
        script, *words = words
    code = _run_script(call, script, words) if script else _run_words(call, words)
    call.out.flush()
    die_as(code)
    return code


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a whole command line is too long for a name
        return False


def _names_script(call: Call[Options], words: list[str]) -> bool:
    """Whether the first word is a script and no task, so that what follows belongs to it."""
    values = call.values
    if not words or not _is_file(call.cwd / words[0]):
        return False
    if values.executable or values.environment or values.manifest_path or values.workspace:
        return False
    session = open_session(call)
    if not session.is_script(call.cwd / words[0]):
        return False
    try:
        around = session.enclosing_root(call.cwd)
        return around is None or words[0] not in open_workspace(call).show.tasks().names
    except WispError:  # a faulty manifest around it says nothing of a script
        return True


def _run_words(call: Call[Options], words: list[str]) -> int:
    """Run a task or a command of the workspace."""
    workspace = open_workspace(call)
    code = workspace.terminal.run_words(words, _options(call)) if words else 0
    if not words or code == NOT_FOUND:
        call.out.listing(workspace.terminal.task_list(call.values.environment))
    return code


def _run_script(call: Call[Options], named: str, arguments: list[str]) -> int:
    """Run a script in an environment of its own."""
    usage = usage_of(call)
    with open_session(call).script(named, call.cwd, sys.stdin.read, usage=usage) as script:
        workspace = open_workspace(call, script=script)
        return workspace.terminal.run_script(script, arguments, _options(call))


def _options(call: Call[Options]) -> RunOptions:
    from wisp import RunOptions

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
        remember=call.usual,
        jobs=values.jobs,
        grouped=values.group_output,
        keep_going=values.keep_going,
        emoji=call.environ.get("LANG", "").upper().endswith("UTF-8"),
        color=call.out.color_err,
        say=call.out.note,
        warn=call.out.warning,
        choose=_asking(call),
    )


def _asking(call: Call[Options]) -> Callable[[str, list[str]], str | None] | None:
    """Let the person at the terminal choose an environment, if there is one."""

    def ask(name: str, environments: list[str]) -> str | None:
        question = f"The task '{name}' can be run in several environments:"
        return call.out.select(question, environments, "Environment: ")

    return ask if call.out.can_ask else None


COMMAND = top(
    "run",
    Options,
    run,
    example="run test --verbose",
    remembered=frozenset(
        (
            "environment",
            "executable",
            "skip_deps",
            "templated",
            "clean_env",
            "quiet",
            "verbose",
            "color",
            "no_progress",
            "jobs",
            "keep_going",
            "group_output",
        )
    ),
)
