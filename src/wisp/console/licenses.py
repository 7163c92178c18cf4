"""Packages by their licences, as `sbom --licenses` lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.console.style import HEADING, KINDS, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import Component
    from wisp.console.style import Paint

_UNKNOWN = "unknown"


def license_lines(components: Sequence[Component], paint: Paint = plain) -> Iterator[str]:
    """Yield each licence with its packages below; what nobody knows comes last."""
    by_license: dict[str, list[Component]] = {}
    for one in components:
        by_license.setdefault(one.license or _UNKNOWN, []).append(one)
    for text in sorted(by_license, key=lambda text: (text == _UNKNOWN, text.lower())):
        yield paint(text, HEADING)
        for one in sorted(by_license[text], key=lambda one: (one.name, one.kind)):
            yield f"  {paint(one.name, KINDS[one.kind])} {one.version}".rstrip()
