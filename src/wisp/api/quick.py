"""The fast lane: `run`, `shell-hook`, looks, and `install` and `lock` with nothing to do.

What a former command found out is taken from the snapshot, after a look at every file and variable
it came from. Whenever anything is in doubt (other options, a changed file, an environment not
installed, a fault of any kind) the answer is None, and the full program does the work.

There are two steps: a plan, which changes nothing, and a deed. Only a plan can be given up; what
fails in a deed is raised, because the full program would do its beginning again.
"""

from __future__ import annotations

import os
import sys
import time

from wisp.api import snapshot
from wisp.api.packed_tasks import Tasks
from wisp.api.snapshot import Snapshot
from wisp.api.trusted import Doubt, holds, root_around, trusted
from wisp.layout import DEFAULT_ENVIRONMENT, ENV_EXE, ENV_INIT_CWD, LOCK_NAME, SCRIPT_SUFFIXES
from wisp.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wisp.activation.shells import Bash
    from wisp.activation.variables import Activation
    from wisp.tasks.catalogue import Catalogue
    from wisp.tasks.graph import Graph, Request, TaskNode

    #: Does what was planned and returns the exit code.
    Deed = Callable[[], int]

#: The options that take a value, among those that are understood here.
_VALUED = ("environment", "shell")
#: Commands that only look, whose answers may be given again.
_LOOKS = ("info", "list", "tree", "workspace")


def answer(
    command: str,
    words: Sequence[str],
    options: Mapping[str, str],
    program: str,
    environ: Mapping[str, str],
) -> int | None:
    """Do what a command line asks for and return the exit code; None to leave it to the rest.

    `words` follow the command. `options` are those that are understood, by each of their spellings;
    `program` is the path that wisp was started with. Raises what goes wrong once something was
    done: `WispError`, and `OSError` for an answer that nobody takes.
    """
    try:
        deed = _plan(command, words, options, program, environ)
    except Exception:  # whatever it is: nothing was done yet
        return None
    return None if deed is None else deed()


def _plan(
    command: str,
    words: Sequence[str],
    options: Mapping[str, str],
    program: str,
    environ: Mapping[str, str],
) -> Deed | None:
    """Find out what to do; None where that is not plain."""
    if command == "task":
        return _task_list(words, environ)
    if command in ("install", "lock"):
        return _nothing_to_do([command, *words], environ)
    if command in _LOOKS:
        return _look((command, *words), environ)
    found, rest = _options(words, options)
    lane = _Lane(trusted(environ), found, program, environ)
    return lane.run(rest) if command == "run" else lane.hook(rest)


