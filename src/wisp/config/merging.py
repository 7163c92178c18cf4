"""Several levels of configuration become one; where each value came from is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from wisp.config.reading import ConfigFile
from wisp.specs.controls import KeyPath
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Lists that grow from level to level, lower levels first.
_CONCATENATED = {("pypi-config", "extra-index-urls"), ("pypi-config", "allow-insecure-host")}
#: Keys of which, against the rule, the lower level wins.
_LOWER_WINS = {("tool-platform",)}
#: Tables that grow from level to level, key by key.
_JOINED_TABLES = {
    ("mirrors",),
    ("exclude-newer", "exemptions"),
    ("virtual-package-detectors", "consent"),
}
#: Two ways to say one thing of a bucket: either one hides both of the levels below.
_ADDRESSING = {"addressing-style", "force-path-style"}
_DEFAULT_DOWNLOADS = 50


@dataclass(frozen=True, slots=True)
class Level:
    """A configuration file that exists, or the command line (`file` None)."""

    file: Path | None
    document: ConfigFile


@dataclass(frozen=True, slots=True)
class Merged:
    """Values by path, and the file that had the last word on each (None: the command line)."""

    values: Mapping[KeyPath, Any] = field(default_factory=dict)
    origins: Mapping[KeyPath, Path | None] = field(default_factory=dict)


def merge(levels: Iterable[Level], *, cpus: int) -> Merged:
    """Merge levels, lowest first (config.md §2).

    A count that equals its default (`cpus` solves, 50 downloads) says nothing, and an empty list
    of default channels neither: what is below them stays.
    """
    values: dict[KeyPath, Any] = {}
    origins: dict[KeyPath, Path | None] = {}
    defaults = {("concurrency", "solves"): cpus, ("concurrency", "downloads"): _DEFAULT_DOWNLOADS}
    for level in levels:
        _hide_addressing(values, level.document.values)
        for path, value in level.document.values.items():
            if path in defaults and value == defaults[path] and level.file is not None:
                continue
            if path == ("default-channels",) and not value:
                continue
            if path in _LOWER_WINS and path in values and level.file is not None:
                continue
            values[path] = _joined(path, values.get(path), value)
            origins[path] = level.file
    return Merged(values, origins)


def _hide_addressing(values: dict[KeyPath, Any], above: Iterable[KeyPath]) -> None:
    """Take away what is said below of buckets' addresses, where a level says it either way."""
    said = {path[:-1] for path in above if path[0] == "s3-options" and path[-1] in _ADDRESSING}
    for path in [(*bucket, key) for bucket in said for key in _ADDRESSING]:
        values.pop(path, None)


def _joined(path: KeyPath, below: Any, value: Any) -> Any:
    if path in _CONCATENATED and below is not None:
        return [*below, *(item for item in value if item not in below)]
    if path in _JOINED_TABLES and below is not None:
        return {**below, **value}
    return value
