"""The script beside an unpacked environment that activates it, without wisp and without conda."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from wisp.activation.expansion import expand
from wisp.activation.hooks import render
from wisp.activation.shells import SHELLS, Bash
from wisp.activation.variables import WINDOWS_FOLDERS, read_prefix
from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.activation.variables import Step

#: How each shell puts a folder, spelled as its literal, in front of those that it searches.
_PATH: Mapping[str, Callable[[str], str]] = {
    "bash": lambda folder: f'export PATH={folder}:"$PATH"',
    "zsh": lambda folder: f'export PATH={folder}:"$PATH"',
    "fish": lambda folder: f"set -gx PATH {folder} $PATH",
    "xonsh": lambda folder: f"$PATH.insert(0, {folder})",
    "nushell": lambda folder: f"$env.PATH = ($env.PATH | prepend {folder})",
    "powershell": lambda folder: f"$env:PATH = {folder} + [IO.Path]::PathSeparator + $env:PATH",
    "cmd": lambda folder: f'@set "PATH={folder};%PATH%"',
}


def activation_script(prefix: str, name: str) -> tuple[str, str]:
    """Return the file name and the text for a shell. Raises `UsageError` for an unknown one."""
    shell = SHELLS.get(name)
    if shell is None or name not in _PATH:
        raise UsageError(f"there is no activation script for '{name}'", hints=[", ".join(_PATH)])
    contents = read_prefix(prefix, shell.extensions)
    lines = [_PATH[name](_spelled(shell, folder)) for folder in reversed(_folders(prefix))]
    steps: list[Step] = [
        ("set", "CONDA_PREFIX", prefix),
        *_static(contents.static, prefix, shell),
        *(("source", script) for script in contents.activate),
    ]
    text = "".join(f"{line}\n" for line in lines) + render(steps, shell)
    return f"activate.{shell.extensions[0]}", text


def _static(values: Mapping[str, str], prefix: str, shell: Bash) -> Iterator[Step]:
    """Yield the steps that set what packages declare, in which names are expanded as in `run`.

    A shell that expands otherwise gets what is known by now: the prefix, and what stands before.
    """
    known = {"CONDA_PREFIX": prefix}
    for name, value in values.items():
        text = expand(value, known) if "$" in value else value
        known[name] = value if text is None else text
        if "$" in value and shell.is_native and os.name != "nt":
            yield ("expand", name, value)
        else:
            yield ("set", name, known[name])


def _spelled(shell: Bash, folder: str) -> str:
    return folder if shell.name == "cmd" else shell.literal(folder)


def _folders(prefix: str) -> list[str]:
    names = WINDOWS_FOLDERS if os.name == "nt" else ("bin",)
    return [os.path.join(prefix, name) if name else prefix for name in names]  # noqa: PTH118
