"""A Python that says what it is and runs nothing, for uv where no code of others may run.

uv asks an interpreter what it is, and starts it again for the build back-ends of packages, with or
without an environment of their own. This one passes on the question and refuses all else, so that
what needs a build fails, and everything that needs none is answered as ever. The names asked for
are those of the uv that wisp pins.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from wisp.engine.files import write_atomically
from wisp.errors import SolveError

#: What it says when it is asked to run something.
REFUSAL = "wisp: nothing is built here"

_SCRIPT = """\
#!/bin/sh
case "$*" in
*get_interpreter_info*) ;;
*) echo {refusal} >&2; exit 1 ;;
esac
{python} "$@" | sed -E {change}
"""


def unable_python(folder: Path, python: Path) -> Path:
    """Return such a Python, which answers as `python` does; it is kept in `folder`.

    Raises:
        HostError: It cannot be written.

    """
    script = folder / "python"
    change = rf's#"(sys_executable|sys_base_executable)": "[^"]*"#"\1": "{script}"#g'
    text = _SCRIPT.format(
        refusal=shlex.quote(REFUSAL), python=shlex.quote(str(python)), change=shlex.quote(change)
    )
    if not script.is_file() or script.read_text(encoding="utf-8") != text:
        write_atomically(script, text, mode=0o700)
    return script


def was_refused(said: str) -> SolveError | None:
    """Return the failure of a look that would have had to build, by what uv said; None if not."""
    if REFUSAL not in said:
        return None
    found = re.search(r"Failed to build `?([^`\n]+)`?", said)
    return SolveError(
        f"`{found[1] if found else 'a package'}` has to be built to tell what it needs, "
        "and a command that only looks builds nothing",
        hints=["`pixi lock` builds it, and writes the lock file"],
    )
