"""What activation does, as `workspace activation list` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import DeclaredActivation


def activation_blocks(
    found: Iterable[DeclaredActivation], *, scripts: bool, variables: bool
) -> Iterator[str]:
    """Yield a block of lines for each part of the manifest that has something to show."""
    for one in found:
        lines: list[str] = []
        if scripts and one.scripts:
            lines += ["  scripts:", *(f"    - {script}" for script in one.scripts)]
        if variables and one.variables:
            rows = (f'    {name} = "{value}"' for name, value in one.variables.items())
            lines += ["  env:", *rows]
        if lines:
            kind = "Environment" if one.is_environment else "Feature"
            target = "" if one.target is None else f" Target: {one.target}"
            yield f"{kind}: {one.name}{target}"
            yield from lines
