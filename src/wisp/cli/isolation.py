"""Python without the user's variables for Python, which are for what wisp starts.

The launcher begins anew where there are such variables. That costs a start of Python, and comes too
late for what happens before the first line, as with `PYTHONHOME`. The option `-I` on the first line
of the launcher has neither flaw, but installers drop it. So it is put there when we may.

Two variables tell Python even then where it lies, and so where its packages are:
`PYTHONEXECUTABLE`, and `__PYVENV_LAUNCHER__`, which Python takes away. The launcher begins anew
where they mislead.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def give_back(options: Mapping[str, str | bool]) -> None:
    """Set the variable again that the launcher has begun anew without, for what we start."""
    led = options.get("led")
    if isinstance(led, str) and led:
        os.environ["PYTHONEXECUTABLE"] = led


def improve(launcher: str) -> None:
    """Let a launcher that an installer has written isolate Python itself, where we may write it."""
    if os.name != "posix":
        return
    path = os.path.realpath(launcher)
    plain = f"#!{sys.executable}\n".encode()
    try:
        with open(path, "rb") as file:
            if file.readline() != plain:
                return
            rest = file.read()
            found = os.fstat(file.fileno())
        if found.st_uid == os.geteuid() and b"wisp.cli.launch" in rest:
            _replace(path, plain[:-1] + f" {_option()}\n".encode() + rest, found.st_mode)
    except OSError:
        return


def _replace(path: str, content: bytes, mode: int) -> None:
    scratch = f"{path}.{os.urandom(4).hex()}"
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode & 0o7777)
        os.replace(scratch, path)
    except OSError:
        os.unlink(scratch)


def _option() -> str:
    """Return the option of Python: all isolation, unless wisp itself is in the user's folder."""
    user = getattr(sys.modules.get("site"), "USER_SITE", None)
    return "-EP" if user and os.path.realpath(__file__).startswith(os.path.realpath(user)) else "-I"
