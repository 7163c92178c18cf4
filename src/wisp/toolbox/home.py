"""Where global tools live: manifest, environments, exposed names, completions (config.md §5)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from wisp.config.files import config_files, pixi_home
from wisp.engine.files import is_there
from wisp.toolbox.names import CONFIGURATIONS
from wisp.values import dataclass

MANIFEST = "pixi-global.toml"
#: What Pixi would not read, and would remove: environments with packages of PyPI.
PYPI_MANIFEST = "wisp-global.toml"
LOCK = "pixi-global.lock"
_MANIFESTS = "manifests"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolHome:
    """The folders of a user's global tools; none of them has to be there.

    There are two toolboxes in one home: the one that Pixi knows, and one (`pypi`) of environments
    that its manifest cannot hold. Exposed names and completions are of both.
    """

    root: Path
    manifest: Path
    pypi: bool = False

    @property
    def other(self) -> ToolHome:
        """The other toolbox."""
        name = MANIFEST if self.pypi else PYPI_MANIFEST
        return ToolHome(root=self.root, manifest=self.manifest.with_name(name), pypi=not self.pypi)

    @property
    def lock(self) -> Path:
        """The lock file of both toolboxes, if the user wants one."""
        return self.manifest.with_name(LOCK)

    @property
    def environments(self) -> Path:
        """The folder of all prefixes."""
        return self.root / ("pypi-envs" if self.pypi else "envs")

    @property
    def exposed(self) -> Path:
        """The folder that users have on their PATH."""
        return self.root / "bin"

    @property
    def configurations(self) -> Path:
        """The folder of what exposed names start."""
        return self.exposed / CONFIGURATIONS

    @property
    def launcher(self) -> Path:
        """The program that all exposed names are."""
        return self.configurations / "trampoline_bin"

    @property
    def completions(self) -> Path:
        """The folder of the completions of exposed tools."""
        return self.root / "completions"

    @property
    def unfinished(self) -> Path:
        """The file that names environments while somebody works on them."""
        return self.environments / ".wisp-unfinished"

    @property
    def is_begun(self) -> bool:
        """Whether there is a manifest."""
        return is_there(self.manifest)

    def prefix(self, environment: str) -> Path:
        """The prefix of an environment."""
        return self.environments / environment


def tool_home(environ: Mapping[str, str], *, platform: str = sys.platform) -> ToolHome:
    """Find the folders; a manifest beside the user's configuration counts if there is no other."""
    root = pixi_home(environ, platform=platform)
    usual = root / _MANIFESTS / MANIFEST
    others = [
        file.parent / _MANIFESTS / MANIFEST
        for file in config_files(environ, platform=platform).user
        if file.parent != root
    ]
    found = next((file for file in (usual, *others) if is_there(file)), usual)
    return ToolHome(root=root, manifest=found)
