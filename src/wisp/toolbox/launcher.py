"""What starts a global tool: one program under many names, and a configuration for each name.

The files are Pixi's, so that either program can start what the other has installed:
`bin/trampoline_configuration/NAME.json` says what to run, `bin/NAME` reads it. Pixi's program is
a binary, ours a POSIX script (`launcher.sh`) with a NUL byte behind its last line, by which tools
tell it from a text that somebody wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wisp.foreign import json_data
from wisp.values import dataclass

_OPENING = b"#!/bin/sh\n# wisp launcher:"
#: How executables of operating systems begin: ELF, Mach-O (both orders, and universal), PE.
_BINARIES = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"MZ",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a name starts: an executable, the folders to put in front of PATH, variables to set."""

    exe: str
    path_diff: str
    env: Mapping[str, str]

    def text(self) -> str:
        """Spell it as the file does."""
        table = {"exe": self.exe, "path_diff": self.path_diff, "env": dict(self.env)}
        return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def read_launch(text: bytes | None) -> Launch | None:
    """Read a configuration; None for one that is missing or damaged."""
    if text is None:
        return None
    try:
        data = json_data(text)
        exe, path, env = data["exe"], data["path_diff"], data["env"]
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(exe, str) and isinstance(path, str) and isinstance(env, dict)):
        return None
    if not all(isinstance(value, str) for value in env.values()):
        return None
    return Launch(exe=exe, path_diff=path, env=env)


@cache
def program() -> bytes:
    """Return our launcher."""
    return Path(__file__).with_name("launcher.sh").read_bytes() + b"\0"


def is_launcher(content: bytes) -> bool:
    """Tell whether a file can be the launcher of all names: ours as it is, or another's binary."""
    return content == program() or content.startswith(_BINARIES)


def is_own_script(content: bytes) -> bool:
    """Tell whether wisp wrote a file, in this version or another, whole or damaged."""
    return content.startswith(_OPENING)
