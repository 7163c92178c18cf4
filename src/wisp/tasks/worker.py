"""One task of a parallel run, in a process of its own (`wisp.tasks.job`).

The script, its directory and its variables come through stdin as `marshal` data; afterwards stdin
is empty. The exit code is that of the script.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def work() -> NoReturn:
    """Run the task that stdin describes and end with its exit code."""
    from wisp.tasks.run import execute
    from wisp.taskshell.parser import parse

    text, cwd, variables = marshal.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os._exit(execute(parse(text), cwd, variables))
