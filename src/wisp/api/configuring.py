"""Looking at and changing the configuration of system, user and workspace."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.api.foreign_links import accepted_links
from wisp.api.trusting import consent_to_change
from wisp.config.editing import (
    CONSENT,
    EXEMPTIONS,
    changed,
    filtered,
    grown,
    refuse_for_workspace,
    refuse_unshared,
    target_file,
)
from wisp.config.files import config_files
from wisp.config.keys import canonical_channel, normal_url
from wisp.config.levels import read_config
from wisp.config.model import Config, ConfigRequest
from wisp.config.reading import ConfigFile, parse, unreadable
from wisp.config.toml import dump, nested
from wisp.engine.files import refusal
from wisp.engine.journals import repair
from wisp.engine.process import hand_over
from wisp.engine.rewriting import rewrite
from wisp.engine.safe.root import Root
from wisp.errors import ManifestError
from wisp.manifest.discover import discover
from wisp.manifest.edit.document import Document
from wisp.specs.controls import KeyPath
from wisp.specs.similarity import one_of
from wisp.trust import found_bytes
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    ConfigLevel = Literal["local", "global", "shared", "system"]

LEVELS: tuple[ConfigLevel, ...] = ("local", "global", "shared", "system")
_PLAINEST_EDITOR = "notepad" if sys.platform == "win32" else "nano"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigScope:
    """Whose configuration is meant: a level, or None for the nearest one.

    `root` is the workspace's root, None outside of one.
    """

    environ: Mapping[str, str]
    root: Path | None = None
    level: ConfigLevel | None = None

    def file(self) -> Path:
        """Return the file that a change goes into.

        Raises:
            ConfigError: The workspace's level is meant, but there is no workspace.
            UsageError: There is no such level.

        """
        where = config_files(self.environ, self.root)
        level = None if self.level is None else one_of(self.level, LEVELS)
        return target_file(where, level=level, exists=Path.exists)

    def guard(self, file: Path) -> Root | None:
        """Give the workspace below which no link is followed, but accepted ones.

        None where the file is not in it.
        """
        local = config_files(self.environ, self.root).workspace
        if self.root is None or file != local:
            return None
        return Root(self.root, accepted_links(self.environ, self.root))

    def read(self) -> Config:
        """Merge what counts at this level: the levels below and the level itself."""
        if self.level == "local":
            self.file()
        return read_config(
            ConfigRequest(
                environ=self.environ,
                workspace=self.root,
                global_only=self.level in ("global", "shared"),
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

    What stands in the file can be taken away even if it is no key (any more).

    Raises:
        ConfigError: The key or the value is wrong, or the file is no TOML.
        HostError: The file cannot be written.

    """
    if value is not None and scope.level == "shared":
        refuse_unshared(key)
    if value is not None and scope.guard(scope.file()) is not None:
        refuse_for_workspace(key, value)
    if value is None and _drop_unknown(scope, key):
        return scope.file()
    typed = tuple(key.split("."))
    return _change(scope, lambda file: changed(file.values, key, value), typed)


def _drop_unknown(scope: ConfigScope, key: str) -> bool:
    """Take a key away that stands in the file and counts for nothing; False if there is none."""
    file = scope.file()
    document = Document.open(_text_of(file), "pixi")
    path = tuple(key.split("."))
    known = parse(document.text, file).spelled
    if path in known.values() or (path[:2] in (EXEMPTIONS, CONSENT) and path[:2] in known):
        return False
    if document.get(path) is None or isinstance(document.get(path), dict):
        return False
    _save(scope, file, document, document.remove(path))
    return True


def grow_config(scope: ConfigScope, key: str, value: str, *, at_end: bool) -> Path:
    """Add an item to a list of the configuration; return the file that was written.

    A list that the file does not have begins as what is in force.

    Raises:
        ConfigError: The key holds no list that can grow, or the file is no TOML.
        HostError: The file cannot be written.

    """
    if scope.level == "shared":
        refuse_unshared(key)
    path = tuple(key.split("."))
    in_force = scope.read().merged.values

    def grow(file: ConfigFile) -> Mapping[KeyPath, Any]:
        values = file.values if path in file.values or path not in in_force else in_force
        return {**file.values, path: grown(values, key, value, at_end=at_end)[path]}

    return _change(scope, grow)


