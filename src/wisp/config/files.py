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
    """The candidates of each level: `system`, `user` from low to high, `workspace` if in one."""

    system: Path
    user: tuple[Path, ...]
    workspace: Path | None = None


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
        system = Path(environ.get("ProgramData", "C:\\ProgramData"), "pixi", _NAME)
        user = [Path(environ.get("APPDATA", str(home / "AppData" / "Roaming")))]
    elif platform == "darwin":
        system = Path("/etc/pixi", _NAME)
        user = ([Path(xdg)] if xdg else []) + [home / "Library" / "Application Support"]
    else:
        system = Path("/etc/pixi", _NAME)
        user = [Path(xdg) if xdg else home / ".config"]
    files = [folder / "pixi" / _NAME for folder in user]
    files.append(pixi_home(environ, platform=platform) / _NAME)
    inside = workspace / layout.PIXI_DIR / layout.WORKSPACE_CONFIG if workspace else None
    return ConfigFiles(system, tuple(files), inside)


def home_folder(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return the user's home folder, which the environment names; without it the root folder."""
    name = "USERPROFILE" if platform == "win32" else "HOME"
    return Path(environ.get(name) or "/")


def pixi_home(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return `PIXI_HOME`, by default `.pixi` in the home folder."""
    wanted = environ.get("PIXI_HOME")
    return Path(wanted) if wanted else home_folder(environ, platform=platform) / ".pixi"