def _options(words: Sequence[str], known: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Read options up to the first other word."""
    found: dict[str, str] = {}
    index = 0
    while index < len(words) and words[index].startswith("-"):
        name = known.get(words[index])
        if name is None or name in found:
            raise Doubt
        index += 1
        found[name] = "yes"
        if name in _VALUED:
            if index == len(words) or not words[index].strip() or words[index][0] == "-":
                raise Doubt
            found[name] = words[index]
            index += 1
    return found, list(words[index:])


def _task_list(words: Sequence[str], environ: Mapping[str, str]) -> Deed | None:
    """Print a listing that was printed before, where it needs no colours."""
    if not words or words[0] not in ("list", "ls", "l") or snapshot.has_color(environ, 1):
        return None
    text = trusted(environ).listings.get(" ".join(words[1:]))
    return None if text is None else lambda: _print(text)


def _nothing_to_do(words: Sequence[str], environ: Mapping[str, str]) -> Deed | None:
    """Say again what was said when nothing was left to do, if nothing is by now."""
    remembered = trusted(environ)
    known = remembered.answers.get("\0".join(words))
    if known is None or not snapshot.unchanged(known["files"]) or "PIXI_COLOR" in environ:
        return None
    snapshot.settle(remembered, environ, time.time_ns())
    text = ("\x1b[32m✔\x1b[0m " if snapshot.has_color(environ, 2) else "✔ ") + known["text"]

    def tell() -> int:
        _say(text, environ)
        return 0

    return tell


def _look(words: Sequence[str], environ: Mapping[str, str]) -> Deed | None:
    """Print again what a command printed that only looks."""
    root = root_around()
    looks = snapshot.read_looks(root, environ)
    known = looks and looks["answers"].get("\0".join((*words, snapshot.shade(environ))))
    if not looks or not known or "PIXI_COLOR" in environ:
        return None
    if known["facts"] != snapshot.looked_on(environ, os.path.join(root, LOCK_NAME)):
        return None
    if not holds(looks["base"], looks["manifest"], environ):
        return None
    if not snapshot.unchanged(known["files"]):
        return None
    snapshot.settle_looks(root, looks, environ, time.time_ns())

    def tell() -> int:
        for note in known["notes"]:
            _say(note, environ)
        return _print(known["text"])

    return tell


class _Lane:
    """One command on a trusted snapshot; also what the task runner asks of its surroundings."""

    def __init__(
        self, trusted: Snapshot, options: dict[str, str], program: str, environ: Mapping[str, str]
    ) -> None:
        self._snapshot = trusted
        self._options = options
        self._program = program
        self._environ = environ
        self._cwd = os.getcwd()
        self._root: str = trusted.workspace["root"]

    # Commands

    def run(self, words: Sequence[str]) -> Deed:
        """Run a task or a command line; the process is replaced where that is all there is."""
        from wisp.tasks.graph import build

        catalogue = self._catalogue()
        explicit = self._options.get("environment")
        if not words:
            return lambda: self._write_tasks(catalogue, explicit)
        may_be_any = self._snapshot.workspace["conda_scripts"]
        is_named_so = may_be_any or words[0].endswith(SCRIPT_SUFFIXES)
        if is_named_so and os.path.isfile(words[0]):
            raise Doubt  # it may be a script with requirements of its own
        graph = build(catalogue, words, self._request())
        for node in graph.nodes:
            self._check_ready(node.environment.name)
            self._check_command(node)
        snapshot.settle(self._snapshot, self._environ, time.time_ns())
        return lambda: self._run_graph(graph, catalogue, explicit)

    def hook(self, words: Sequence[str]) -> Deed:
        """Print the script that activates an environment, or what it leads to."""
        as_data = "json" in self._options
        if words or (as_data and "shell" in self._options):
            raise Doubt
        name = self._options.get("environment") or self._inherited() or DEFAULT_ENVIRONMENT
        self._check_ready(name)
        shell = None if as_data else self._shell()
        snapshot.settle(self._snapshot, self._environ, time.time_ns())
        if shell is None:
            return lambda: _print(self._data(name) + "\n")
        return lambda: _print(self._script(name, shell) + "\n")

    def _shell(self) -> Bash:
        """Return the shell that called, unless another is asked for."""
        from wisp.activation.detect import running_shell
        from wisp.activation.shells import named

        shell = named(self._options.get("shell") or running_shell(self._environ))
        if shell is None:
            raise Doubt
        return shell

    def _data(self, environment: str) -> str:
        """Return an activation as JSON."""
        from wisp.activation.session import activate
        from wisp.api.plain_json import block, quoted

        activation = self._activation(environment)
        changes = activate(activation, self._environ)
        variables = [f"{quoted(name)}: {quoted(v)}" for name, v in changes.values.items()]
        members = (
            '"environment_variables": ' + block("{", variables, "}"),
            '"activation_scripts": ' + block("[", [quoted(s) for s in activation.scripts], "]"),
        )
        return "{\n  " + ",\n  ".join(members) + "\n}"

    def _script(self, environment: str, shell: Bash) -> str:
        """Return the script for a shell."""
        from wisp.activation.hooks import hook

        facts = self._snapshot.workspace
        return hook(
            self._activation(environment),
            shell,
            self._environ,
            change_prompt=facts["change_prompt"],
            completions=facts["completions"],
        )

    # What the task runner asks

    def admit(self, environment: str) -> None:
        """All environments were checked before anything ran."""

    def prepare(self, environment: str) -> None:
        """All environments were checked before anything ran."""

    def variables(self, environment: str, clean: bool) -> dict[str, str]:
        """Return all variables of a process in an environment."""
        from wisp.activation.session import activate
        from wisp.activation.variables import cleaned

        caller = self._environ
        if clean:
            caller = cleaned(caller, macos=sys.platform == "darwin")
        changed = activate(self._activation(environment), caller).applied_to(caller)
        changed[ENV_INIT_CWD] = self._cwd
        return changed

    def advice(self, environment: str, command: str, cwd: str, *, guess: bool) -> tuple[str, ...]:
        """Say nothing: where that can be told before, it is left to the full program."""
        del environment, command, cwd, guess
        return ()

    def task_names(self) -> list[str]:
        """Return the names of all tasks that are no secret."""
        return self._catalogue().visible()

    def facts(self, environment: str) -> _Digest:
        """Return the hash of an environment, which was computed before."""
        return _Digest(self._snapshot.ready[environment]["facts"])

    # Parts

    def _catalogue(self) -> Catalogue:
        from wisp.tasks.catalogue import Catalogue, EnvironmentTasks

        keys = ("platform", "runnable", "elsewhere", "unlisted")
        return Catalogue(
            [
                EnvironmentTasks(name, Tasks(tasks), **dict(zip(keys, facts, strict=True)))
                for name, *facts, tasks in self._snapshot.tables
            ],
            strict=self._snapshot.workspace["strict"],
        )

    def _request(self) -> Request:
        from wisp.tasks.graph import Request

        inherited = self._inherited()
        return Request(
            root=self._root,
            manifest=self._snapshot.workspace["manifest"],
            init_cwd=self._cwd,
            system=self._snapshot.workspace["system"],
            fallback=inherited or DEFAULT_ENVIRONMENT,
            environment=self._options.get("environment")
            or (inherited if inherited != DEFAULT_ENVIRONMENT else None),
            executable="executable" in self._options,
            release=self._snapshot.workspace["release"],
        )

    def _inherited(self) -> str | None:
        """The environment that is active already."""
        from wisp.activation.variables import active_environment

        return active_environment(self._root, self._environ)

    def _check_ready(self, environment: str) -> None:
        ready = self._snapshot.ready.get(environment)
        if ready is None or not snapshot.unchanged(ready["files"]):
            raise Doubt

    def _check_command(self, node: TaskNode) -> None:
        """Leave a command that is nowhere to the full program, which knows what may help.

        Where activating an environment may add to PATH nobody can tell yet.
        """
        command = node.task.cmd or ""
        first = command.partition(" ")[0] if isinstance(command, str) else command[0]
        if not first.replace("-", "_").replace(".", "_").isidentifier():
            return
        ready = self._snapshot.ready[node.environment.name]
        prefix = ready["prefix"]
        folders = [os.path.join(prefix, "bin"), *self._environ.get("PATH", "").split(os.pathsep)]
        if any(os.access(os.path.join(folder, first), os.X_OK) for folder in folders):
            return
        scripts = os.path.join(prefix, "etc", "conda", "activate.d")
        if ready["scripts"] or "PATH" in ready["env"] or os.path.isdir(scripts):
            return
        from wisp.taskshell.builtins import NAMES

        if first not in NAMES:
            raise Doubt

    def _activation(self, environment: str) -> Activation:
        from wisp.activation.variables import Activation

        ready = self._snapshot.ready[environment]
        project = {**ready["project"], ENV_EXE: self._program}
        return Activation(ready["prefix"], project, ready["scripts"], ready["env"])

    def _run_graph(self, graph: Graph, catalogue: Catalogue, explicit: str | None) -> int:
        from wisp.tasks.run import RunSettings, product_of, run

        facts = self._snapshot.workspace
        settings = RunSettings(
            root=self._root,
            init_cwd=self._cwd,
            cache=facts["task_cache"],
            say=_silent if "quiet" in self._options else self._say,
            warn=self._say,
            replace=True,
            emoji=self._environ.get("LANG", "").upper().endswith("UTF-8"),
            color=snapshot.has_color(self._environ, 2),
            several=facts["several"],
            env_files=facts["env_files"],
            product=product_of(self._program),
        )
        code = run(graph, self, settings)
        if code == 127:
            self._write_tasks(catalogue, explicit)
        return code

    def _write_tasks(self, catalogue: Catalogue, explicit: str | None) -> int:
        from wisp.tasks.catalogue import listing

        self._say(listing(catalogue.visible(explicit)))
        return 0

    def _say(self, text: str) -> None:
        _say(text, self._environ)


class _Digest:
    """The environment's part of a fingerprint, known beforehand."""

    __slots__ = ("_digest",)

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def digest(self) -> str:
        """Return the hash."""
        return self._digest


def _silent(text: str) -> None:
    del text


def _say(text: str, environ: Mapping[str, str]) -> None:
    """Tell people something, in colours where those are wanted; nobody need listen."""
    shown = printable(text, coloured=snapshot.has_color(environ, 2))
    try:
        _write(2, shown + "\n")
    except OSError:
        return


def _print(text: str) -> int:
    """Write the answer."""
    _write(1, text)
    return 0


def _write(descriptor: int, text: str) -> None:
    data = os.fsencode(text) if sys.getfilesystemencoding() == "utf-8" else text.encode()
    while data:
        data = data[os.write(descriptor, data) :]
