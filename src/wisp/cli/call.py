"""One call of a command: the parsed words and the world it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from wisp.values import dataclass

if TYPE_CHECKING:
    from wisp.console.output import Output
    from wisp.report import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a command gets: `values` by option name, environment, directory, output.

    `given` names the options that stood on the command line; `program` is the name wisp was
    called by (`wisp` or `pixi`).
    """

    values: SimpleNamespace
    given: frozenset[str]
    environ: Mapping[str, str]
    cwd: Path
    out: Output
    reporter: Reporter
    program: str
