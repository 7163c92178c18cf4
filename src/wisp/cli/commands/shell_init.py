"""`shell-init`: what a shell reads when it starts, so that `activate` works in it."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import argument, flag, top
from wisp.cli.opening import open_session
from wisp.cli.shell_init_scripts import FOLLOWING, SHELLS, script
from wisp.errors import UsageError

#: Where each shell reads a line when it starts, and the line.
_LINES = {
    "bash": ("~/.bashrc", 'eval "$({call})"'),
    "zsh": ("~/.zshrc", 'eval "$({call})"'),
    "fish": ("~/.config/fish/config.fish", "{call} | source"),
    "sh": ("the file that $ENV names", 'eval "$({call})"'),
}


class Options(options.Global):
    """What `shell-init` takes."""

    shell: str = argument("SHELL", choices=SHELLS, help="The shell to write for")
    follow_cd: bool = flag(
        "--follow-cd",
        help="Also activate a workspace on entering its folder, and leave it behind",
    )


def init_hint(call: Call) -> tuple[str, ...]:
    """Say which line makes the caller's shell ready, if it is one that can be."""
    program, shell = call.program, open_session(call).shells.running()
    if shell not in _LINES:
        return (f"{', '.join(SHELLS)} can be activated; in others use `{program} shell`",)
    file, line = _LINES[shell]
    text = line.format(call=f"{program} shell-init {shell}")
    return (f"put this into {file} and start a new shell:  {text}",)


def run(call: Call[Options]) -> int:
    """Print the script of a shell."""
    values = call.values
    if values.follow_cd and values.shell not in FOLLOWING:
        raise UsageError(
            f"{values.shell} does not tell of its prompts, so it cannot follow `cd`",
            hints=(f"{', '.join(FOLLOWING)} can",),
        )
    call.out.raw(script(values.shell, call.program, follow=values.follow_cd))
    return 0


COMMAND = top("shell-init", Options, run, example='eval "$({} shell-init bash)"')
