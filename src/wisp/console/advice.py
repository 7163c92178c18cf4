"""Commands that messages advise, as they have to be typed where they are read.

Whoever words a hint knows neither the name that the program was called by nor which options of the
call chose the workspace. Without these a command would be about another workspace, or about none.
"""

from __future__ import annotations

#: Commands that take the options that choose a workspace, directly behind their names.
_OF_A_WORKSPACE = (
    "add|clean|install|list|lock|reinstall|remove|run|search|tree|trust|update|upgrade"
)


def typed_here(text: str, program: str, choice: str) -> str:
    """Give the commands in back quotes the program's name, and the options in `choice`.

    `choice` is empty where the workspace was found from the current folder. A command that has
    options of the kind keeps its own.
    """
    named = text.replace("`pixi ", f"`{program} ")
    named = named.replace("pixi is running", f"{program} is running")
    if not choice or "--manifest-path" in named:
        return named
    import re

    command = re.compile(f"`(?:wisp|pixi) (?:{_OF_A_WORKSPACE})(?=[ `])")
    return command.sub(lambda found: f"{found[0]} {choice}", named)
