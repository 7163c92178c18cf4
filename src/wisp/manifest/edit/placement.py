"""Where a table that does not exist yet has to be written.

Pixi prints a document by walking its tables depth first, children in the order in which they first
appear; a table without a place of its own comes out behind the one that precedes it in that walk.
"""

from __future__ import annotations

from collections.abc import Sequence

from wisp.manifest.syntax import Section
from wisp.specs.controls import KeyPath


class _Node:
    """A table in the tree of a document; `section` is the number of its header, if it has one.

    Each element of an array of tables is a node of its own.
    """

    __slots__ = ("children", "section")

    def __init__(self, section: int | None = None) -> None:
        self.section = section
        self.children: dict[str, list[_Node]] = {}

    def child(self, name: str) -> _Node:
        return self.children.setdefault(name, [_Node()])[-1]


def predecessor(sections: Sequence[Section], path: KeyPath) -> int:
    """Return the number of the section behind which a new `[path]` belongs."""
    root = _tree(sections)
    wanted = root
    for name in path:
        wanted = wanted.child(name)
    last = 0
    for node in _walk(root):
        if node is wanted:
            break
        last = last if node.section is None else node.section
    return last


def _tree(sections: Sequence[Section]) -> _Node:
    root = _Node(section=0)
    for number, section in enumerate(sections):
        node = _section_node(root, section)
        if number:
            node.section = number
        for entry in section.entries:
            inner = node
            for name in entry.key[:-1]:
                inner = inner.child(name)
    return root


def _section_node(root: _Node, section: Section) -> _Node:
    node = root
    for name in section.path[:-1] if section.is_array else section.path:
        node = node.child(name)
    if not section.is_array:
        return node
    elements = node.children.setdefault(section.path[-1], [])
    elements.append(_Node())
    return elements[-1]


def _walk(node: _Node) -> list[_Node]:
    found = [node]
    for siblings in node.children.values():
        for sibling in siblings:
            found += _walk(sibling)
    return found
