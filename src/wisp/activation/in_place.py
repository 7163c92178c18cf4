"""Activating in the running shell, so that leaving puts back what was there, byte for byte.

What an activation leads to is found out beforehand, as `run` does it, so the shell only sets and
unsets variables: no script of a package runs in it, none of its functions and aliases changes. One
more variable carries what was there before, so that also a shell started meanwhile can leave.
Who changes a variable meanwhile keeps it; of a changed PATH only our own folders are taken out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from wisp.activation.shells import SHELLS, named
from wisp.activation.variables import is_name
from wisp.foreign import json_data
from wisp.values import dataclass, field, replace

#: Holds the `Entered` of the shell. No snapshot of the fast lane depends on it.
VARIABLE = "_WISP_ACTIVATION"
#: The shells that can be activated in place.
IN_PLACE = ("bash", "zsh", "fish", "sh")
#: Where a text begins that the shell is to evaluate; whatever else is printed is for people.
MARK = ": wisp"
#: What the shell sets by itself.
_OF_THE_SHELL = frozenset(("_", "SHLVL", "PWD", "OLDPWD", VARIABLE))


@dataclass(frozen=True, slots=True)
class Entered:
    """What is active in a shell: an environment of the workspace at `root`, and what was before.

    `before` maps each changed variable to its old value (None: it was unset) and a digest of the
    new one. `folders` came into PATH. What is `followed` came by `cd` and goes by it.
    """

    root: str
    environment: str
    followed: bool = False
    before: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()


def entered(environ: Mapping[str, str]) -> Entered | None:
    """Return what is active in the shell that `environ` is of; None where nothing is."""
    from binascii import a2b_base64
    from zlib import decompress

    try:
        rows = json_data(decompress(a2b_base64(environ[VARIABLE])))
        root, environment, followed, before, folders = rows
        changed = {name: (old, mark) for name, (old, mark) in before.items()}
        return Entered(root, environment, bool(followed), changed, tuple(folders))
    except Exception:  # missing, or nothing of ours
        return None


def _carried(active: Entered) -> str:
    """Write it as a variable's value."""
    import json
    from binascii import b2a_base64
    from zlib import compress

    rows = [active.root, active.environment, active.followed, active.before, active.folders]
    return b2a_base64(compress(json.dumps(rows).encode()), newline=False).decode()


def without(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as they are without what is active in place."""
    active = entered(environ)
    before = {name: value for name, value in environ.items() if name != VARIABLE}
    if active is None:
        return before
    for name, (old, mark) in active.before.items():
        if _digest(environ.get(name)) == mark:
            before.pop(name, None)
            if old is not None:
                before[name] = old
        elif name == "PATH" and name in before:
            before[name] = _less(before[name], active.folders)
    return before


def _less(path: str, folders: Iterable[str]) -> str:
    """Take folders out of a PATH, each as often as it came in."""
    entries = path.split(os.pathsep)
    for folder in folders:
        if folder in entries:
            entries.remove(folder)
    return os.pathsep.join(entries)


def _digest(value: str | None) -> str:
    from _blake2 import blake2b

    return "" if value is None else blake2b(os.fsencode(value), digest_size=12).hexdigest()


def with_entered(
    before: Mapping[str, str], after: Mapping[str, str], active: Entered
) -> dict[str, str]:
    """Return the variables of a shell in which an activation led from `before` to `after`.

    `active` says what was activated; what was there before is added to it.
    """
    wanted = {name: before[name] for name in _OF_THE_SHELL & before.keys()}
    wanted |= {n: value for n, value in after.items() if n not in _OF_THE_SHELL and is_name(n)}
    wanted |= {n: value for n, value in before.items() if not is_name(n)}
    changed = {
        name: (before.get(name), _digest(wanted.get(name)))
        for name in sorted({*before, *wanted})
        if before.get(name) != wanted.get(name)
    }
    new = _less(wanted.get("PATH", ""), before.get("PATH", "").split(os.pathsep))
    folders = tuple(filter(None, new.split(os.pathsep)))
    wanted[VARIABLE] = _carried(replace(active, before=changed, folders=folders))
    return wanted


def script(
    shell: str, current: Mapping[str, str], wanted: Mapping[str, str], prompt: str | None = None
) -> str:
    """Return what leads a shell (of `IN_PLACE`) from its variables to those that are wanted.

    `prompt` is put before the shell's prompt, in place of what an earlier activation put there.
    """
    if dict(current) == dict(wanted):
        return MARK + "\n"
    dialect = _Fish() if shell == "fish" else _Posix(shell)
    lines = [MARK, *dialect.prompt_off()]
    gone = [name for name in current if name not in wanted and is_name(name)]
    lines += [dialect.unset(name) for name in gone]
    for name, value in wanted.items():
        if current.get(name) != value and is_name(name):
            lines += [] if name in current else [dialect.keep(name)]
            lines.append(dialect.assign(name, value))
    if prompt:
        lines += dialect.prompt_on(prompt)
    return "".join(f"{line}\n" for line in lines)


class _Posix:
    """bash, zsh and sh. A backslash keeps aliases away.

    A variable that was set, but not exported, is kept aside while another takes its name.
    """

    def __init__(self, shell: str) -> None:
        self._dialect = named(shell) or SHELLS["bash"]

    def assign(self, name: str, value: str) -> str:
        return f"\\export {name}={self._dialect.literal(value)}"

    def keep(self, name: str) -> str:
        return f'[ -z "${{{name}+x}}" ] || __wisp_kept_{name}=${name}'

    def unset(self, name: str) -> str:
        kept = f"__wisp_kept_{name}"
        return f'\\unset {name}\n[ -z "${{{kept}+x}}" ] || {{ {name}=${kept}; \\unset {kept}; }}'

    def prompt_on(self, text: str) -> list[str]:
        plain = self._dialect.literal(self._dialect.in_prompt(text))
        inner = f"__wisp_prompt={plain}\nPS1=$__wisp_prompt$PS1"
        return [f'if [ -n "${{PS1+x}}" ]; then\n{inner}\nfi']

    def prompt_off(self) -> list[str]:
        return [
            'if [ -n "${__wisp_prompt+x}" ]; then\n'
            '[ -z "${PS1+x}" ] || PS1=${PS1#"$__wisp_prompt"}\n'
            "\\unset __wisp_prompt\nfi"
        ]


class _Fish:
    """fish, where a variable has scopes: all that is set here is global."""

    _dialect = SHELLS["fish"]

    def assign(self, name: str, value: str) -> str:
        return f"set -gx {name} {self._dialect.literal(value)}"

    def keep(self, name: str) -> str:
        return f"set -qg {name}; and set -g __wisp_kept_{name} ${name}"

    def unset(self, name: str) -> str:
        kept = f"__wisp_kept_{name}"
        return (
            f"set -eg {name}\n"
            f"set -qg {kept}; and begin; set -gu {name} ${kept}; set -eg {kept}; end"
        )

    def prompt_on(self, text: str) -> list[str]:
        return [
            "if functions -q fish_prompt\n"
            "functions -c fish_prompt __wisp_prompt_before\n"
            "function __wisp_status; return $argv[1]; end\n"
            "function fish_prompt; set -l __wisp_code $status; "
            f"echo -n {self._dialect.literal(text)}; "
            "__wisp_status $__wisp_code; __wisp_prompt_before; end\nend"
        ]

    def prompt_off(self) -> list[str]:
        return [
            "if functions -q __wisp_prompt_before\n"
            "functions -e fish_prompt __wisp_status\n"
            "functions -c __wisp_prompt_before fish_prompt\n"
            "functions -e __wisp_prompt_before\nend"
        ]
