"""Real processes: what the shell asks of whoever starts them.

The rest of the shell sees `Spawner` and `Process` only, so tests and other hosts can bring
their own. `system_spawner` gives the one for this operating system.
"""

from __future__ import annotations

from wisp.taskshell.state import WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Process(Protocol):
        """A process that was started."""

        def send(self, signum: int) -> None:
            """Deliver a signal; a process that has ended is left alone."""

        def wait(self) -> int:
            """Wait for its end: exit code, or 128 + n after signal n. Reaps the process."""

        def wait_unreaped(self) -> None:
            """Wait for its end but keep its number reserved, where the system can do that."""

    class Spawner(Protocol):
        """Starts a process.

        `descriptors` are its stdin, stdout and stderr; nothing else is inherited. Raises
        OSError with the system's reason if it cannot be started.
        """

        def __call__(
            self,
            path: str,
            arguments: list[str],
            environment: dict[str, str],
            cwd: str,
            descriptors: tuple[int, int, int],
        ) -> Process:
            """Start `path`; `arguments[0]` is the name it is told."""


def system_spawner() -> Spawner:
    """Give the spawner of this operating system."""
    if WINDOWS:
        from wisp.taskshell.spawn_windows import spawn as spawn_windows

        return spawn_windows
    from wisp.taskshell.spawn_posix import spawn as spawn_posix

    return spawn_posix
