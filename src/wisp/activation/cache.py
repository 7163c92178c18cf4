"""Pixi's activation cache: what an environment's activation led to, until something changes.

The file is `.pixi/activation-env-v0/activation_<environment>.json`; it is used only where the
user asked for it, because scripts may depend on more than is hashed here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.activation.variables import Activation


def read(path: str, activation: Activation, key: str, caller: Mapping[str, str]) -> dict[str, str]:
    """Return the cached variables, or nothing where the cache does not hold any more.

    `key` stands for the installed packages and the platform.
    """
    import json

    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
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
) -> None:
    """Store what an activation led to; a failure to write is none of the user's business."""
    import json

    stored = digest(activation, key, variables, caller)
    text = json.dumps({"hash": stored, "environment_variables": dict(variables)})
    scratch = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(scratch, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(scratch, path)
    except OSError:
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
