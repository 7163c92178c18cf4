"""Runs a graph of tasks: one after the other, through the task shell.

What a task needs from the rest of the program is asked of an `EnvironmentSource`: the variables of
an environment, its installation, what its fingerprint takes from it.
"""

from __future__ import annotations

import os

from wisp.errors import TaskError, WispError
from wisp.tasks.script import script, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import Protocol

    from wisp.tasks.cache import Digestible
    from wisp.tasks.graph import Graph, TaskNode
    from wisp.taskshell.shell import Shell
    from wisp.taskshell.tree import Script

    class EnvironmentSource(Protocol):
        """What running a task asks of the rest of the program."""

        def admit(self, environment: str) -> None:
            """Make sure that an environment can be used at all; called before a task is told."""

        def prepare(self, environment: str) -> None:
            """Install an environment, if it has to be; called before its first task."""

        def variables(self, environment: str, clean: bool) -> dict[str, str]:
            """Return all variables of a process in an environment."""

        def facts(self, environment: str) -> Digestible:
            """Return what fingerprints take from an environment."""

        def task_names(self) -> Iterable[str]:
            """Return the names that a mistyped one may have meant."""

        def advice(self, environment: str, command: str, cwd: str, *, guess: bool) -> Iterable[str]:
            """Word what may help where there is no such command; with `guess` what only may."""


#: Exit code of a script whose last command does not exist.
NOT_FOUND = 127

#: Of the line that tells which task runs: bold, the task, its command, and none.
_COLORS = ("\x1b[1m", "\x1b[32m", "\x1b[34m", "\x1b[0m")

#: A program of every system that people mean a task by, and that fails without a word.
_MUTE = "test"
_MUTE_FAILS = (
    "the system's program of that name runs, which without arguments fails and says nothing"
)


class RunSettings:
    """How a graph is run.

    `cache` is the folder of fingerprints; `say` prints one line for people, and is not called
    where they asked for quiet; `color` tells whether it may be painted, `several` whether the
    workspace has several environments; `env_files` has paths by task; `product` is the name we go
    by. `warn` gets what should be looked at. With `replace` the last command takes the place of
    this process where that is all there is left to do.
    """

    __slots__ = (
        "cache",
        "clean",
        "color",
        "dry",
        "emoji",
        "env_files",
        "init_cwd",
        "product",
        "replace",
        "root",
        "say",
        "several",
        "warn",
    )

    def __init__(
        self,
        *,
        root: str,
        init_cwd: str,
        cache: str,
        say: Callable[[str], None],
        warn: Callable[[str], None],
        clean: bool = False,
        dry: bool = False,
        emoji: bool = True,
        color: bool = False,
        replace: bool = False,
        several: bool = False,
        env_files: Mapping[str, Sequence[str]] | None = None,
        product: str = "Pixi",
    ) -> None:
        self.root = root
        self.init_cwd = init_cwd
        self.cache = cache
        self.say = say
        self.warn = warn
        self.clean = clean
        self.dry = dry
        self.emoji = emoji
        self.color = color
        self.replace = replace
        self.several = several
        self.env_files = dict(env_files or {})
        self.product = product


def run(graph: Graph, environments: EnvironmentSource, settings: RunSettings) -> int:
    """Run the nodes of a graph in order and return the exit code of the last one that ran.

    The first failure stops everything. Raises `TaskError` for what cannot be started at all.
    """
    runner = Runner(environments, settings)
    if settings.dry:
        settings.say(
            emoji(settings, "🌵 ") + "Dry-run mode enabled - no tasks will be executed.\n\n"
        )
    nodes = [node for node in graph.order() if node.task.cmd is not None]
    for node in nodes:
        code = runner.step(node, first=node is nodes[0], last=node is nodes[-1])
        if code != 0:
            return code
    return 0


