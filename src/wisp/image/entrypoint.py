"""The script that starts containers: what variables alone cannot say of an activation.

It needs a POSIX shell and nothing else. Static variables stand in the image's configuration, so
that they hold also where nobody runs this script (`docker exec`, platforms with starters of their
own).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

ENTRYPOINT = "/usr/local/bin/activated"
TASK_SCRIPT = "/usr/local/bin/task"


def entrypoint_text(
    shell: str, scripts: Iterable[str], late: Mapping[str, str] | None = None
) -> str:
    """Write the entrypoint: a usable HOME, scripts to source, the command in its place.

    `late` are variables whose values, written for between double quotes, only a shell can tell.
    """
    lines = [
        f"#!{shell}",
        "# A read-only root, or another user than the usual one, may write nowhere else.",
        'if ! [ -w "${HOME:-/}" ]; then export HOME=/tmp; fi',
        *(f". {shlex.quote(script)}" for script in scripts),
        *(f"export {name}={value}" for name, value in (late or {}).items()),
        'exec "$@"',
    ]
    return "\n".join(lines) + "\n"
