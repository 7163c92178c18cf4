"""Pixi's activation cache: what an environment's activation led to, until something changes.

The file is `.pixi/activation-env-v0/activation_<environment>.json`; it is used only where the
user asked for it, because scripts may depend on more than is hashed here. It decides what runs:
it is ours alone, or it is not used. What scripts copy from the caller's variables may be secrets:
where the value of one occurs, its name stands in the file.
"""

from __future__ import annotations

import os

from wisp import trust
from wisp.errors import HostError
from wisp.foreign import json_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wisp.activation.variables import Activation
    from wisp.engine.safe.root import Root

#: A shorter value can be guessed, and occurs everywhere by chance.
_SHORTEST = 4
#: What changes with each command: it names a value only where nothing that lasts has the same.
_PASSING = frozenset({"PWD", "OLDPWD", "_"})
#: How the value of a variable is written: between two of what no value has.
_REFERENCE = "\0{}\0"


def read(path: str, activation: Activation, key: str, caller: Mapping[str, str]) -> dict[str, str]:
    """Return the cached variables, or nothing where the cache does not hold any more.

    `key` stands for the installed packages and the platform.
    """
    try:
        data = json_data(trust.own_content(path) or b"")
        texts = dict(data["environment_variables"])
        if data["hash"] != digest(activation, key, texts, caller):
            return {}
        return {name: _shown(text, caller) for name, text in texts.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write(
    path: str,
    activation: Activation,
    key: str,
    variables: Mapping[str, str],
    caller: Mapping[str, str],
    root: Root,
) -> None:
    """Store what an activation led to, below a root where no link is followed.

    A failure to write is none of the user's business.
    """
    import json
    from pathlib import Path

    texts = _hidden(variables, activation, caller)
    stored = digest(activation, key, texts, caller)
    text = json.dumps({"hash": stored, "environment_variables": texts})
    try:
        root.write(Path(path), text, mode=0o600, lasting=False)
    except HostError:
        return


def digest(
    activation: Activation, key: str, texts: Mapping[str, str], caller: Mapping[str, str]
) -> str:
    """Return the hash of all that cached variables depend on, those named in `texts` included."""
    from hashlib import blake2b

    names = {*texts, *(name for text in texts.values() for name in text.split("\0")[1::2])}
    parts = [key, activation.prefix, *activation.scripts]
    parts += [f"{n}={v}" for n, v in sorted((activation.env | activation.project).items())]
    parts += [f"{n}={caller[n]}" if n in caller else n for n in sorted(names)]
    return blake2b(b"\0".join(map(os.fsencode, parts)), digest_size=16).hexdigest()


def _hidden(
    variables: Mapping[str, str], activation: Activation, caller: Mapping[str, str]
) -> dict[str, str]:
    """Write values with names in place of what came from the caller.

    What manifest and place say anyway is no secret, and may differ from call to call (`PWD`).
    """
    import re

    known = "\0".join(
        (
            activation.prefix,
            *activation.scripts,
            *activation.project.values(),
            *activation.env.values(),
        )
    )
    names: dict[str, str] = {}
    for name in sorted(caller, key=_PASSING.__contains__):  # else they keep their order
        value = caller[name]
        if len(value) >= _SHORTEST and value not in known:
            names.setdefault(value, name)
    if not names:
        return dict(variables)
    found = re.compile("|".join(re.escape(one) for one in sorted(names, key=len, reverse=True)))
    return {
        name: found.sub(lambda match: _REFERENCE.format(names[match[0]]), value)
        for name, value in variables.items()
    }


def _shown(text: str, caller: Mapping[str, str]) -> str:
    """Put values back in the place of names. May raise `KeyError`."""
    parts = text.split("\0")
    parts[1::2] = [caller[name] for name in parts[1::2]]
    return "".join(parts)
