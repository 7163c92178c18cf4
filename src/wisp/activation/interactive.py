"""How each shell is started so that it reads its own configuration and then an activation.

The shell takes the place of the program that asks for it, so the terminal, its size, job control
and the exit code are the shell's own.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Commands that may change the active environment.
_CHANGING = "add|a|remove|rm|install|i|update|upgrade|reinstall"


class Start:
    """A way to start a shell: its words, variables to add, and files (name to text) in a folder."""

    __slots__ = ("argv", "files", "variables")

    def __init__(
        self, argv: list[str], files: dict[str, str], variables: dict[str, str] | None = None
    ) -> None:
        self.argv = argv
        self.files = files
        self.variables = variables or {}


def start(
    shell: str, executable: str, hook: str, folder: str, environ: Mapping[str, str], program: str
) -> Start:
    """Say how to start a shell (by wisp's name for it) with an activation.

    `folder` is a temporary one of ours; the shell removes it once it has read what is there.
    """
    path = os.path.join(folder, "activate")
    if shell == "bash":
        return _bash(executable, hook, folder, program)
    if shell == "zsh":
        return _zsh(executable, hook, folder, environ, program)
    if shell == "fish":
        text = f"{hook}\nrm -rf '{folder}'\n"
        return Start([executable, "-C", f"source '{path}.fish'"], {"activate.fish": text})
    if shell == "xonsh":
        return Start([executable, "-i", "--rc", f"{path}.xsh"], {"activate.xsh": hook})
    if shell == "nushell":
        return Start([executable, "--execute", f"source '{path}.nu'"], {"activate.nu": hook})
    if shell == "powershell":
        words = ["-NoLogo", "-NoExit", "-ExecutionPolicy", "Bypass", "-File", f"{path}.ps1"]
        return Start([executable, *words], {"activate.ps1": hook})
    return Start([executable, "/K", f"{path}.bat"], {"activate.bat": hook})


def _bash(executable: str, hook: str, folder: str, program: str) -> Start:
    text = (
        "[ -f ~/.bashrc ] && . ~/.bashrc\n"
        f"{hook}\n{refreshing(program)}\ncommand rm -rf '{folder}'\n"
    )
    rc = os.path.join(folder, "bashrc")
    return Start([executable, "--rcfile", rc, "-i"], {"bashrc": text})


def _zsh(
    executable: str, hook: str, folder: str, environ: Mapping[str, str], program: str
) -> Start:
    """Zsh looks for its files in ZDOTDIR: ours lead to those of the user."""
    home = environ.get("ZDOTDIR", environ.get("HOME", ""))
    files = {
        name: f"[[ -f '{home}/{name}' ]] && ZDOTDIR='{home}' . '{home}/{name}'\n"
        for name in (".zshenv", ".zprofile")
    }
    restore = f"ZDOTDIR='{home}'" if "ZDOTDIR" in environ else "unset ZDOTDIR"
    files[".zshrc"] = (
        f"{restore}\n[[ -f '{home}/.zshrc' ]] && . '{home}/.zshrc'\n"
        f"{hook}\n{refreshing(program)}\ncommand rm -rf '{folder}'\n"
    )
    return Start([executable, "-i"], files, {"ZDOTDIR": folder})


def refreshing(program: str) -> str:
    """Return a function (bash, zsh) that activates anew after commands that change packages."""
    name = os.path.basename(program)
    return (
        f"{name}() {{\n"
        f'  command {name} "$@"\n'
        "  local code=$?\n"
        f'  case "${{1:-}}" in {_CHANGING})\n'
        f'    eval "$(command {name} shell-hook --change-ps1 false)" ;;\n'
        "  esac\n"
        "  return $code\n"
        "}"
    )