def _change(
    scope: ConfigScope,
    edit: Callable[[ConfigFile], Mapping[KeyPath, Any]],
    typed: KeyPath | None = None,
) -> Path:
    """Change the text of a level's file so that it says what `edit` makes of its values.

    All else that stands there stays, what cannot be read of it included. (Pixi writes the values
    in force, those of lower levels too, and loses the rest.) `typed` is the key whose whole value
    the user gives.
    """
    repair()
    file = scope.file()
    document = Document.open(_text_of(file), "pixi")
    present = parse(document.text, file)
    _save(scope, file, document, _adapted(document, present, edit(present)), typed)
    return file


def _save(
    scope: ConfigScope, file: Path, old: Document, new: Document, typed: KeyPath | None = None
) -> None:
    """Write a file; that the user types a change of a workspace's is consent to that change."""
    guard = scope.guard(file)
    rewrite(file, new.text, guard)
    if guard is not None:
        before, after = (parse(one.text, file).values for one in (old, new))
        consent_to_change(scope.environ, guard.path, before, after, typed)


def _text_of(file: Path) -> str:
    try:
        return found_bytes(file).decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error, ", so it is not changed") from error


def _adapted(document: Document, old: ConfigFile, new: Mapping[KeyPath, Any]) -> Document:
    """Write the values that are new or other, and take those away that are gone."""
    for path in old.values:
        if path not in new:
            document = document.remove(old.spelled[path])
    for path, value in new.items():
        written = old.spelled.get(path, path)
        if path not in old.values or old.values[path] != value:
            document = _put_for(path, value)(document, written, value)
    return document


def _put_for(path: KeyPath, value: Any) -> Callable[[Document, KeyPath, Any], Document]:
    if path == EXEMPTIONS:
        return _with_names
    if path == CONSENT:
        return _with_channels
    return _with_table if isinstance(value, dict) else _with_value


def _with_names(document: Document, path: KeyPath, value: Mapping[str, Any]) -> Document:
    """Set the keys of a table whose keys are names; a cut-off in its place becomes a table."""
    cutoff = document.get(path[:-1])
    if isinstance(cutoff, str):
        document = document.expand(path[:-1], "cutoff")
    present = document.get(path) or {}
    for name in present:
        if name not in value:
            document = document.remove((*path, name))
    for name, item in value.items():
        if present.get(name) != item:
            document = document.set((*path, name), item)
    return document


def _with_value(document: Document, path: KeyPath, value: Any) -> Document:
    """Set a value; a list that only grows keeps the rest as it is written."""
    before = document.get(path)
    if isinstance(value, list) and isinstance(before, list) and before:
        if value[:-1] == before:
            return document.add_item(path, value[-1])
        if value[1:] == before:
            return document.add_item(path, value[0], first=True)
    return document.set(path, value)


def _with_table(document: Document, path: KeyPath, value: Mapping[str, Any]) -> Document:
    """Set the keys of a table of lists of URLs whose keys are URLs."""
    present = document.get(path) or {}
    given = {key: [normal_url(item) for item in items] for key, items in present.items()}
    return _with_urls(document, path, value, given, normal_url)


def _with_channels(document: Document, path: KeyPath, value: Mapping[str, Any]) -> Document:
    """Set the keys of a table of words whose keys are channels."""
    return _with_urls(document, path, value, document.get(path) or {}, canonical_channel)


def _with_urls(
    document: Document,
    path: KeyPath,
    value: Mapping[str, Any],
    present: Mapping[str, Any],
    spell: Callable[[str], str],
) -> Document:
    """Set the keys of a table whose keys are URLs, in whatever spelling they stand there."""
    spelled = {spell(key): key for key in present}
    for url, key in spelled.items():
        if url not in value:
            document = document.remove((*path, key))
    for url, item in value.items():
        key = spelled.get(url, url)
        if present.get(key) != item:
            document = document.set((*path, key), item)
    return document


def edit_config(scope: ConfigScope, editor: str | None = None) -> int:
    """Open the file of a level in an editor and return the editor's exit code.

    Without `editor` the variable `EDITOR` names it, else it is the system's plainest.

    Raises:
        HostError: The folder of the file cannot be made, or the editor not be started.

    """
    file = scope.file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("create", file.parent, error) from error
    return open_in_editor(file, editor, scope.environ)


def open_in_editor(file: Path, editor: str | None, environ: Mapping[str, str]) -> int:
    """Open a file in an editor, chosen as `edit_config` says, and return its exit code."""
    command = editor or environ.get("EDITOR") or _PLAINEST_EDITOR
    return hand_over([*shlex.split(command), str(file)], environ=environ)


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
