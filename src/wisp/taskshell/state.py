"""What a script changes as it goes, and what a subshell gets a copy of."""

from __future__ import annotations

import os

WINDOWS = os.name == "nt"

SHELL_OPTIONS = ("errexit", "pipefail")
"""What `set` switches."""
GLOB_OPTIONS = ("failglob", "globstar", "nullglob")
"""What `shopt` switches."""


class State:
    """Variables, folder, options and the status of the last command.

    `exported` is what processes see, `local` what only the shell knows; a name is in one of
    them. `cwd` is absolute and textual: links in it are not resolved.
    """

    __slots__ = ("cwd", "exported", "local", "options", "status")

    def __init__(self, cwd: str, environment: dict[str, str]) -> None:
        self.exported = {_key(name): value for name, value in environment.items()}
        self.local: dict[str, str] = {}
        self.options = {"globstar"}
        self.status: int | None = None
        self.cwd = cwd
        self.enter(cwd)

    def copy(self) -> State:
        """Give a state that can go its own way."""
        twin = State.__new__(State)
        twin.exported = dict(self.exported)
        twin.local = dict(self.local)
        twin.options = set(self.options)
        twin.status = self.status
        twin.cwd = self.cwd
        return twin

    def get(self, name: str) -> str | None:
        """Give the value of a variable; `?` is the last status."""
        if name == "?":
            return None if self.status is None else str(self.status)
        name = _key(name)
        value = self.exported.get(name)
        return self.local.get(name) if value is None else value

    def export(self, name: str, value: str) -> None:
        """Set a variable that processes see; a good folder given to PWD is entered."""
        name = _key(name)
        if name == "PWD":
            if os.path.isabs(value) and os.path.isdir(value):
                self.enter(value)
            return
        self.local.pop(name, None)
        self.exported[name] = value

    def environment(self) -> dict[str, str]:
        """Give what a process sees: exported variables, and no `?`, which breaks other shells."""
        return self.exported

    def assign(self, name: str, value: str) -> None:
        """Set a variable of the shell, or update one that is exported already."""
        name = _key(name)
        if name in self.exported:
            self.export(name, value)
        else:
            self.local[name] = value

    def unset(self, name: str) -> None:
        """Forget a variable."""
        self.local.pop(_key(name), None)
        self.exported.pop(_key(name), None)

    def enter(self, folder: str) -> None:
        """Make an absolute folder the current one."""
        self.cwd = folder
        self.exported["PWD"] = folder

    def path(self, name: str) -> str:
        """Give a name as a path that does not depend on the process's own folder."""
        return os.path.join(self.cwd, name)

    def switch(self, option: str, on: bool) -> None:
        """Turn an option on or off."""
        (self.options.add if on else self.options.discard)(option)

    def home(self) -> str | None:
        """Give the home folder: HOME, on Windows USERPROFILE, else the user database."""
        value = self.get("USERPROFILE" if WINDOWS else "HOME")
        if value is None and not WINDOWS:
            import pwd

            try:
                value = pwd.getpwuid(os.getuid()).pw_dir
            except KeyError:
                return None
        return value


def _key(name: str) -> str:
    return name.upper() if WINDOWS else name
