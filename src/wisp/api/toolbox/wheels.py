"""Packages of PyPI in an environment of tools, in the form that its conda packages have."""

from __future__ import annotations

from pathlib import Path

from wisp.engine.wheels import installed_wheels, wheel_files
from wisp.layout import PYPI_INSTALLER
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class ToolWheel:
    """An installed wheel: its version, and its files relative to the prefix."""

    version: str
    files: tuple[str, ...]


def tool_wheels(prefix: Path) -> dict[str, ToolWheel]:
    """Return the wheels that were installed for tools, by normalised name."""
    return {
        one.name: ToolWheel(one.version, wheel_files(one, prefix))
        for one in installed_wheels(prefix)
        if one.installer == PYPI_INSTALLER
    }
