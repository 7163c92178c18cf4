"""Environment markers of a locked Python: what PEP 508 requirements are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from wisp.specs.marker_tree import Comparison, MarkerTree, marker_tree
from wisp.specs.pypi import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packaging.markers import Marker

_SYSTEMS = {
    "linux": ("posix", "linux", "Linux"),
    "osx": ("posix", "darwin", "Darwin"),
    "win": ("nt", "win32", "Windows"),
    "emscripten": ("posix", "emscripten", "Emscripten"),
    "wasi": ("posix", "wasi", "Wasi"),
}
#: What a comparison with `python_version` says of the full version.
_FULL_VERSION = {"<": "<", ">=": ">=", "==": "==", "!=": "!=", "<=": "<", ">": ">="}
_MACHINES = {
    "linux-32": "i686",
    "linux-64": "x86_64",
    "linux-aarch64": "aarch64",
    "osx-64": "x86_64",
    "osx-arm64": "arm64",
    "win-32": "x86",
    "win-64": "AMD64",
    "win-arm64": "ARM64",
}


def marker_environment(subdir: str, python_version: str) -> Mapping[str, str] | None:
    """Return the marker values of CPython on a platform, None for unknown systems.

    What nobody can know beforehand (`platform_release`, `platform_version`) is empty.
    """
    family, _, arch = subdir.partition("-")
    system = _SYSTEMS.get(family)
    if system is None:
        return None
    os_name, sys_platform, platform_system = system
    return {
        "implementation_name": "cpython",
        "implementation_version": python_version,
        "os_name": os_name,
        "platform_machine": _MACHINES.get(subdir, arch),
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": platform_system,
        "platform_version": "",
        "python_full_version": python_version,
        "python_version": ".".join(python_version.split(".")[:2]),
        "sys_platform": sys_platform,
    }


class Markers:
    """Judges markers in one environment; each pair of marker and extras once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._known: dict[tuple[str, frozenset[str]], bool] = {}

    def hold(self, marker: str | None, extras: frozenset[str] = frozenset()) -> bool:
        """Tell whether a marker holds with any of the extras, or without extras if none."""
        if marker is None:
            return True
        key = (marker, extras)
        if key not in self._known:
            parsed = parse_marker(marker)
            self._known[key] = any(
                parsed.evaluate({**self._environment, "extra": extra}) for extra in extras or {""}
            )
        return self._known[key]


@cache
def markers_of(subdir: str, python_version: str) -> Markers | None:
    """Return the judge for a Python on a platform; environments that have both in common share it.

    None for systems without markers.
    """
    environment = marker_environment(subdir, python_version)
    return Markers(environment) if environment is not None else None


@cache
def parse_marker(text: str) -> Marker:
    """Parse a marker, each text once."""
    from packaging.markers import Marker

    return Marker(text)


def normal_marker(text: str) -> str:
    """Spell a marker so that uv's spelling and that of the metadata agree.

    uv compares full Python versions only, spells extras as PEP 685 does, and may reorder.
    """
    return _spell(marker_tree(parse_marker(text)))


def _spell(node: MarkerTree) -> str:
    if isinstance(node, Comparison):
        sides = (node.variable, node.value)
        left, right = reversed(sides) if node.mirrored else sides
        return _comparison(left, node.operator, right)
    alternatives: list[list[str]] = [[]]
    for part in node:
        if part == "or":
            alternatives.append([])
        elif not isinstance(part, str):
            alternatives[-1].append(_spell(part))
    joined = {" and ".join(sorted(set(parts))) for parts in alternatives}
    return f"({' or '.join(sorted(joined))})" if len(joined) > 1 else joined.pop()


def _comparison(left: str, operator: str, right: str) -> str:
    if left == "extra":
        return f"extra {operator} {normalize(right)}"
    if left not in {"python_version", "python_full_version"}:
        return f"{left} {operator} {right}"
    version = right.removesuffix(".*")
    if left == "python_version" and operator in {"<=", ">"}:
        major, _, minor = version.partition(".")
        version = f"{major}.{int(minor or 0) + 1}"
    while version.endswith(".0"):
        version = version.removesuffix(".0")
    return f"python_full_version {_FULL_VERSION.get(operator, operator)} {version}"
