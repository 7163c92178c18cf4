"""Where configuration files lie (config.md §1)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from wisp import layout
from wisp.values import dataclass

_NAME = "config.toml"


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """The candidates of each level: `system`, `user` from low to high, `workspace` if in one.

    `shared_system` and `shared_user` (from low to high) are those of all tools that stand on
    rattler, each below the level of Pixi's own.
    """

    system: Path
    user: tuple[Path, ...]
    workspace: Path | None = None
    shared_system: Path = Path("/etc/rattler", _NAME)
    shared_user: tuple[Path, ...] = ()

    @property
    def shared(self) -> frozenset[Path]:
        """The files of all tools; one that is Pixi's too is Pixi's."""
        return frozenset((self.shared_system, *self.shared_user)) - {self.system, *self.user}

    def everywhere(self, *, shared: bool, system_only: bool) -> list[Path]:
        """Return the files that hold outside of a workspace too, lowest first."""
        system = [*([self.shared_system] if shared else ()), self.system]
        user = [*(self.shared_user if shared else ()), *self.user]
        own = (self.system, *self.user)
        found = system if system_only else [*system, *user]
        return [one for one in found if one in self.shared or one in own]

    @property
    def all_of_user(self) -> list[Path]:
        """All that may count outside of workspaces, for who watches it for changes."""
        return self.everywhere(shared=True, system_only=False)


def config_files(
    environ: Mapping[str, str],
    workspace: Path | None = None,
    *,
    platform: str = sys.platform,
) -> ConfigFiles:
    """Say where configuration may lie, for a workspace's root or outside of one."""
    xdg = environ.get("XDG_CONFIG_HOME")
    home = home_folder(environ, platform=platform)
    if platform == "win32":
        etc = Path(environ.get("ProgramData", "C:\\ProgramData"))
        user = [Path(environ.get("APPDATA", str(home / "AppData" / "Roaming")))]
    elif platform == "darwin":
        etc = Path("/etc")
        user = ([Path(xdg)] if xdg else []) + [home / "Library" / "Application Support"]
    else:
        etc = Path("/etc")
        user = [Path(xdg) if xdg else home / ".config"]
    files = [folder / "pixi" / _NAME for folder in user]
    files.append(pixi_home(environ, platform=platform) / _NAME)
    inside = workspace / layout.PIXI_DIR / layout.WORKSPACE_CONFIG if workspace else None
    rattler_home = environ.get("RATTLER_HOME")
    shared = [user[-1] / "rattler" / _NAME, *([Path(rattler_home) / _NAME] if rattler_home else [])]
    return ConfigFiles(
        etc / "pixi" / _NAME, tuple(files), inside, etc / "rattler" / _NAME, tuple(shared)
    )


def home_folder(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return the user's home folder, which the environment names; without it the root folder."""
    name = "USERPROFILE" if platform == "win32" else "HOME"
    return Path(environ.get(name) or "/")


def pixi_home(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return `PIXI_HOME`, by default `.pixi` in the home folder."""
    wanted = environ.get("PIXI_HOME")
    return Path(wanted) if wanted else home_folder(environ, platform=platform) / ".pixi"
