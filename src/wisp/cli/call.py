"""One call of a command: the parsed words and the world it runs in."""

from __future__ import annotations

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Generic

    from typing_extensions import TypeVar

    from wisp.cli.declare import Values
    from wisp.console.output import Output
    from wisp.report import Reporter

    V_co = TypeVar("V_co", bound=Values, covariant=True, default=Values)
else:  # `typing` costs what Python needs to start
    Generic, V_co = {None: object}, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[V_co]):
    """What a command gets: its values, environment, directory, output.

    `words` are the command line behind the program. `given` names the options that stood there;
    with `usual` they leave the answer what the quick path may learn. `program` is the name wisp
    was called by (`wisp` or `pixi`).
    """

    values: V_co
    words: tuple[str, ...]
    given: frozenset[str]
    usual: bool
    environ: Mapping[str, str]
    cwd: Path
    out: Output
    reporter: Reporter
    program: str