class Runner:
    """Runs single nodes, and remembers what several of them share."""

    def __init__(self, environments: EnvironmentSource, settings: RunSettings) -> None:
        self._environments = environments
        self._settings = settings
        self._variables: dict[str, dict[str, str]] = {}
        self._secrets: set[str] = set()
        self._warned = False
        self.masking = Masking(self._secrets)

    def say(self, text: str) -> None:
        """Tell people something, without the secrets in it."""
        self._settings.say(self.masking.masked(text))

    def warn(self, text: str) -> None:
        """Warn of something, without the secrets in it."""
        self._settings.warn(self.masking.masked(text))

    def step(self, node: TaskNode, *, first: bool, last: bool) -> int:
        """Announce a node, skip it if nothing has changed, else run it and store that it ran."""
        with self.masking:
            prepared = self.made_ready(node, first=first)
            if prepared is None:
                return 0
            cwd, variables = prepared
            if last and self._settings.replace and not self._to_remember(node):
                become(node, cwd, variables)
            code = execute(
                read(node),
                cwd,
                variables,
                lambda shell: self._suggest(shell, node.environment.name),
            )
            if code == 0:
                self.remember(node)
        return code

    def _suggest(self, shell: Shell, environment: str) -> None:
        """Offer names near to that of a command that does not exist, and other ways to it."""
        if shell.unknown is None:
            return
        near = shell.near_names(self._environments.task_names())
        hints = [f"did you mean {' or '.join(f'`{name}`' for name in near)}?"] if near else []
        hints += self._environments.advice(environment, *shell.unknown, guess=not near)
        for hint in hints:
            program = self._settings.product.lower()
            self.say(f"  help: {hint}".replace("`pixi ", f"`{program} "))

    def made_ready(self, node: TaskNode, *, first: bool) -> tuple[str, dict[str, str]] | None:
        """Announce a node and make it ready to run: its directory and its variables.

        None if it need not run: nothing has changed, or nothing shall run at all.
        """
        secrets = self._read_secrets(node)
        if not self._settings.dry:
            self._environments.admit(node.environment.name)
        introduction = introduced(node, self._settings)
        if introduction is not None:
            self.say(("" if first else "\n") + introduction)
        elif node.task.cmd == _MUTE:
            self.warn(f"no task is called `{_MUTE}`: {_MUTE_FAILS}")
        if self._settings.dry or self._can_skip(node):
            return None
        return self._prepared(node, secrets)

    def _read_secrets(self, node: TaskNode) -> dict[str, str]:
        """Return the variables of a task's env-files, whose values are never shown from then on."""
        paths = self._settings.env_files.get(node.task.name)
        if not paths:
            return {}
        from wisp.tasks import dotenv

        variables = dotenv.read(self._settings.root, paths)
        self._secrets.update(variables.values())
        return variables

    def _can_skip(self, node: TaskNode) -> bool:
        """Whether the task ran before on the same inputs; says so."""
        if node.task.inputs is None and node.task.outputs is None:
            return False
        from wisp.tasks import cache

        facts = self._environments.facts(node.environment.name)
        settings = self._settings
        try:
            fresh = cache.is_up_to_date(node, settings.root, settings.cache, facts)
        except (ValueError, OSError) as error:
            path = os.path.join(settings.cache, cache.file_name(node))
            self.warn(f"ignoring the task cache file '{path}': {error}")
            return False
        if fresh:
            named = ", ".join(f"{name} = {value}" for name, value in node.arguments.named or ())
            told = f" with args {named}" if named else ""
            rocket = emoji(settings, " 🚀")
            self.say(f"Task '{node.task.name}'{told} can be skipped (cache hit){rocket}")
        return fresh

    def _prepared(self, node: TaskNode, secrets: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Make an environment ready; return the directory and the variables of a node."""
        environment = node.environment.name
        if environment not in self._variables:
            self._environments.prepare(environment)
            clean = self._settings.clean or node.task.clean_env
            self._variables[environment] = self._environments.variables(environment, clean)
        cwd = working_directory(node, self._settings)
        return cwd, {**self._variables[environment], **secrets}

    def _to_remember(self, node: TaskNode) -> bool:
        """Whether there is something to store once the node has run."""
        if node.task.form != "table":
            return False
        if node.task.inputs is not None or node.task.outputs is not None:
            return True
        from wisp.tasks import cache

        # Nothing is ever read from this file; as Pixi, one is left.
        return not os.path.exists(os.path.join(self._settings.cache, cache.file_name(node)))

    def remember(self, node: TaskNode) -> None:
        """Store that a task ran, for the next time, if that is possible."""
        if node.task.form != "table":
            return
        from wisp.tasks import cache

        facts = self._environments.facts(node.environment.name)
        try:
            missing = cache.store(node, self._settings.root, self._settings.cache, facts)
        except OSError as error:
            self._not_remembered(node, error)
            return
        for kind, patterns in missing:
            name = node.task.name
            self.warn(f"No files matched the {kind} globs for task '{name}'")
            self.warn(f"{kind.capitalize()} globs: {patterns}")

    def _not_remembered(self, node: TaskNode, error: OSError) -> None:
        """Warn, once, that a task will not be skipped next time; most never are."""
        if not self._warned and (node.task.inputs is not None or node.task.outputs is not None):
            self._warned = True
            reason = error.strerror or error
            self.warn(f"cannot remember that the task '{node.task.name}' ran: {reason}")


class Masking:
    """Keeps secrets out of what is said, and out of failures on their way up.

    `secrets` may grow as they become known.
    """

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = secrets

    def masked(self, text: str) -> str:
        """Return a text without the secrets."""
        if not self._secrets:
            return text
        from wisp.tasks.dotenv import masked

        return masked(text, self._secrets)

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._secrets and isinstance(error, WispError):
            error.message = self.masked(error.message)
            error.hints = tuple(map(self.masked, error.hints))
            error.causes = tuple(
                self.masked(cause) if isinstance(cause, str) else cause for cause in error.causes
            )


def introduced(node: TaskNode, settings: RunSettings) -> str | None:
    """Say which task runs now; None for a bare command line."""
    if node.task.form == "custom":
        return None
    where = f" in {node.environment.name}" if settings.several else ""
    try:
        command = shown(node)
    except WispError:
        command = str(node.task.cmd)
    sparkles = emoji(settings, "✨ ")
    bold, green, blue, off = _COLORS if settings.color else ("", "", "", "")
    name = f"{green}{node.task.name}{off}"
    text = f"{sparkles}{bold}{settings.product} task{off} ({name}{where}): {blue}{command}{off}"
    return f"{text}: ({node.task.description})" if node.task.description else text


def product_of(program: str) -> str:
    """Return the name that wisp goes by, when started as this program."""
    name = os.path.basename(program).removesuffix(".exe")
    return "Pixi" if name == "pixi" else "Wisp"


def emoji(settings: RunSettings, text: str) -> str:
    """Return a sign where the terminal can show it."""
    return text if settings.emoji else ""


def read(node: TaskNode) -> Script:
    """Render and read the script of a node; raises `TaskError`."""
    from wisp.taskshell.errors import ShellSyntaxError
    from wisp.taskshell.parser import parse

    text = script(node)
    try:
        return parse(text.strip())
    except ShellSyntaxError as error:
        raise TaskError(
            f"failed to parse shell script. Task: '{text}'",
            causes=(error.message,),
            hints=error.hints,
        ) from error


def working_directory(node: TaskNode, settings: RunSettings) -> str:
    """Return the directory a node runs in; raises `TaskError` if the task's is none."""
    if node.task.form == "custom":
        return settings.init_cwd
    if node.task.cwd is None:
        return settings.root
    path = os.path.join(settings.root, node.task.cwd)
    if not os.path.isdir(path):
        raise TaskError(
            f"invalid working directory '{node.task.cwd}'",
            hints=[f"it is the `cwd` of task '{node.task.name}', and `{path}` is no folder"],
        )
    return os.path.normpath(path)


def become(node: TaskNode, cwd: str, variables: Mapping[str, str]) -> None:
    """Replace this process by a plain command; return where the task shell has to run it."""
    from wisp.tasks import plain

    words = plain.words(script(node).strip())
    path = plain.executable(words[0], cwd, variables) if words else None
    if words and path:
        try:
            plain.replace_process(path, words[1:], cwd, variables)
        except OSError:
            return


def execute(
    parsed: Script,
    cwd: str,
    variables: dict[str, str],
    not_found: Callable[[Shell], None] | None = None,
) -> int:
    """Run a script on this process's own streams, with its signals passed on.

    `not_found` is called where the script ends because a command does not exist.
    """
    from wisp.tasks.forwarding import Forwarding
    from wisp.taskshell.shell import Shell

    shell = Shell(cwd, variables)
    with Forwarding(shell.signal):
        code = int(shell.run(parsed))
    if code == NOT_FOUND and not_found is not None:
        not_found(shell)
    return code
