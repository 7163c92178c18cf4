"""The part of an `.envrc` that is ours: direnv evaluates the file in bash, in its folder."""

from __future__ import annotations

import shlex

NAME = ".envrc"
_BEGIN = "# wisp: what stands up to `wisp: end` is written by `wisp direnv`"
_END = "# wisp: end"


def with_part(text: str, manifest: str, environment: str | None) -> str:
    """Return the text of an `.envrc` that activates an environment; all else in it stays.

    `manifest` is the file's name, `environment` None for the default one. Our part is replaced
    where it stands, or comes at the end.
    """
    chosen = f" -e {shlex.quote(environment)}" if environment else ""
    part = (
        f"{_BEGIN}\n"
        f"watch_file {shlex.quote(manifest)} pixi.lock\n"
        f'eval "$(wisp shell-hook --shell bash --change-ps1 false --no-completions{chosen})"\n'
        f"{_END}\n"
    )
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if begin and end:
        return before + part + after.removeprefix("\n")
    gap = "" if not text or text.endswith("\n") else "\n"
    return text + gap + part
