"""Which file a command name means."""

from __future__ import annotations

import os

from wisp.taskshell.state import WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp.taskshell.state import State

#: How many names are offered for one that there is not.
_MOST = 3

SHEBANG = "#!/usr/bin/env "
SHEBANG_LENGTH = 512
"""How much of a file is read to find its interpreter."""


def has_separator(name: str) -> bool:
    """Say whether a command name is a path rather than something to look for."""
    return "/" in name or (WINDOWS and "\\" in name)


def find_executable(name: str, state: State) -> str | None:
    """Look for a name along the shell's PATH; a path is only made absolute."""
    if has_separator(name):
        return state.path(name)
    for folder in (state.get("PATH") or "").split(os.pathsep):
        for candidate in _spellings(os.path.join(state.cwd, folder, name), state):
            if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
                return candidate
    return None


def interpreter(path: str) -> list[str]:
    """Give the words of a `#!/usr/bin/env [-S] CMD` line, [] where the file has none.

    The shell honours that line itself, so scripts run on Windows and without the executable
    bit too. Without `-S` the rest is one name, as for the kernel.
    """
    line = _first_line(path).strip()
    if not line.startswith(SHEBANG):
        return []
    rest = line[len(SHEBANG) :].strip()
    if not rest.startswith("-S "):
        return [rest] if rest else []
    import shlex

    try:
        return shlex.split(rest[3:])
    except ValueError:
        return []


def missing_interpreter(path: str) -> str | None:
    """Give the program that a script's `#!` line wants and that is not there, if that is so.

    The kernel says of such a script that the script itself does not exist. Where the line ends
    in the line break of Windows, that is part of the name.
    """
    line = _first_line(path)
    words = line[2:].strip(" \t").split(" ", 1) if line.startswith("#!") else []
    return words[0] if words and words[0] and not os.path.exists(words[0]) else None


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read(SHEBANG_LENGTH).split(b"\n", 1)[0])
    except OSError:
        return ""


def near_names(name: str, state: State, others: Iterable[str] = ()) -> list[str]:
    """Give up to three names that may have been meant: of `others` (say, tasks), then the rest.

    The rest are the executables on PATH and the built-in commands; the best of each come first.
    """
    import difflib

    from wisp.taskshell.builtins import NAMES

    known = set(NAMES)
    for folder in (state.get("PATH") or "").split(os.pathsep):
        try:
            known.update(os.listdir(os.path.join(state.cwd, folder)))
        except OSError:
            continue
    near: list[str] = []
    for names in (set(others), known):
        # What is called so and was not found may not be run.
        alike = [one for one in sorted(names - {name}) if abs(len(one) - len(name)) <= 2]
        near += difflib.get_close_matches(name, alike, n=_MOST, cutoff=0.75)
    return list(dict.fromkeys(near))[:_MOST]


def _spellings(path: str, state: State) -> list[str]:
    if not WINDOWS:
        return [path]
    endings = (state.get("PATHEXT") or ".COM;.EXE;.BAT;.CMD").split(";")
    return [path, *(path + ending for ending in endings)]
