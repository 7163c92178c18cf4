"""The shell as its host sees it: run a script, pass signals on."""

from __future__ import annotations

from wisp.taskshell.execute import run_list
from wisp.taskshell.frame import Frame, Runtime
from wisp.taskshell.jobs import Scope
from wisp.taskshell.redirect import reason
from wisp.taskshell.spawn import system_spawner
from wisp.taskshell.state import State
from wisp.taskshell.streams import Stream, Streams, open_standard_streams, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.taskshell.spawn import Spawner
    from wisp.taskshell.tree import Script


class Shell:
    """One execution of a script.

    `cwd` is absolute. `environment` is complete: nothing is taken from the process. The
    descriptors stay open and are given to real processes as they are. The shell writes its own
    messages to `stderr`. `spawner` replaces how processes are started.
    """

    __slots__ = ("_runtime", "_scope", "state")

    def __init__(
        self,
        cwd: str,
        environment: Mapping[str, str],
        *,
        stdin: int = 0,
        stdout: int = 1,
        stderr: int = 2,
        spawner: Spawner | None = None,
    ) -> None:
        own = Streams(*(Stream(number, own=True) for number in (stdin, stdout, stderr)))
        self._runtime = Runtime(own, spawner or system_spawner(), run_list)
        self._scope = Scope()
        self.state = State(cwd, dict(environment))

    def run(self, script: Script) -> int:
        """Run a script to its end and give its exit code, 128 + n after signal n.

        Background items have ended too when this returns. A shell runs one script.
        """
        open_standard_streams()
        frame = Frame(self._runtime, self._scope, self.state, self._runtime.own)
        try:
            return self._scope.run(lambda _: run_list(script.items, frame)) % 256
        except RecursionError:
            say(frame.streams.errors, "the script is nested too deeply", self._scope.control)
            return 1
        except OSError as error:
            # The system has no descriptors or processes left for us.
            say(frame.streams.errors, reason(error), self._scope.control)
            return 1
        finally:
            self._scope.close()

    def signal(self, signum: int, *, forward: bool = True) -> None:
        """Deliver a signal; may be called from a signal handler or another thread.

        Running processes get it, unless `forward` is off because they got it themselves (Ctrl-C
        at a terminal reaches the whole group). After INT, QUIT, ABRT and TERM nothing more is
        started, built-ins return, and `run` gives 128 + n; after others the script goes on.
        """
        self._scope.control.signal(signum, forward=forward)

    @property
    def unknown(self) -> tuple[str, str] | None:
        """The last command not found, and the folder in which it was wanted."""
        unknown = self._runtime.unknown
        return (unknown[0], unknown[1].cwd) if unknown else None

    def near_names(self, others: Iterable[str] = ()) -> list[str]:
        """Give up to three names that the last command not found may have meant, best first."""
        from wisp.taskshell.lookup import near_names

        unknown = self._runtime.unknown
        return near_names(*unknown, others) if unknown else []

    @property
    def stopped(self) -> int | None:
        """The status the script was stopped with from outside or by a failing background item."""
        return self._scope.control.stopped
