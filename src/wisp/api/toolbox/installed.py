"""What lies in the prefix of a tool environment, whatever the manifest says of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from wisp.activation.variables import UNIX_FOLDERS, WINDOWS_FOLDERS
from wisp.api.provisioning import is_complete
from wisp.engine.prefix import Installed, installed_packages
from wisp.install.state import fingerprint, read_fingerprint
from wisp.toolbox.contents import Executable, Package, by_name, executables
from wisp.toolbox.home import ToolHome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.toolbox.wheels import ToolWheel

WINDOWS = os.name == "nt"


class InstalledEnvironment:
    """Looks into the prefix of one environment of a toolbox; each answer is read anew."""

    def __init__(self, home: ToolHome, name: str) -> None:
        self._prefix: Path = home.prefix(name)
        self._may_have_wheels = home.pypi

    def packages(self) -> tuple[Installed, ...]:
        """Return the conda packages."""
        return installed_packages(self._prefix)

    def wheels(self) -> dict[str, ToolWheel]:
        """Return the packages of PyPI, by normalised name."""
        if not self._may_have_wheels:
            return {}
        from wisp.api.toolbox.wheels import tool_wheels

        return tool_wheels(self._prefix)

    def versions(self) -> dict[str, str]:
        """Return the version of each package."""
        found = {one.record.name: one.record.version for one in self.packages()}
        return found | {wheel: one.version for wheel, one in self.wheels().items()}

    def state(self) -> tuple[str, dict[str, str]]:
        """Describe what is there, but not how it came there."""
        return read_fingerprint(self._prefix), self.versions()

    def is_complete(self) -> bool:
        """Tell whether an installation came to its end."""
        return is_complete(self._prefix)

    def is_damaged(self) -> bool:
        """Tell whether this is not what the last installation left, as far as tools need it."""
        packages = self.packages()
        if read_fingerprint(self._prefix) != fingerprint(one.record for one in packages):
            return True
        folders = tuple(f"{folder}/" for folder in (WINDOWS_FOLDERS if WINDOWS else UNIX_FOLDERS))
        every: list[Package] = [*packages, *self.wheels().values()]
        files = [file for one in every for file in one.files if file.startswith(folders)]
        return not all(os.path.lexists(self._prefix / file) for file in files)

    def executables(self, packages: Sequence[str]) -> dict[str, Executable]:
        """Return the executables of some packages, by name."""
        known: dict[str, Package] = {one.record.name: one for one in self.packages()}
        known.update(self.wheels())
        found: list[Executable] = []
        for package in (known[one] for one in packages if one in known):
            runnable = frozenset(
                file for file in package.files if os.access(self._prefix / file, os.X_OK)
            )
            found += executables(package, runnable, windows=WINDOWS)
        return by_name(found)

    def all_executables(self) -> dict[str, Executable]:
        """Return the executables of all packages, by name."""
        return self.executables([*self.versions()])
