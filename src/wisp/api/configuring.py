"""Looking at and changing the configuration of system, user and workspace."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from wisp.config.editing import changed, filtered, grown, target_file
from wisp.config.model import Config, ConfigRequest, read_config
from wisp.config.places import places
from wisp.config.reading import KeyPath, Values
from wisp.config.toml import dump, nested
from wisp.engine.journals import repair
from wisp.engine.process import hand_over
from wisp.engine.rewriting import rewrite
from wisp.errors import ManifestError
from wisp.manifest.discover import discover
from wisp.values import dataclass

_PLAINEST_EDITOR = "notepad" if sys.platform == "win32" else "nano"

Level = Literal["local", "global", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigScope:
    """Whose configuration is meant: a level, or None for the nearest one.

    `root` is the workspace's root, None outside of one.
    """

    environ: Mapping[str, str]
    root: Path | None = None
    level: Level | None = None

    def file(self) -> Path:
        """Return the file that a change goes into.

        Raises:
            ConfigError: The workspace's level is meant, but there is no workspace.

        """
        where = places(self.environ, self.root)
        return target_file(where, level=self.level, exists=Path.exists)

    def read(self) -> Config:
        """Merge what counts at this level: the levels below and the level itself."""
        if self.level == "local":
            self.file()
        return read_config(
            ConfigRequest(
                environ=self.environ,
                workspace=self.root,
                global_only=self.level == "global",
                system_only=self.level == "system",
                with_variables=False,
            )
        )


@dataclass(frozen=True, slots=True)
class ConfigListing:
    """What is configured: as TOML, as plain data, and what was odd about the files."""

    text: str
    data: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


def list_config(scope: ConfigScope, key: str | None = None) -> ConfigListing:
    """Show the merged configuration, or the part below one key.

    Raises:
        ConfigError: The key cannot be asked for.

    """
    config = scope.read()
    values = filtered(config.merged.values, key)
    return ConfigListing(dump(values), nested(values), config.warnings)


def set_config(scope: ConfigScope, key: str, value: str | None) -> Path:
    """Set a key, or take it away (`value` None); return the file that was written.

    Raises:
        ConfigError: The key or the value is wrong.
        HostError: The file cannot be written.

    """
    return _change(scope, lambda values: changed(values, key, value))


def grow_config(scope: ConfigScope, key: str, value: str, *, at_end: bool) -> Path:
    """Add an item to a list of the configuration; return the file that was written.

    Raises:
        ConfigError: The key holds no list that can grow.
        HostError: The file cannot be written.

    """
    return _change(scope, lambda values: grown(values, key, value, at_end=at_end))


def _change(scope: ConfigScope, edit: Callable[[Values], Mapping[KeyPath, Any]]) -> Path:
    """Write what is in force at a level after a change.

    Like Pixi this stores the merged values, those of lower levels included, and no comments.
    """
    repair()
    file = scope.file()
    values = edit(scope.read().merged.values)
    rewrite(file, dump(values))
    return file


def edit_config(scope: ConfigScope, editor: str | None = None) -> int:
    """Open the file of a level in an editor and return the editor's exit code.

    Without `editor` the variable `EDITOR` names it, else it is the system's plainest.

    Raises:
        HostError: The editor cannot be started.

    """
    file = scope.file()
    command = editor or scope.environ.get("EDITOR") or _PLAINEST_EDITOR
    file.parent.mkdir(parents=True, exist_ok=True)
    return hand_over([*shlex.split(command), str(file)], environ=scope.environ)


def enclosing_root(
    cwd: Path, environ: Mapping[str, str], manifest_path: str | None = None
) -> Path | None:
    """Return the root of the workspace around a folder, or None outside of one.

    Raises:
        ManifestError: `manifest_path` names no manifest.

    """
    named = Path(manifest_path) if manifest_path else None
    try:
        return discover(cwd, environ, named).path.parent
    except ManifestError:
        if named is not None:
            raise
        return None
