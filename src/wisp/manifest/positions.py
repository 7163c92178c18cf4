"""Where keys and values stand in a TOML text: looked up only when an error has to be shown.

Offsets count characters from the start of the text. As in Pixi, a string is marked inside its
quotes, a table with a header of its own at the start of the file.
"""

from __future__ import annotations

from wisp.manifest import scanner
from wisp.manifest.faults import ValuePath
from wisp.manifest.syntax import KeyValue, Section, Span, Stop, Value
from wisp.values import dataclass


class TomlNode:
    """A value: its span, and for tables and arrays the spans of keys and the values below.

    `headed`: defined by a header, so that a second header of the same name is a fault.
    """

    __slots__ = ("children", "headed", "keys", "span")

    def __init__(self, span: Span = (0, 0)) -> None:
        self.span = span
        self.keys: dict[str, Span] = {}
        self.children: dict[str | int, TomlNode] = {}
        self.headed = False

    def find(self, path: ValuePath) -> TomlNode | None:
        """Return the value at a path, None if it is not there."""
        node: TomlNode | None = self
        for key in path:
            node = node.children.get(key) if node else None
        return node


@dataclass(frozen=True, slots=True)
class Scan:
    """The tree of a text, as far as it could be followed."""

    root: TomlNode
    stop: Stop | None = None


class _DefinedTwice(Exception):  # noqa: N818 - it ends a scan, nobody outside sees it
    def __init__(self, offset: int, first: int | None) -> None:
        self.stop = Stop(offset, first=first)


def scan(text: str) -> Scan:
    """Find the position of everything in a TOML text."""
    found = scanner.scan(text)
    root = TomlNode((0, len(text)))
    try:
        for section in found.sections:
            table = _headed(root, section) if section.path else root
            for entry in section.entries:
                _put(table, entry)
    except _DefinedTwice as second:
        return Scan(root, second.stop)
    return Scan(root, found.stop)


def _headed(root: TomlNode, section: Section) -> TomlNode:
    """Return the table that a header opens."""
    *parents, (name, span) = zip(section.path, section.name.spans, strict=True)
    parent = root
    for outer in parents:
        parent = _open(parent, *outer)
    if section.is_array:
        parent.keys.setdefault(name, span)
        items = parent.children.setdefault(name, TomlNode())
        item = items.children[len(items.children)] = TomlNode()
        return item
    known = parent.children.get(name)
    if known is not None and known.headed:
        raise _DefinedTwice(section.start, parent.keys[name][0])
    node = _open(parent, name, span)
    node.headed = True
    return node


def _open(parent: TomlNode, name: str, span: Span) -> TomlNode:
    """Step into a table on the way to another; into the last one of an array of tables."""
    parent.keys.setdefault(name, span)
    node = parent.children.setdefault(name, TomlNode())
    last = len(node.children) - 1
    return node.children.get(last, node)


def _put(table: TomlNode, entry: KeyValue) -> None:
    value = _node(entry.value)
    *outer, (name, span) = zip(entry.key, entry.name.spans, strict=True)
    for part, part_span in outer:
        is_new = part not in table.children
        table = _open(table, part, part_span)
        if is_new:
            table.span = value.span
    if name in table.children:
        raise _DefinedTwice(span[0], table.keys[name][0] if name in table.keys else None)
    table.keys[name] = span
    table.children[name] = value


def _node(value: Value) -> TomlNode:
    node = TomlNode(value.inner)
    for index, item in enumerate(value.items):
        node.children[index] = _node(item.value)
    for entry in value.entries:
        _put(node, entry)
    return node
