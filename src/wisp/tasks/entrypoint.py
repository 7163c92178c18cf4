"""Runs the entrypoint of a conda-script: its commands one after the other, without any shell.

They get this process's own streams, and its signals. The last one may take its place.
"""

from __future__ import annotations

import os

from wisp.errors import TaskError
from wisp.specs.entrypoint import CommandOutput, FixedText
from wisp.taskshell.control import Control, Leave
from wisp.taskshell.spawn import system_spawner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

    from wisp.specs.entrypoint import EntrypointCommand, EntrypointWord, VariableName
    from wisp.taskshell.spawn import Process

#: Exit codes where a command does not exist, or cannot be started.
NOT_FOUND, NOT_STARTED = 127, 126


class EntrypointRun:
    """One run of commands, in a folder.

    `variables` is what processes get, `names` what `${NAME}` means besides.
    """

    __slots__ = ("_control", "_cwd", "_names", "_spawn", "_variables")

    def __init__(self, cwd: str, variables: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._cwd = cwd
        self._variables = dict(variables)
        self._names = {**variables, **names}
        self._control = Control()
        self._spawn = system_spawner()

    def run(
        self,
        commands: Sequence[EntrypointCommand],
        arguments: Sequence[str] = (),
        *,
        replace: bool = False,
    ) -> int:
        """Run commands until one fails and return its exit code; the last gets the arguments.

        With `replace` the last takes the place of this process.
        Raises `TaskError` for an unknown variable, and a command that cannot be started.
        """
        from wisp.tasks.forwarding import Forwarding

        *former, last = commands
        try:
            with Forwarding(self._control.signal):
                code = self._run_all(former)
                if code != 0:
                    return code
                words = [*self._words(last), *arguments]
                if not replace or os.name == "nt":
                    return self._waited(self._started(words))
        except Leave as stopped:
            return stopped.status
        return self._become(words)

    def _run_all(self, commands: Sequence[EntrypointCommand]) -> int:
        for command in commands:
            code = self._waited(self._started(self._words(command)))
            if code != 0:
                return code
        return 0

    def _started(self, words: Sequence[str], output: int = 1) -> Process:
        """Start a command whose output goes to a descriptor."""
        self._control.check()
        path = self._executable(words)
        try:
            process = self._spawn(path, list(words), self._variables, self._cwd, (0, output, 2))
        except OSError as error:
            raise _not_started(words[0], error) from error
        self._control.enter(process)
        return process

    def _waited(self, process: Process) -> int:
        process.wait_unreaped()
        self._control.leave(process)
        return process.wait()

    def _become(self, words: Sequence[str]) -> NoReturn:
        """Replace this process by a command; where that is not possible, say why."""
        from wisp.tasks.plain import replace_process

        try:
            replace_process(self._executable(words), words[1:], self._cwd, self._variables)
        except OSError as error:
            raise _not_started(words[0], error) from error

    def _executable(self, words: Sequence[str]) -> str:
        """Find the file of a command, on the `PATH` of the environment or as a path."""
        if not words:
            raise TaskError("a command of the entrypoint has no words left")
        name = words[0]
        if os.sep in name or "/" in name:
            return os.path.join(self._cwd, name)
        import shutil

        found = shutil.which(name, path=self._variables.get("PATH", ""))
        if found is None:
            raise TaskError(
                f"`{name}` of the entrypoint was not found",
                hints=("what brings it belongs into `[dependencies]` of the script's block",),
                exit_code=NOT_FOUND,
            )
        return os.path.join(self._cwd, found)

    # Words

    def _words(self, command: EntrypointCommand) -> list[str]:
        return [text for word in command for text in self._expanded(word)]

    def _expanded(self, word: EntrypointWord) -> list[str]:
        """Return the words that one becomes: more, or none, where output is split."""
        found: list[str] = []
        current: str | None = None
        for piece in word:
            parts = self._parts(piece)
            if parts:
                *before, current = [(current or "") + parts[0], *parts[1:]]
                found += before
        return found if current is None else [*found, current]

    def _parts(self, piece: FixedText | VariableName | CommandOutput) -> list[str]:
        """Return the text of a piece, or the words of output that is to be split."""
        if isinstance(piece, FixedText):
            return [piece.text]
        if isinstance(piece, CommandOutput):
            output = self._output(piece)
            return [output] if piece.quoted else output.split()
        value = self._names.get(piece.name)
        if value is None:
            raise TaskError(f"the variable `{piece.name}` of the entrypoint is not set")
        return [value]

    def _output(self, piece: CommandOutput) -> str:
        """Run commands and return what they print, without the line breaks at its end."""
        printed: list[bytes] = []
        for command in piece.commands:
            words = self._words(command)
            source, target = os.pipe()
            with os.fdopen(source, "rb") as reader:
                try:
                    process = self._started(words, target)
                finally:
                    os.close(target)
                printed.append(reader.read())
            code = self._waited(process)
            if code != 0:
                raise Leave(code)
        return os.fsdecode(b"".join(printed)).rstrip("\r\n")


def _not_started(name: str, error: OSError) -> TaskError:
    return TaskError(
        f"`{name}` of the entrypoint could not be started",
        causes=[error.strerror or str(error)],
        exit_code=NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_STARTED,
    )
