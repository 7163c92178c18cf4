"""Single changes of a TOML text: set or remove a key, make a table, change an array.

Each returns a new `TomlText`. What is not touched keeps its bytes; where something new goes and how
it is spaced follows Pixi (manifest.md, and toml_edit underneath it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from wisp.errors import ManifestError
from wisp.foreign import toml_data
from wisp.manifest.edit import arrays
from wisp.manifest.edit.literals import Data, dotted, literal
from wisp.manifest.edit.placement import predecessor
from wisp.manifest.scanner import scan
from wisp.manifest.syntax import KeyValue, Section, Span, Value
from wisp.specs.controls import KeyPath
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class TomlText:
    """A TOML 1.1 text with line feeds only."""

    text: str

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The text's tables, the root first."""
        return scan(self.text).sections

    @cached_property
    def data(self) -> dict[str, Any]:
        """The text as plain data.

        Raises `tomli.TOMLDecodeError`.
        """
        return toml_data(self.text)

    def get(self, path: KeyPath) -> Any:
        """Return the data at a path, or None."""
        found: Any = self.data
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return None
            found = found[name]
        return found

    def set(self, path: KeyPath, data: Data) -> TomlText:
        """Give a key a value: replaced in place, else added at the end of its table."""
        written = literal(data)
        spot = self._spot(path)
        if spot is not None:
            return self._replace(spot, written)
        if self.get(path) is not None:
            return self.remove(path).set(path, data)
        table, name = path[:-1], path[-1]
        section = self._section(table)
        if section is not None:
            return self._insert_line(section.end, f"{dotted((name,))} = {written}")
        siblings = self._dotted_siblings(table)
        if siblings:
            owner, last = siblings
            key = dotted((*table[len(owner.path) :], name))
            return self._insert_line(last.end, f"{key} = {written}")
        for depth in range(len(table), 0, -1):
            inline = self._spot(path[:depth])
            if inline is not None:
                return self._extend_inline(inline[1].value, _nest(path[depth:], data))
        return self._insert_table(table, f"{dotted((name,))} = {written}\n")

    def set_all(self, table: KeyPath, values: Mapping[str, Data]) -> TomlText:
        """Give several keys of a table a value, as `set` would one after the other.

        Those that a `[table]` does not have go there at once: each change reads the text anew.
        """
        toml, present = self, self.get(table)
        known = present if isinstance(present, Mapping) else {}
        new = [name for name in values if name not in known]
        for name in (*(name for name in values if name in known), *new[:1]):
            if known.get(name) != values[name]:
                toml = toml.set((*table, name), values[name])
        section = toml._section(table)
        if section is None:
            for name in new[1:]:
                toml = toml.set((*table, name), values[name])
            return toml
        lines = [f"{dotted((name,))} = {literal(values[name])}" for name in new[1:]]
        return toml._insert_line(section.end, "\n".join(lines)) if lines else toml

    def add_table(self, path: KeyPath) -> TomlText:
        """Make an empty `[path]`, unless it is written; tables in it do not write it."""
        written = self._section(path) is not None or self._spot(path) is not None
        return self if written else self._insert_table(path, "")

    def expand(self, path: KeyPath, key: str) -> TomlText:
        """Give the value of a key a `[table]` of its own, directly behind the one it is in.

        An inline table becomes its body; anything else stands there under `key`. A table that has
        no other entries gives way. What is not a plain key of a `[table]` stays as it is.
        """
        spot = self._spot(path)
        if spot is None or not isinstance(spot[0], Section) or spot[0].path != path[:-1]:
            return self
        section, entry = spot
        inner = entry.value.entries if entry.value.kind == "inline" else ()
        lines = [self.text[one.start : one.value.end] for one in inner]
        if entry.value.kind != "inline":
            lines = [f"{dotted((key,))} = {self.text[entry.value.start : entry.end].rstrip()}"]
        header = f"[{dotted(path)}]\n" + "".join(f"{line}\n" for line in lines)
        if len(section.entries) == 1:
            lead = self.text[entry.lead : entry.start].lstrip("\n")
            return TomlText(self.text[: section.start] + lead + header + self.text[entry.end :])
        own = self._own_lead(entry.lead, entry.start)
        above = self.text[own : entry.start].strip("\n")
        above = f"{above}\n" if above.strip() else ""
        cut = self._cut(own, entry.end).text
        end = section.end - (entry.end - own if entry is not section.entries[-1] else 0)
        if entry is section.entries[-1]:
            end = own
        gap = "" if cut[:end].endswith("\n\n") else "\n"
        return TomlText(f"{cut[:end]}{gap}{above}{header}{cut[end:]}")

    def remove(self, path: KeyPath) -> TomlText:
        """Take away a key with the comments above it, or a table with all tables below it."""
        spot = self._spot(path)
        if spot is not None:
            owner, entry = spot
            if isinstance(owner, Section):
                return self._cut(self._own_lead(entry.lead, entry.start), entry.end)
            return self._cut_inline(owner, entry)
        return self._remove_table(path)

    def is_empty_section(self, path: KeyPath) -> bool:
        """Tell whether a `[table]` of its own has neither keys nor tables."""
        return self._section(path) is not None and self.get(path) == {}

    def has_inner_comments(self, path: KeyPath) -> bool:
        """Tell whether a table holds comments that go when a single value takes its place.

        What stands above and behind an entry on one line stays with `set`, and does not count.
        """
        spot = self._spot(path)
        if spot is not None:
            value = spot[1].value
            return any("#" in self.text[start:end] for start, end in _between(value))
        return any(self._comments_of(section, path) for section in self.sections)

    def _comments_of(self, section: Section, path: KeyPath) -> bool:
        depth = len(section.path)
        inside = section.path[: len(path)] == path
        if section.is_array or not (inside or path[:depth] == section.path):
            return False
        own = [e for e in section.entries if inside or e.key[: len(path) - depth] == path[depth:]]
        spans = [(self._own_lead(e.lead, e.start), e.start) for e in own]
        spans += [(e.value.end, e.end) for e in own]
        if inside:
            spans += [(self._own_lead(section.lead, section.start), section.start)]
            spans += [(section.name.end, section.head_end)]
        return any("#" in self.text[start:end] for start, end in spans)

    def append(self, path: KeyPath, data: Data) -> TomlText:
        """Add an element at the end of an array."""
        return self._splice(arrays.append(self.text, self._array(path), data))

    def prepend(self, path: KeyPath, data: Data) -> TomlText:
        """Add an element at the beginning of an array."""
        return self._splice(arrays.prepend(self.text, self._array(path), data))

    def remove_item(self, path: KeyPath, index: int) -> TomlText:
        """Take an element out of an array."""
        return self._splice(arrays.remove(self.text, self._array(path), index))

    def replace_item(self, path: KeyPath, index: int, data: Data) -> TomlText:
        """Put another element in place of one of an array."""
        return self._splice(arrays.replace(self.text, self._array(path), index, data))

    def reorder(self, path: KeyPath, order: Sequence[int]) -> TomlText:
        """Put the elements of an array into another order, given by their numbers."""
        return self._splice(arrays.reorder(self.text, self._array(path), order))

    def _array(self, path: KeyPath) -> Value:
        spot = self._spot(path)
        if spot is None or spot[1].value.kind != "array":
            raise ManifestError(f"`{dotted(path)}` is not an array")
        return spot[1].value

    def _splice(self, splice: arrays.Splice) -> TomlText:
        start, end, written = splice
        return TomlText(self.text[:start] + written + self.text[end:])

    def _spot(self, path: KeyPath) -> tuple[Section | Value, KeyValue] | None:
        """Find the entry of a path and the section or inline table that holds it."""
        for section in self.sections:
            depth = len(section.path)
            if not section.is_array and path[:depth] == section.path:
                found = _entry(section, section.entries, path[depth:])
                if found is not None:
                    return found
        return None

    def _section(self, path: KeyPath) -> Section | None:
        return next((s for s in self.sections if s.path == path and not s.is_array), None)

    def _dotted_siblings(self, table: KeyPath) -> tuple[Section, KeyValue] | None:
        """Find the last entry that spells `table` as the front of a dotted key."""
        for section in self.sections:
            rest = table[len(section.path) :]
            if section.is_array or not rest or table[: len(section.path)] != section.path:
                continue
            inside = [
                e for e in section.entries if len(e.key) > len(rest) and e.key[: len(rest)] == rest
            ]
            if inside:
                return section, inside[-1]
        return None

    def _replace(self, spot: tuple[Section | Value, KeyValue], written: str) -> TomlText:
        owner, entry = spot
        if isinstance(owner, Section):
            head = self.text[: self.text.index("=", entry.name.end) + 1]
            rest = self.text[entry.value.end :]
            return TomlText(f"{head} {written}{rest}" if rest else f"{head} {written}\n")
        value = entry.value
        return TomlText(self.text[: value.start] + written + self.text[value.end :])

    def _insert_line(self, at: int, line: str) -> TomlText:
        head = self.text[:at]
        if head and not head.endswith("\n"):
            head += "\n"
        return TomlText(f"{head}{line}\n{self.text[at:]}")

    def _insert_table(self, path: KeyPath, body: str) -> TomlText:
        before = self.sections[predecessor(self.sections, path)]
        gap = "\n" if before.path or before.entries else ""
        head = self.text[: before.end]
        if head and not head.endswith("\n"):
            head += "\n"
        return TomlText(f"{head}{gap}[{dotted(path)}]\n{body}{self.text[before.end :]}")

    def _extend_inline(self, table: Value, more: Mapping[str, Data]) -> TomlText:
        written = ", ".join(f"{dotted((name,))} = {literal(item)}" for name, item in more.items())
        if not table.entries:
            return TomlText(f"{self.text[: table.start]}{{ {written} }}{self.text[table.end :]}")
        last = table.entries[-1]
        lead = self.text[last.lead : last.start]
        space = lead[lead.rindex("\n") :] if "\n" in lead else " "
        comma = "," if last.end != last.value.end and "\n" in lead else ""
        at = last.end if comma else last.value.end
        return TomlText(
            f"{self.text[:at]}{'' if comma else ','}{space}{written}{comma}{self.text[at:]}"
        )

    def _own_lead(self, lead: int, start: int) -> int:
        """Return where that begins above a key or header which goes with it.

        Comments with a blank line below them are about something else and stay.
        """
        *above, indent = self.text[lead:start].split("\n")
        own = len(indent)
        while above and above[-1].strip():
            own += len(above.pop()) + 1
        foreign = any(line.strip() for line in above)
        return start - own if foreign else lead

    def _cut(self, start: int, end: int) -> TomlText:
        return TomlText(self.text[:start] + self.text[end:])

    def _cut_inline(self, table: Value, entry: KeyValue) -> TomlText:
        if len(table.entries) == 1:
            return TomlText(f"{self.text[: table.start]}{{}}{self.text[table.end :]}")
        if entry is not table.entries[-1]:
            following = table.entries[table.entries.index(entry) + 1]
            return self._cut(entry.start, following.start)
        if "#" in self.text[entry.lead : entry.start]:  # of the entry before, behind its comma
            gap = len(self.text) - len(self.text[entry.end :].lstrip(" \t")) - entry.end
            return self._cut(entry.start, entry.end + gap)
        return self._cut(table.entries[-2].value.end, entry.value.end)

    def _remove_table(self, path: KeyPath) -> TomlText:
        """Remove header, entries and sub-tables of a path, and dotted keys that begin with it."""
        spans: list[tuple[int, int]] = []
        for section in self.sections:
            depth = len(section.path)
            if section.path[: len(path)] == path:
                spans.append((self._own_lead(section.lead, section.start), section.end))
            elif path[:depth] == section.path and not section.is_array:
                rest = path[depth:]
                inside = (e for e in section.entries if e.key[: len(rest)] == rest)
                spans += [(self._own_lead(e.lead, e.start), e.end) for e in inside]
        text = self.text
        for start, end in reversed(spans):
            text = text[:start] + text[end:]
        return TomlText(text)


def _entry(
    owner: Section | Value, entries: tuple[KeyValue, ...], path: KeyPath
) -> tuple[Section | Value, KeyValue] | None:
    for entry in entries:
        depth = len(entry.key)
        if entry.key == path:
            return owner, entry
        if path[:depth] == entry.key and entry.value.kind == "inline":
            return _entry(entry.value, entry.value.entries, path[depth:])
    return None


def _between(value: Value) -> list[Span]:
    """Return the spans of an inline table between its entries, where comments may stand."""
    if value.kind != "inline" or not value.entries:
        return []
    starts = [value.start, *(entry.value.end for entry in value.entries)]
    return list(zip(starts, [*(entry.start for entry in value.entries), value.end], strict=True))


def _nest(path: KeyPath, data: Data) -> dict[str, Data]:
    return {path[0]: data if len(path) == 1 else _nest(path[1:], data)}
