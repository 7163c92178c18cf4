"""Where a command runs: the shell's fixed parts, the list it belongs to, state and streams."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.jobs import Scope
    from wisp.taskshell.spawn import Spawner
    from wisp.taskshell.state import State
    from wisp.taskshell.streams import Stream, Streams
    from wisp.taskshell.tree import ListItem


class Runtime:
    """What belongs to one execution as a whole.

    `own` are the streams the shell was started with. `run_list` runs the items of a list; it is
    handed down because lists contain commands and commands contain lists. `unknown` is the last
    command that was not found, with the state it was looked for in.
    """

    __slots__ = ("own", "run_list", "spawner", "unknown")

    def __init__(
        self, own: Streams, spawner: Spawner, run_list: Callable[[list[ListItem], Frame], int]
    ) -> None:
        self.own = own
        self.spawner = spawner
        self.run_list = run_list
        self.unknown: tuple[str, State] | None = None


class Frame:
    """The surroundings of one command."""

    __slots__ = ("runtime", "scope", "state", "streams")

    def __init__(self, runtime: Runtime, scope: Scope, state: State, streams: Streams) -> None:
        self.runtime = runtime
        self.scope = scope
        self.state = state
        self.streams = streams

    def with_streams(self, streams: Streams) -> Frame:
        """Give the same surroundings with other streams."""
        return Frame(self.runtime, self.scope, self.state, streams)

    def forked(self, scope: Scope | None = None) -> Frame:
        """Give surroundings whose state goes its own way."""
        return Frame(self.runtime, scope or self.scope, self.state.copy(), self.streams)

    def descriptors(self) -> tuple[int, int, int]:
        """Give stdin, stdout and stderr for a real process (see `Stream.own`)."""
        own, streams = self.runtime.own, self.streams
        return (
            _for_process(streams.input, own.input),
            _for_process(streams.output, own.output),
            _for_process(streams.errors, own.errors),
        )


def _for_process(stream: Stream, own: Stream) -> int:
    return own.descriptor if stream.own else stream.descriptor
