"""Pixi's activation cache: what an environment's activation led to, until something changes.

The file is `.pixi/activation-env-v0/activation_<environment>.json`; it is used only where the
user asked for it, because scripts may depend on more than is hashed here. It may hold secrets, and
decides what runs: it is ours alone, or it is not used.
"""

from __future__ import annotations

import os

from wisp import trust
from wisp.errors import HostError
from wisp.foreign import json_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.activation.variables import Activation
    from wisp.engine.safe.root import Root


def read(path: str, activation: Activation, key: str, caller: Mapping[str, str]) -> dict[str, str]:
    """Return the cached variables, or nothing where the cache does not hold any more.

    `key` stands for the installed packages and the platform.
    """
    try:
        data = json_data(trust.own_content(path) or b"")
        variables = dict(data["environment_variables"])
        stored = data["hash"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return variables if stored == digest(activation, key, variables, caller) else {}


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

    stored = digest(activation, key, variables, caller)
    text = json.dumps({"hash": stored, "environment_variables": dict(variables)})
    try:
        root.write(Path(path), text, mode=0o600, lasting=False)
    except HostError:
        return


def digest(
    activation: Activation, key: str, names: Iterable[str], caller: Mapping[str, str]
) -> str:
    """Return the hash of all that the cached variables depend on."""
    import xxhash

    parts = [key, activation.prefix, *activation.scripts]
    parts += [f"{n}={v}" for n, v in sorted((activation.env | activation.project).items())]
    parts += [f"{n}={caller[n]}" if n in caller else n for n in sorted(names)]
    return f"{xxhash.xxh3_64_intdigest(bytes([255]).join(map(os.fsencode, parts))):x}"
