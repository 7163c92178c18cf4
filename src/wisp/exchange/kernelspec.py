"""Kernels of Jupyter: the file that starts a kernel inside an environment, and where it lies.

A kernelspec is a folder with `kernel.json` (Jupyter client, "Making kernels for Jupyter"). Ours
start wisp, which activates the environment and becomes its Python or R.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from wisp.errors import ConfigError
from wisp.foreign import json_data
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.patterns import pattern
from wisp.values import dataclass

FILE = "kernel.json"
#: The package that brings a Python kernel, and the one for R.
PACKAGE, R_PACKAGE = "ipykernel", "r-irkernel"
_OURS = "wisp"
#: What Jupyter allows in the name of a kernelspec's folder, and what it does not.
_NAME = pattern(r"[a-z0-9._-]+")
#: What notebooks of everybody ask for: a workspace that is called so would start for all of them.
_EVERYBODYS = pattern(r"python[0-9.]*|xpython|ir|bash")
_STRANGE = pattern(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Launcher:
    """What starts in the environment: a command, its language for Jupyter, if it can debug."""

    command: tuple[str, ...]
    language: str
    debugger: bool


#: By the package that brings it, the first one where an environment has several.
LAUNCHERS = {
    PACKAGE: Launcher(
        ("python", "-m", "ipykernel_launcher", "-f", "{connection_file}"), "python", True
    ),
    R_PACKAGE: Launcher(
        ("R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"), "R", False
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A kernel of an environment: its name for Jupyter, the one it shows, what it starts."""

    name: str
    shown: str
    manifest: Path
    environment: str

    def text(self, program: str, launcher: Launcher) -> str:
        """Return the text of `kernel.json`; `program` is the path of wisp."""
        run = [program, "run", "--manifest-path", str(self.manifest), "-e", self.environment]
        document = {
            "argv": [*run, "-x", *launcher.command],
            "display_name": self.shown,
            "language": launcher.language,
            "metadata": {
                "debugger": launcher.debugger,
                _OURS: {"manifest": str(self.manifest), "environment": self.environment},
            },
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def as_json(self) -> dict[str, str]:
        """Return the kernel as plain data."""
        return {
            "name": self.name,
            "display_name": self.shown,
            "manifest_path": str(self.manifest),
            "environment": self.environment,
        }


def kernel_of(workspace: str, environment: str, manifest: Path) -> Kernel:
    """Return the kernel of an environment, under the name it has unless another is wanted."""
    shown = workspace if environment == DEFAULT_ENVIRONMENT else f"{workspace} ({environment})"
    words = (workspace,) if environment == DEFAULT_ENVIRONMENT else (workspace, environment)
    name = _STRANGE.sub("-", "-".join(words).lower()).strip("-.")
    if _EVERYBODYS.fullmatch(name):
        name = f"{name}-{_OURS}"
    return Kernel(name=name or "wisp", shown=shown, manifest=manifest, environment=environment)


def checked_name(name: str) -> str:
    """Return a name that Jupyter can find. Raises `ConfigError` for others."""
    if not _NAME.fullmatch(name) or name in {".", ".."}:
        raise ConfigError(
            f"'{name}' is no name of a kernel",
            hints=("lower-case letters, digits, `.`, `_` and `-` are",),
        )
    return name


def read_kernel(name: str, text: str) -> Kernel | None:
    """Read a `kernel.json`; None for a kernel that wisp did not write."""
    try:
        document = json_data(text)
        ours = document["metadata"][_OURS]
        manifest, environment = ours["manifest"], ours["environment"]
    except (KeyError, TypeError, ValueError):
        return None
    shown = document.get("display_name")
    if not all(isinstance(word, str) for word in (manifest, environment, shown)):
        return None
    return Kernel(name=name, shown=shown, manifest=Path(manifest), environment=environment)


def kernels_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return where Jupyter looks for the user's kernels."""
    if environ.get("JUPYTER_DATA_DIR"):
        return Path(environ["JUPYTER_DATA_DIR"], "kernels")
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter" / "kernels"
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming", "jupyter", "kernels")
    data = environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    return Path(data, "jupyter", "kernels")
