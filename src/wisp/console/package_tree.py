"""Trees of packages, and the heading of what is locked, as `tree` and `list` print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.console.style import DIM, KINDS, plain
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import PackageList, PackageTree, TreeNode
    from wisp.console.style import Paint

_BRANCH, _LAST, _BAR, _BLANK = "├── ", "└── ", "│   ", "    "
_SEEN = " (*)"


def heading(listed: PackageList | PackageTree) -> Iterator[str]:
    """Yield lines that say which environment it is, where that is not plain."""
    if listed.environment != DEFAULT_ENVIRONMENT:
        yield f"Environment: {listed.environment}"
    if listed.installed_for is not None:
        yield f"Installed for: {listed.installed_for}"


def dependency_lines(roots: Sequence[TreeNode], paint: Paint = plain) -> Iterator[str]:
    """Draw packages below each other, with what they need; at the top each stands once."""
    for number, node in enumerate(roots, 1):
        if not node.is_repeated:
            yield from _branch(node, "", paint, is_last=number == len(roots))


def _branch(node: TreeNode, indent: str, paint: Paint, *, is_last: bool) -> Iterator[str]:
    extra = f"(extra: {node.extra})" if node.extra else ""
    seen = paint(_SEEN, DIM) if node.is_repeated else ""
    yield f"{indent}{_LAST if is_last else _BRANCH}{_package(node, paint)} {extra}{seen}"
    yield from _branches(node.children, paint, indent + (_BLANK if is_last else _BAR))


def _branches(nodes: Sequence[TreeNode], paint: Paint, indent: str = "") -> Iterator[str]:
    for number, node in enumerate(nodes, 1):
        yield from _branch(node, indent, paint, is_last=number == len(nodes))


def _package(node: TreeNode, paint: Paint) -> str:
    return f"{paint(node.name, KINDS[node.kind])} {node.version}"


def dependent_lines(roots: Sequence[TreeNode], paint: Paint = plain) -> Iterator[str]:
    """Draw each package with those that need it, behind a blank line."""
    for root in roots:
        yield ""
        yield f"{_package(root, paint)} "
        yield from _branches(root.children, paint)
