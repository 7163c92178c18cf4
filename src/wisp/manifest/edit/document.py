"""A manifest that is being edited: its text and where its kind of file keeps what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.layout import DEFAULT_FEATURE
from wisp.line_breaks import like
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.script import ScriptFrame, unwrap
from wisp.manifest.edit.text import TomlText
from wisp.specs.controls import KeyPath
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.manifest.model import ManifestKind

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPart:
    """Which part of a manifest an edit is about.

    A feature (`default`: the root tables) or the content written into an environment, and within
    it everything or one target. `target` is a selector as written in `[target.SELECTOR]`.
    """

    feature: str = DEFAULT_FEATURE
    environment: str | None = None
    target: str | None = None

    @classmethod
    def of(
        cls, feature: str | None = None, environment: str | None = None, target: str | None = None
    ) -> ManifestPart:
        """Return the part that options mean; without a feature the default one."""
        return cls(feature=feature or DEFAULT_FEATURE, environment=environment, target=target)


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest's text, open for edits; each edit gives a new document.

    `frame` is what surrounds the TOML in a script, `original` the text before all edits, whose
    line breaks are kept.
    """

    toml: TomlText
    kind: ManifestKind
    frame: ScriptFrame = ScriptFrame()
    original: str = ""
    mark: str = ""

    @classmethod
    def open(cls, text: str, kind: ManifestKind) -> Document:
        """Take a valid manifest text of the given kind.

        Raises `ManifestError` when a script has not exactly one block of metadata.
        """
        mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        original = text[len(mark) :]
        plain = original.replace("\r\n", "\n")
        toml, frame = plain, ScriptFrame()
        if kind in ("script", "conda-script"):
            toml, frame = unwrap(plain, kind)
        return cls(TomlText(toml), kind, frame, original, mark)

    @property
    def text(self) -> str:
        """The whole text as it goes into the file, its last key or header ended by a line break."""
        toml = self.toml.text
        if toml and not toml.endswith("\n") and self.toml.sections[-1].end == len(toml):
            toml += "\n"
        return self.mark + like(self.original, self.frame.wrap(toml))

    @property
    def root(self) -> KeyPath:
        """The path of the tables that `pixi.toml` has at its root."""
        return () if self.kind in ("pixi", "mojoproject") else ("tool", "pixi")

    @property
    def workspace(self) -> KeyPath:
        """The path of `[workspace]`, or of `[project]` where the file uses the old name."""
        old = (*self.root, "project")
        current = (*self.root, "workspace")
        return old if self.get(old) is not None and self.get(current) is None else current

    @property
    def channels(self) -> KeyPath:
        """The path of the channels of all environments."""
        return ("channels",) if self.kind == "conda-script" else (*self.workspace, "channels")

    def path(self, part: ManifestPart, *rest: str) -> KeyPath:
        """Return the path of a key within a part."""
        base = self.root
        if self.kind == "conda-script" and rest[:1] == ("dependencies",) and part == ManifestPart():
            return rest
        if part.environment is not None:
            base = (*base, "environments", part.environment)
        elif part.feature != DEFAULT_FEATURE:
            base = (*base, "feature", part.feature)
        if part.target is not None:
            base = (*base, "target", part.target)
        return (*base, *rest)

    def get(self, path: KeyPath) -> Any:
        """Return the data at a path, or None."""
        return self.toml.get(path)

    def set(self, path: KeyPath, data: Data) -> Document:
        """Give a key a value: replaced in place, else added at the end of its table."""
        return self._edited(self.toml.set(path, data))

    def set_all(self, table: KeyPath, values: Mapping[str, Data]) -> Document:
        """Give several keys of a table a value, as `set` would one after the other."""
        return self._edited(self.toml.set_all(table, values)) if values else self

    def add_item(self, path: KeyPath, data: Data, *, first: bool = False) -> Document:
        """Add an element to an array, at its end or its beginning; the array is made if need be."""
        if self.get(path) is None:
            return self.set(path, [data])
        toml = self.toml.prepend(path, data) if first else self.toml.append(path, data)
        return self._edited(toml)

    def replace_item(self, path: KeyPath, index: int, data: Data) -> Document:
        """Put another element in place of one of an array."""
        return self._edited(self.toml.replace_item(path, index, data))

    def remove_item(self, path: KeyPath, index: int) -> Document:
        """Take an element out of an array, which stays even when it is empty then."""
        return self._edited(self.toml.remove_item(path, index))

    def reorder(self, path: KeyPath, order: Sequence[int]) -> Document:
        """Put the elements of an array into another order, given by their numbers."""
        return self._edited(self.toml.reorder(path, order))

    def expand(self, path: KeyPath, key: str) -> Document:
        """Give the value of a key a `[table]` of its own, where it stands under `key`."""
        return self._edited(self.toml.expand(path, key))

    def remove(self, path: KeyPath) -> Document:
        """Take a key away, and with the last key of a `[table]` its header.

        A feature that an environment uses stays declared, even when nothing is left in it: Pixi
        takes it away and leaves a manifest that cannot be read.
        """
        removed = self.toml.remove(path)
        pruned = removed.remove(path[:-1]) if removed.is_empty_section(path[:-1]) else removed
        for toml in (pruned, removed):
            if not self._lost_features(toml):
                return self._edited(toml)
        toml = self.toml
        for feature in self._lost_features(removed):
            toml = toml.add_table((*self.root, "feature", feature))
        return self._edited(toml.remove(path))

    def _edited(self, toml: TomlText) -> Document:
        """Take another text; a script that is edited gets its list of PyPI requirements, if empty.

        Tools that know scripts but not us look for that key, and Pixi writes it.
        """
        if self.kind == "script" and toml.get(("dependencies",)) is None:
            toml = toml.set(("dependencies",), [])
        return replace(self, toml=toml)

    @property
    def used_features(self) -> list[str]:
        """The features that environments list."""
        return [
            name
            for environment in (self.get((*self.root, "environments")) or {}).values()
            for name in (
                environment if isinstance(environment, list) else environment.get("features", ())
            )
        ]

    def _lost_features(self, toml: TomlText) -> list[str]:
        """Name the features that environments use and that are declared here but not in `toml`."""
        used = self.used_features
        before = self.get((*self.root, "feature")) or {}
        after = toml.get((*self.root, "feature")) or {}
        return [name for name in before if name in used and name not in after]
