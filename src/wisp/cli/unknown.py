"""Command words that are none: what may have been meant, and what stands for them here."""

from __future__ import annotations

from wisp.errors import UsageError
from wisp.printable import typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR = 0.6
#: The least likeness of a word that is short or far from any name: below it a tip only confuses.
_SURE = 0.75
#: How many subcommands are named at most where none is like the word.
_FEW = 12

_TO_COME = "comes with package building; until then"

#: Words of Pixi and of other tools, and the way to the same end. `pixi` is written as the name that
#: the program was called by.
_ELSEWHERE = {
    "build": f"`build` {_TO_COME} `pixi exec rattler-build build --recipe FILE` builds a package",
    "publish": f"`publish` {_TO_COME} `pixi exec rattler-build build --recipe FILE` builds a "
    "package, `pixi exec rattler-build upload` puts it into a channel",
    "upload": f"`upload` {_TO_COME} `pixi exec rattler-build upload` puts packages into channels",
    "version": "`pixi --version` prints the version of the program, "
    "`pixi workspace version get` that of the workspace",
    "envs": "`pixi workspace environment list` lists the environments",
    "env": "`pixi workspace environment` lists and changes the environments",
    "environment": "`pixi workspace environment` lists and changes the environments",
    "platform": "`pixi workspace platform` lists and changes the platforms",
    "channel": "`pixi workspace channel` lists and changes the channels",
    "export": "`pixi workspace export` writes files for conda",
    "sync": "`pixi install` brings the environment to what the lock file says",
    "create": "`pixi init` makes a workspace, `pixi install` its environment",
    "new": "`pixi init NAME` makes a workspace in a folder of that name",
    "uninstall": "`pixi remove NAME` takes a dependency away, `pixi global uninstall` a tool",
    "pip": "`pixi add --pypi NAME` adds a package of PyPI",
    "tool": "`pixi global` installs tools for the user, `pixi exec` runs one once",
    "python": "`pixi run python` runs the Python of the environment",
    "test": "`pixi run test` runs the task `test`",
    "cache": "`pixi clean cache --yes` empties the cache",
    "venv": "`pixi init` makes a workspace, `pixi install` its environment",
    "uvx": "`pixi exec` runs a command once, with `--pypi NAME` one of PyPI",
    "show": "`pixi list NAME` shows what is installed, `pixi search NAME` what the channels have",
    "freeze": "`pixi list` shows what is installed; the lock file is written by itself",
    "conda": "`pixi add NAME` adds a package of conda",
}
_ELSEWHERE |= {
    "mamba": _ELSEWHERE["conda"],
    "micromamba": _ELSEWHERE["conda"],
}


def unknown(word: str, names: Sequence[str], usage: str) -> UsageError:
    """Word that no command below another is called so, and what may have been meant.

    Where no name is near, those of a short list are named: `auth list` is `auth status` here.
    """
    tips = tips_of_subcommand(word, names)
    if not tips and len(names) == 1:
        tips = [f"tip: the only subcommand is '{names[0]}'"]
    elif not tips and len(names) <= _FEW:
        tips = [f"tip: the subcommands are {', '.join(names)}"]
    return _refusal(f"unrecognized subcommand '{word}'", tips, usage)


def tips_of_subcommand(word: str, names: Sequence[str]) -> list[str]:
    """Word which sub-command may have been meant, if any is near."""
    near = similar(word, names)
    return [f"tip: a similar subcommand exists: '{near}'"] if near else []


def unknown_command(word: str, names: Sequence[str], usage: str) -> UsageError:
    """Word that the program has no such command; options belong behind a command."""
    if word.startswith("-"):
        tip = "tip: options stand behind the command, as in `pixi install --frozen`"
        return _refusal(f"unexpected argument '{word}' found", [tip], usage)
    if word in _ELSEWHERE:
        return _refusal(f"unrecognized subcommand '{word}'", [f"tip: {_ELSEWHERE[word]}"], usage)
    if word.endswith(".py"):
        tip = f"tip: `pixi run {typed(word)}` runs a script that has a PEP 723 block"
        return _refusal(f"unrecognized subcommand '{word}'", [tip], usage)
    return unknown(word, names, usage)


def _refusal(message: str, tips: Iterable[str], usage: str) -> UsageError:
    return UsageError(message, hints=(*tips, usage, "For more information, try '--help'."))


def similar(word: str, names: Iterable[str]) -> str | None:
    """The name nearest to a mistyped word by Jaro similarity; aliases of a letter are no help."""
    from wisp.specs.similarity import jaro

    known = [name for name in names if len(name) > 1]
    letters = sorted(word)
    twisted = next((name for name in known if sorted(name) == letters), None)
    if twisted is not None:  # `rnu`: too short to be like anything
        return twisted
    score, name = max(((jaro(word, name), name) for name in known), default=(0.0, ""))
    return name if score > (_NEAR if word[:1] == name[:1] else _SURE) else None
