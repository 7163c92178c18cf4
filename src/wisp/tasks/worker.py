"""One task of a parallel run, in a process of its own: `python -P -m wisp.tasks.worker`.

The script, its directory and its variables come through stdin as `marshal` data; afterwards stdin
is empty. The exit code is that of the script.
"""

from __future__ import annotations

import marshal
import os
import sys


def main() -> int:
    """Run the task that stdin describes."""
    from wisp.tasks.run import execute
    from wisp.taskshell.parser import parse

    text, cwd, variables = marshal.loads(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    return execute(parse(text), cwd, variables)


if __name__ == "__main__":
    os._exit(main())
