"""What an activation leads to: the variables it changes.

Without scripts the steps are data and the answer is computed. Scripts are run by the native shell
(bash; cmd on Windows), once for all of them, and the environment before and after is compared.
"""

from __future__ import annotations

import os

from wisp.activation.again import is_active, left, once
from wisp.activation.variables import activation_steps, read_prefix
from wisp.errors import ActivationError
from wisp.trust import elsewhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wisp.activation.variables import Activation, Step

#: So many lines of what scripts print are shown where one fails.
_SHOWN = 20
#: Variables that a shell changes by itself.
_OF_THE_SHELL = frozenset(("_", "SHLVL"))


class Changes:
    """Variables that an activation sets and removes.

    `once` has those of the values that scripts by themselves would have added to a second time.
    """

    __slots__ = ("once", "removed", "values")

    def __init__(
        self,
        values: Mapping[str, str],
        removed: Iterable[str] = (),
        once: Mapping[str, str] | None = None,
    ) -> None:
        self.values = dict(values)
        self.removed = tuple(removed)
        self.once = dict(once or {})

    def applied_to(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the variables with these changes made."""
        result = {name: value for name, value in variables.items() if name not in self.removed}
        result.update(self.values)
        return result


def activate(
    activation: Activation, caller: Mapping[str, str], *, windows: bool = os.name == "nt"
) -> Changes:
    """Find out which variables activating changes in the environment `caller`.

    Where it is active there already, that is undone first. Raises `ActivationError` when a script
    ends the shell it runs in.
    """
    extensions = ("bat",) if windows else ("sh",)
    contents = read_prefix(activation.prefix, extensions)
    if not is_active(activation, caller):
        steps = activation_steps(activation, contents, caller, windows=windows)
        return outcome(steps, caller, windows=windows)
    before, steps = left(activation, caller, extensions, windows=windows)
    steps += activation_steps(activation, contents, before, windows=windows)
    changes = outcome(steps, caller, windows=windows)
    after = changes.applied_to(caller)
    right = once(activation, before, after)
    after |= right
    values = {n: v for n, v in after.items() if before.get(n) != v or caller.get(n) != v}
    return Changes(values, changes.removed, right)


def outcome(steps: Sequence[Step], caller: Mapping[str, str], *, windows: bool) -> Changes:
    """Find out what steps change in the environment `caller`. Raises as `activate`."""
    if windows:
        return _computed(steps, caller) or _run_cmd(steps, caller)
    return _computed(steps, caller) or _run_bash(steps, caller)


def _computed(steps: Sequence[Step], caller: Mapping[str, str]) -> Changes | None:
    """Carry the steps out as data; None where they need a shell."""
    if any(step[0] == "source" for step in steps):
        return None
    from wisp.activation.expansion import expand

    variables = dict(caller)
    changed: dict[str, str] = {}
    for step in steps:
        if len(step) == 2:
            variables.pop(step[1], None)
            changed.pop(step[1], None)
            continue
        value = step[2] if step[0] == "set" else expand(step[2], variables)
        if value is None:
            return None
        changed[step[1]] = variables[step[1]] = value
    values = {name: value for name, value in changed.items() if caller.get(name) != value}
    return Changes(values, (name for name in caller if name not in variables))


#: Everybody on the machine can read the words of a process, and values may be secrets: the script
#: comes another way.
_EVALUATE = 'IFS= read -r -d "" -u 9 __wisp; exec 9<&-; eval "unset __wisp;$__wisp"'


def _run_bash(steps: Sequence[Step], caller: Mapping[str, str]) -> Changes:
    """Run the steps in bash and compare the environment before and after.

    The mark between dumps and output is printed from two words, so that a script with `set -x`
    does not print it too; for the same reason the dumps run without stderr.
    """
    from wisp.activation.hooks import render
    from wisp.activation.shells import SHELLS

    half = os.urandom(8).hex()
    dump = program("env", caller) + " -0"
    mark = f"printf %s%s wisp- {half}"
    script = render(steps, SHELLS["bash"])
    text = (
        f"{{ {dump}; {mark}; }} 2>/dev/null\n{script}\n{{ {mark}; {dump}; {mark}; }} 2>/dev/null\n"
    )
    argv = [program("bash", caller), "--noprofile", "--norc", "-c", _EVALUATE]
    marker = f"wisp-{half}".encode()
    status, output = _capture(argv, os.fsencode(text), caller, marker, 3)
    parts = output.split(marker)
    if len(parts) != 4:
        raise failed(status, parts[-1].decode(errors="replace").strip(), script)
    return _difference(_environment(parts[0]), _environment(parts[2]))


def program(name: str, caller: Mapping[str, str]) -> str:
    """Return the path of a program that the system has. Raises `ActivationError`."""
    for folder in ("/usr/bin", "/bin", *elsewhere(caller.get("PATH", "")).split(":")):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    raise ActivationError(
        "failed to activate environment",
        causes=(f"'{name}' is not on this machine",),
        hints=(f"activation scripts need '{name}'",),
    )


def _capture(
    argv: list[str], script: bytes, caller: Mapping[str, str], marker: bytes, times: int
) -> tuple[int, bytes]:
    """Run a program, which finds a script at descriptor 9; return status and output (both streams).

    Reading ends as soon as the marker was seen often enough: a service that a script left in the
    background keeps the pipe open.
    """
    reader, writer = os.pipe()
    source = _hidden(script)
    actions = [
        (os.POSIX_SPAWN_DUP2, source, 9),
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_DUP2, writer, 2),
    ]
    try:
        child = os.posix_spawn(argv[0], argv, dict(caller), file_actions=actions)
    except OSError as error:
        os.close(reader)
        raise ActivationError("failed to activate environment", causes=(str(error),)) from error
    finally:
        os.close(writer)
        os.close(source)
    chunks = bytearray()
    while chunks.count(marker) < times and (chunk := os.read(reader, 65536)):
        chunks += chunk
    os.close(reader)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, bytes(chunks)


def _hidden(script: bytes) -> int:
    """Open a file with this content that has no name."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("wisp")
    else:
        path = f"/tmp/wisp-{os.urandom(8).hex()}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.unlink(path)
    with open(handle, "wb", closefd=False) as file:
        file.write(script)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _environment(dump: bytes) -> dict[str, str]:
    pairs = (entry.partition(b"=") for entry in dump.split(b"\0") if b"=" in entry)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    changed = {
        name: value
        for name, value in after.items()
        if before.get(name) != value and name not in _OF_THE_SHELL
    }
    return Changes(changed, (name for name in before if name not in after))


def _run_cmd(steps: Sequence[Step], caller: Mapping[str, str]) -> Changes:
    """Run the steps in the command prompt of Windows, where values have no line breaks."""
    import subprocess
    import tempfile

    from wisp.activation.hooks import render
    from wisp.activation.shells import SHELLS

    marker = "wisp-" + os.urandom(8).hex()
    script = render(steps, SHELLS["cmd"])
    text = f"@SET\r\n@ECHO {marker}\r\n{script}\r\n@ECHO {marker}\r\n@SET\r\n"
    with tempfile.NamedTemporaryFile("w", suffix=".bat", delete=False, encoding="utf-8") as file:
        file.write(text)
    try:
        done = subprocess.run(
            ["cmd.exe", "/D", "/C", file.name], env=dict(caller), capture_output=True, check=False
        )
    finally:
        os.unlink(file.name)
    parts = done.stdout.decode("utf-8", "replace").split(marker)
    if len(parts) < 3:
        raise failed(done.returncode, parts[-1].strip(), script)
    before, after = (
        dict(line.partition("=")[::2] for line in part.splitlines() if "=" in line)
        for part in (parts[0], parts[2])
    )
    return _difference(before, after)


def failed(status: int, output: str, script: str) -> ActivationError:
    """Return the failure of an activation whose shell ended early."""
    return ActivationError(
        "failed to activate environment",
        causes=(f"the activation ended with status {status}", *([_end(output)] if output else [])),
        hints=(f"the activation was:\n{script}",),
    )


def _end(output: str) -> str:
    """Return the last lines, which tell why; scripts may print by the thousand."""
    lines = output.splitlines()
    left_out = len(lines) - _SHOWN
    return "\n".join([f"… {left_out} lines before", *lines[left_out:]]) if left_out > 0 else output
