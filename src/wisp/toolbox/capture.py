"""What activating an environment of tools changes, found once, when a tool is exposed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from wisp.activation.session import activate
from wisp.activation.variables import KEPT_WHEN_CLEAN, Activation
from wisp.toolbox.launcher import Launch
from wisp.values import dataclass

#: Where scripts of packages find programs; what the caller has active must not show.
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an environment adds to PATH, and the variables that it sets."""

    path_diff: str
    env: Mapping[str, str]

    def launch(self, exe: Path) -> Launch:
        """Return how an executable is started in them."""
        return Launch(exe=os.fspath(exe), path_diff=self.path_diff, env=self.env)


def captured(prefix: Path, environ: Mapping[str, str]) -> Surroundings:
    """Activate a prefix as a user would who has nothing else active.

    Values that are no text (and so no JSON either) are left out. Raises `ActivationError` when a
    script of a package ends the shell.
    """
    path = _PATH if os.name != "nt" else environ.get("PATH", "")
    caller = {name: environ[name] for name in KEPT_WHEN_CLEAN if name in environ} | {"PATH": path}
    changes = activate(Activation(os.fspath(prefix)), caller)
    before = path.split(os.pathsep)
    after = changes.values.get("PATH", path).split(os.pathsep)
    added = [folder for folder in after if folder not in before]
    env = {
        name: value
        for name, value in changes.values.items()
        if name not in ("PATH", "PWD", "OLDPWD") and _is_text(value)
    }
    return Surroundings(path_diff=os.pathsep.join(added), env=env)


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\udc80" <= char <= "\udcff" for char in value)
