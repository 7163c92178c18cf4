"""Spell PEP 508 requirements the way lock files do, so that equal ones are equal texts.

Names and extras are normalised, specifiers ordered by version, markers brought into disjunctive
normal form with the variables in a fixed order: `python_version` becomes `python_full_version`
and `platform_system` becomes `sys_platform`, so that each fact has one name.

Source: PEP 508; the spelling is that of the `requires_dist` entries of lock files.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import Version

from wisp.specs.marker_tree import Comparison, MarkerTree, marker_tree
from wisp.specs.pypi import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: One comparison: variable, operator, value.
Atom = tuple[str, str, str]

_ORDER = {"python_full_version": 0, "implementation_version": 1, "implementation_name": 2}
_LAST = {"extra": 1, "extras": 1, "dependency_groups": 1}
_SYSTEMS = {"Windows": "win32", "Linux": "linux", "Darwin": "darwin"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_FROM_A_BOUND = frozenset({">", ">=", "==", "===", "~=", "in", "reverse in"})
_VERSION_VARIABLES = frozenset({"python_version", "python_full_version", "implementation_version"})


def canonical_requirement(text: str) -> str:
    """Spell a requirement canonically; a text that is no requirement is returned unchanged."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return text.strip()
    head = normalize(requirement.name) + _extras(text)
    if requirement.url:
        head += f" @ {requirement.url}"
    else:
        head += canonical_specifiers(str(requirement.specifier))
    marker = canonical_marker(requirement.marker)
    return f"{head} ; {marker}" if marker else head


def _extras(text: str) -> str:
    """Return the extras in the order they were written, which `packaging` does not keep."""
    found = re.match(r"\s*[\w.-]+\s*\[([^\]]*)\]", text)
    names = [normalize(name.strip()) for name in found[1].split(",")] if found else []
    return f"[{','.join(dict.fromkeys(filter(None, names)))}]" if any(names) else ""


def canonical_specifiers(text: str) -> str:
    """Spell a specifier set with its parts ordered by version and versions in short form."""
    try:
        parts = list(SpecifierSet(text))
    except InvalidSpecifier:
        return text.strip()
    # packaging keeps sets unordered: the order of the text decides between equal versions.
    written = [re.sub(r"\s+", "", part) for part in text.split(",")]
    parts.sort(key=lambda part: _position(written, part))
    parts.sort(key=_version_key)
    return ",".join(part.operator + _short(part) for part in parts)


def _position(written: list[str], part: Specifier) -> int:
    text = f"{part.operator}{part.version}"
    return written.index(text) if text in written else len(written)


def _version_key(part: Specifier) -> tuple[int, Any]:
    try:
        return 0, Version(part.version.removesuffix(".*"))
    except ValueError:
        return 1, Version("0")


def _short(part: Specifier) -> str:
    if part.operator == "===":
        return part.version
    star = ".*" if part.version.endswith(".*") else ""
    try:
        return str(Version(part.version.removesuffix(".*"))) + star
    except ValueError:
        return part.version


def canonical_marker(marker: Any) -> str:
    """Spell a parsed marker (`packaging.markers.Marker` or None) canonically."""
    if marker is None:
        return ""
    alternatives = _alternatives(marker_tree(marker))
    clauses = _in_order({_clause(atoms) for atoms in alternatives})
    texts = [" and ".join(map(_atom_text, clause)) for clause in clauses]
    if len(clauses) == 1:
        return texts[0]
    return " or ".join(
        f"({text})" if len(clause) > 1 else text
        for text, clause in zip(texts, clauses, strict=True)
    )


def _alternatives(tree: MarkerTree) -> list[list[Atom]]:
    """Return the disjunction of conjunctions that a marker tree stands for."""
    if isinstance(tree, Comparison):
        return [[_atom(tree)]]
    whole: list[list[Atom]] = []
    group: list[list[Atom]] | None = None
    for node in tree:
        if node == "or":
            whole, group = whole + (group or []), None
        elif not isinstance(node, str):
            inner = _alternatives(node)
            group = inner if group is None else [a + b for a in group for b in inner]
    return whole + (group or [])


def _atom(one: Comparison) -> Atom:
    op = one.operator
    if one.mirrored:
        op = _MIRRORED.get(op, f"reverse {op}" if op in {"in", "not in"} else op)
    return _renamed(one.variable, op, one.value)


def _renamed(variable: str, op: str, value: str) -> Atom:
    if variable == "platform_system" and value in _SYSTEMS and op in {"==", "!="}:
        return "sys_platform", op, _SYSTEMS[value]
    if variable == "extra":
        return variable, op, normalize(value)
    if variable == "python_version":
        return _full_version(op, value)
    if variable == "python_full_version":
        return variable, op, _released(value)
    return variable, op, value


def _released(value: str) -> str:
    """Drop what makes a version a pre-release: an interpreter counts as released."""
    try:
        version = Version(value)
    except ValueError:
        return value
    if not version.is_prerelease:
        return value
    return re.sub(r"(\.0)+$", "", ".".join(map(str, version.release)))


def _full_version(op: str, value: str) -> Atom:
    """Say of the full version what is said of `python_version`, which has two numbers only."""
    name = "python_full_version"
    parts = value.split(".")
    if len(parts) > 2 or not all(part.isdigit() for part in parts):
        return name, op, value
    major, minor = parts[0], parts[1] if len(parts) > 1 else "0"
    following = f"{major}.{int(minor) + 1}"
    if op in {"==", "!="}:
        return name, op, f"{major}.{minor}.*"
    if op == ">":
        return name, ">=", following
    if op == "<=":
        return name, "<", following
    return name, op, value


def _clause(atoms: list[Atom]) -> tuple[Atom, ...]:
    return tuple(sorted(dict.fromkeys(atoms), key=_atom_key))


def _atom_key(atom: Atom) -> tuple[int, int, str, Any]:
    variable, _, value = atom
    return _LAST.get(variable, 0), _ORDER.get(variable, 9), variable, _value_key(variable, value)


def _value_key(variable: str, value: str) -> tuple[int, Any]:
    if variable in _VERSION_VARIABLES:
        try:
            return 0, Version(value.removesuffix(".*"))
        except ValueError:
            return 1, value
    return 1, value


def _in_order(clauses: Collection[tuple[Atom, ...]]) -> list[tuple[Atom, ...]]:
    """Order alternatives by where their ranges begin, variable by variable.

    What has no lower bound comes first, then what says nothing of the variable, since that begins
    where the range of others has not begun yet.
    """
    variables = sorted({_atom_key(a)[:3] for clause in clauses for a in clause})

    def key(clause: tuple[Atom, ...]) -> list[tuple[Any, ...]]:
        begins: dict[tuple[int, int, str], tuple[Any, ...]] = {}
        for atom in clause:
            variable, value = _atom_key(atom)[:3], _atom_key(atom)[3]
            place = (2 if atom[1] in _FROM_A_BOUND else 0, value)
            begins[variable] = max(begins.get(variable, place), place, key=lambda one: one[0])
        return [begins.get(variable, (1,)) for variable in variables]

    return sorted(clauses, key=key)


def _atom_text(atom: Atom) -> str:
    variable, op, value = atom
    if op.startswith("reverse "):
        return f"'{value}' {op.removeprefix('reverse ')} {variable}"
    return f"{variable} {op} '{value}'"
