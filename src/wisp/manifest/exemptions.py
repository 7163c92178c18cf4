"""`exclude-newer` and `pypi-exclude-newer`: a cut-off, or a table of one and its exemptions.

A bare version is exactly that one. What an exemption cannot say is refused: extras, conditions,
sources, and that everything of nothing is meant. Exemptions without a cut-off do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from wisp.errors import ConfigError
from wisp.manifest.channels import as_cutoff
from wisp.manifest.conda_tables import package_name, read_spec
from wisp.manifest.cutoff_model import NO_CUTOFF, CutoffTable, Exemption
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Notes, Table, wrong_kind
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.cutoffs import parse_cutoff
from wisp.specs.pypi import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NEVER = ("extras", "when", "git", "path", "package", "workspace")
_ANY = "*"


def read_cutoff_table(
    parent: Table, key: str, *, pypi: bool = False, needs_cutoff: bool = False
) -> CutoffTable:
    """Read the value of a key; `pypi` allows names alone, `needs_cutoff` wants one in a table."""
    value = parent.raw(key)
    path = (*parent.path, key)
    if value is None:
        return NO_CUTOFF
    if isinstance(value, str):
        return CutoffTable(as_cutoff(value, path))
    if not isinstance(value, dict):
        raise wrong_kind("a string or a table", value, path)
    table = Table(value, path, parent.notes)
    cutoff = table.read("cutoff", as_cutoff)
    if cutoff is None and needs_cutoff:
        raise table.missing("cutoff")
    read = _pypi_exemption if pypi else _exemption
    found = tuple(
        read(name, item, here, table) for name, item, here in table.below("exemptions").items()
    )
    table.finish()
    return CutoffTable(cutoff, found)


def _exemption(name: str, value: Any, path: ValuePath, parent: Table) -> Exemption:
    known = package_name(name, path)
    cutoff = None
    if isinstance(value, dict):
        wrong = [key for key in value if key in _NEVER]
        if wrong:
            raise Fault(f"an exemption cannot have `{wrong[0]}`", (*path, wrong[0]), mark="key")
        if "cutoff" in value:
            cutoff = as_cutoff(value["cutoff"], (*path, "cutoff"))
            value = {key: item for key, item in value.items() if key != "cutoff"} or _ANY
    # That a bare version means that very one is how exemptions are written: no word on it.
    quiet = Table(parent.data, parent.path, Notes(parent.notes.root))
    spec = read_spec(known, value, path, quiet, "forbidden")
    return Exemption(CondaRequirement(known, spec, name if name != known else ""), cutoff)


def configured_exemptions(exemptions: Mapping[str, Any]) -> tuple[Exemption, ...]:
    """Read the exemptions of a configuration. Raises `ConfigError` for one that is none."""
    table = Table(dict(exemptions), ("exclude-newer", "exemptions"), Notes(Path()))
    try:
        return tuple(_exemption(name, value, path, table) for name, value, path in table.items())
    except Fault as fault:
        where = ".".join(map(str, fault.paths[0]))
        raise ConfigError(f"`{where}` in the configuration: {fault.message}") from None


def _pypi_exemption(name: str, value: Any, path: ValuePath, parent: Table) -> Exemption:
    del parent
    if value != _ANY:
        raise Fault(
            "an exemption from the cut-off of PyPI holds for all versions of a package",
            path,
            hints=(f'write `{name} = "{_ANY}"`',),
        )
    return Exemption(CondaRequirement(normalize(name), CondaSpec(), name))


def instead_of_cutoffs(
    key: str, cutoffs: Mapping[str, str], prefix: ValuePath, general: str | None
) -> str:
    """Word what is written today instead of a table of cut-offs by package.

    Exemptions from the `general` cut-off only let more in. What holds a package back further, or
    where nothing is general, has no other form, so that none is advised.
    """
    from wisp.manifest.edit.literals import dotted

    where = ".".join(map(str, (*prefix, "workspace", key)))
    begin = f"`[{'.'.join(map(str, (*prefix, key)))}]` is deprecated"
    if general is None:
        told = f"what is written today are exemptions from `{where}`, which is not set"
        return f"{begin}, but holds: {told}"
    further = [name for name, text in cutoffs.items() if _holds_further(text, general)]
    form = '{{ version = "*", cutoff = "{}" }}' if key == "exclude-newer" else '"*"'
    looser = {name: text for name, text in cutoffs.items() if name not in further}
    rows = ", ".join(f"{dotted((name,))} = {form.format(text)}" for name, text in looser.items())
    left = f"only that it holds {', '.join(further)} back further has no other form"
    if not rows:
        return f"{begin}, but holds: {left}"
    told = (
        f"{begin}, exempt packages from the cut-off of the workspace instead: exemptions = "
        f"{{ {rows} }} below `[{where}]`"
    )
    return f"{told}; {left}" if further else told


def _holds_further(text: str, general: str) -> bool:
    """Tell whether one cut-off lies before another, as far as that does not change with time."""
    one, other = parse_cutoff(text), parse_cutoff(general)
    if isinstance(one, datetime):
        return isinstance(other, datetime) and one < other
    return isinstance(other, timedelta) and one > other
