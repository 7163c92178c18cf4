"""`workspace.terminal`: what the command line does besides, which a program seldom needs.

Running the words of a command line as they stand, becoming a shell, and remembering answers, so
that the quick path may give them again.
"""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.known_names import Names
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.activated import ActivatedEnvironment
    from wisp.api.use.run_options import RunOptions
    from wisp.api.use.scripts import FoundScript
    from wisp.lock.model import LockFile


class Terminal:
    """One workspace as a command line meets it."""

    def __init__(self, workspace: OpenedWorkspace) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._workspace.name!r}>"

    # Running

    def run_words(self, words: Sequence[str], options: RunOptions) -> int:
        """Run a task or a command as the words of a command line mean it; return its exit code."""
        from wisp.api.use.running import run_words

        return run_words(self._workspace, words, options)

    def run_script(self, script: FoundScript, arguments: Sequence[str], options: RunOptions) -> int:
        """Run the script that the workspace was opened of; return its exit code."""
        from wisp.api.use.scripts import run_script

        return run_script(self._workspace, script, arguments, options)

    def open_shell(
        self,
        entered: ActivatedEnvironment,
        *,
        change_prompt: bool | None = None,
        completions: bool = True,
    ) -> int:
        """Become an interactive shell in an environment; return its exit code where we cannot."""
        from wisp.api.use.shell import open_shell

        return open_shell(entered, change_prompt=change_prompt, completions=completions)

    def task_list(self, environment: str | None = None) -> str:
        """Return the list of tasks that is shown where there is nothing to run."""
        from wisp.api.use.running import task_list

        return task_list(self._workspace, environment)

    def names(self) -> Names:
        """Return the names that an unfinished command line may go on with."""
        from wisp.api.use.catalogue import catalogue_of
        from wisp.api.use.snapshot_writer import names_of

        return names_of(self._workspace, catalogue_of(self._workspace))

    # Remembering, so that the same command line is answered at once while nothing changes

    def remember_answer(
        self,
        words: Sequence[str],
        text: str,
        lock: LockFile,
        environments: Sequence[str] = (),
    ) -> None:
        """Remember what is said where nothing is left to do for these environments."""
        from wisp.api.use.snapshot_writer import remember_answer

        remember_answer(self._workspace, words, text, lock, environments)

    def remember_listing(self, words: Sequence[str], text: str) -> None:
        """Remember what `task list` prints."""
        from wisp.api.use.snapshot_writer import remember_listing

        remember_listing(self._workspace, tuple(words), text)

    def remember_look(
        self,
        words: Sequence[str],
        text: str,
        notes: Sequence[str] = (),
        environment: str | None = None,
    ) -> None:
        """Remember what a command prints that only looks, and the `notes` beside it.

        `environment` is given where both the lock and the prefix of one count.
        """
        from wisp.api.use.look_writer import remember_look

        remember_look(self._workspace, words, text, tuple(notes), environment)
