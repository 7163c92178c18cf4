"""How each shell is started so that it reads its own configuration and then an activation.

The shell takes the place of the program that asks for it, so the terminal, its size, job control
and the exit code are the shell's own.
"""

from __future__ import annotations

import os

from wisp.activation.session import program
from wisp.activation.shells import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: The value of ENV is expanded before it is a path.
_READ_ENV = r"""eval "[ ! -r \"$ENV\" ] || . \"$ENV\""
"""


class ShellStart:
    """A way to start a shell: its words, variables to add, and files (name to text) in a folder."""

    __slots__ = ("argv", "files", "variables")

    def __init__(
        self, argv: list[str], files: dict[str, str], variables: dict[str, str] | None = None
    ) -> None:
        self.argv = argv
        self.files = files
        self.variables = variables or {}


def start(
    shell: str, executable: str, hook: str, folder: str, environ: Mapping[str, str]
) -> ShellStart:
    """Say how to start a shell (by wisp's name for it) with an activation.

    `folder` is a temporary one of ours; the shell removes it once it has read what is there.
    """
    path = os.path.join(folder, "activate")
    if shell == "bash":
        return _bash(executable, hook, folder, environ)
    if shell == "sh":
        return _sh(executable, hook, path, environ)
    if shell == "zsh":
        return _zsh(executable, hook, folder, environ)
    if shell == "fish":
        quote = SHELLS["fish"].literal
        text = f"{hook}\n{_removal('fish', folder, environ)}"
        reading = f"source {quote(path + '.fish')}"
        return ShellStart([executable, "-C", reading], {"activate.fish": text})
    if shell == "xonsh":
        return ShellStart([executable, "-i", "--rc", f"{path}.xsh"], {"activate.xsh": hook})
    if shell == "nushell":
        reading = f"source {SHELLS['nushell'].literal(path + '.nu')}"
        return ShellStart([executable, "--execute", reading], {"activate.nu": hook})
    if shell == "powershell":
        words = ["-NoLogo", "-NoExit", "-ExecutionPolicy", "Bypass", "-File", f"{path}.ps1"]
        return ShellStart([executable, *words], {"activate.ps1": hook})
    return ShellStart([executable, "/K", f"{path}.bat"], {"activate.bat": hook})


def _removal(shell: str, folder: str, environ: Mapping[str, str]) -> str:
    """Let the shell remove our folder; by now it might find another `rm` where one stands."""
    quote = SHELLS[shell].literal
    return f"command {quote(program('rm', environ))} -rf {quote(folder)}\n"


def _bash(executable: str, hook: str, folder: str, environ: Mapping[str, str]) -> ShellStart:
    removal = _removal("bash", folder, environ)
    text = f"[ -f ~/.bashrc ] && . ~/.bashrc\n{hook}\n{removal}"
    rc = os.path.join(folder, "bashrc")
    return ShellStart([executable, "--rcfile", rc, "-i"], {"bashrc": text})


def _sh(executable: str, hook: str, path: str, environ: Mapping[str, str]) -> ShellStart:
    """What POSIX calls a shell reads the file that ENV names: ours goes on to that of the user."""
    text = "unset ENV\n"
    if environ.get("ENV"):
        text = f"ENV={_quote(environ['ENV'])}\n" + _READ_ENV
    text += f"{hook}\n{_removal('bash', os.path.dirname(path), environ)}"
    return ShellStart([executable, "-i"], {"activate": text}, {"ENV": path})


def _zsh(executable: str, hook: str, folder: str, environ: Mapping[str, str]) -> ShellStart:
    """Zsh looks for its files in ZDOTDIR: ours lead to those of the user.

    Where those are, the user's `.zshenv` may say.
    """
    given = environ.get("ZDOTDIR")
    first = "unset ZDOTDIR" if given is None else f"export ZDOTDIR={_quote(given)}"
    ours, removal = _quote(folder), _removal("zsh", folder, environ)
    files = {
        ".zshenv": f"{first}\n{_zsh_file('.zshenv')}{_KEPT_IN_ZSH}export ZDOTDIR={ours}\n",
        ".zshrc": f"{_RESTORED_IN_ZSH}{_zsh_file('.zshrc')}{hook}\n{removal}",
    }
    return ShellStart([executable, "-i"], files, {"ZDOTDIR": folder})


_KEPT_IN_ZSH = "__wisp_folder=${ZDOTDIR-} __wisp_kind=${(t)ZDOTDIR}\n"
_RESTORED_IN_ZSH = """unset ZDOTDIR
[[ -z $__wisp_kind ]] || ZDOTDIR=$__wisp_folder
[[ $__wisp_kind != *export* ]] || export ZDOTDIR
unset __wisp_folder __wisp_kind
"""


def _zsh_file(name: str) -> str:
    file = f'"${{ZDOTDIR-$HOME}}/{name}"'
    return f"[[ ! -f {file} ]] || . {file}\n"


def _quote(text: str) -> str:
    return SHELLS["bash"].literal(text)
