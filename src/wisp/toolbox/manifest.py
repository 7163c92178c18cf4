"""The manifest of global tools, `pixi-global.toml`, as values.

Source of the format: Pixi's documentation of global manifests (version 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomli

from wisp.engine.files import is_there, refusal
from wisp.errors import ManifestError
from wisp.foreign import place_of_no_text, toml_data
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.channels import read_channels, read_cutoffs
from wisp.manifest.conda_tables import read_requirements
from wisp.manifest.cutoff_model import NO_CUTOFF, CutoffTable
from wisp.manifest.exemptions import read_cutoff_table
from wisp.manifest.faults import Fault, SourceText
from wisp.manifest.getters import Notes, Table, as_integer, as_text_map
from wisp.manifest.pypi_tables import read_pypi_requirements
from wisp.platforms import SUBDIRS
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement
from wisp.toolbox import names
from wisp.trust import found_text
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
#: Sources are part of the format; whether they can be built is not for the reader to say.
_PREVIEW = ("pixi-build",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolEnvironment:
    """An environment of tools: what it holds, and what of it users see.

    `exposed` maps names to executables; `shortcuts` are packages whose menu entries are installed.
    `pypi` stand only in the manifest of the toolbox that Pixi does not know.
    """

    name: str
    channels: tuple[ChannelEntry, ...] = ()
    platform: str | None = None
    dependencies: tuple[CondaRequirement, ...] = ()
    pypi: tuple[PypiRequirement, ...] = ()
    exposed: tuple[names.Mapping, ...] = ()
    shortcuts: tuple[str, ...] = ()

    @property
    def direct(self) -> tuple[str, ...]:
        """The names of all packages that it asks for, those of PyPI last."""
        conda = (one.name for one in self.dependencies)
        return tuple(dict.fromkeys((*conda, *(one.normalized for one in self.pypi))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """A manifest of global tools, read from `text`.

    `exclude_newer` holds for all environments, `packages` are cut-offs of single packages, as
    written; `pypi_exclude_newer` stands only in the manifest that Pixi does not know.
    """

    path: Path
    text: str
    environments: Mapping[str, ToolEnvironment]
    exclude_newer: CutoffTable = NO_CUTOFF
    pypi_exclude_newer: CutoffTable = NO_CUTOFF
    packages: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def environment(self, name: str) -> ToolEnvironment:
        """Return an environment. Raises `ManifestError` if there is none of that name."""
        found = self.environments.get(name)
        if found is None:
            known = ", ".join(self.environments)
            hints = (f"there are: {known}",) if known else ()
            raise ManifestError(f"Environment {name} doesn't exist in the manifest", hints=hints)
        return found


def read_toolbox(text: str, path: Path, *, pypi: bool = False) -> Toolbox:
    """Read a manifest; with `pypi` its environments may ask for packages of PyPI.

    Raises `ManifestError` with the place of whatever is wrong.
    """
    source = SourceText(path, text, text)
    notes = Notes(path.parent)
    notes.preview = _PREVIEW
    try:
        root = Table(toml_data(text), (), notes)
        general, wheels = _general(root, pypi=pypi)
        packages = _package_cutoffs(root)
        environments = _environments(root, pypi=pypi)
    except (tomli.TOMLDecodeError, Fault) as error:
        from wisp.manifest.placing import placed

        raise placed(error, source) from None
    return Toolbox(
        path=path,
        text=text,
        environments=environments,
        exclude_newer=general,
        pypi_exclude_newer=wheels,
        packages=packages,
        warnings=tuple(dict.fromkeys(notes.warnings)),
    )


def _general(root: Table, *, pypi: bool) -> tuple[CutoffTable, CutoffTable]:
    """Read `[global]`: the cut-offs of all environments, of conda and of PyPI."""
    table = root.below("global")
    general = read_cutoff_table(table, "exclude-newer")
    wheels = read_cutoff_table(table, "pypi-exclude-newer", pypi=True) if pypi else NO_CUTOFF
    table.finish()
    return general, wheels


def _package_cutoffs(root: Table) -> dict[str, str]:
    """Read `[exclude-newer]`: cut-offs of single packages."""
    if isinstance(root.data.get("exclude-newer"), str):
        raise root.fault(
            "the cut-off of all environments stands below `[global]`",
            "exclude-newer",
            (f'write `exclude-newer = "{root.data["exclude-newer"]}"` below `[global]`',),
        )
    return {name.lower(): text for name, text in read_cutoffs(root, "exclude-newer").items()}


def _environments(root: Table, *, pypi: bool) -> dict[str, ToolEnvironment]:
    version = root.read("version", as_integer)
    if version not in (None, VERSION):
        raise root.fault(
            f"this is a global manifest of version {version}, and only version {VERSION} is known",
            "version",
        )
    tables = root.below("envs").tables()
    found = {name: _environment(name, table, pypi=pypi) for name, table in tables}
    root.finish()
    _check_unique(found)
    return found


def _environment(name: str, table: Table, *, pypi: bool) -> ToolEnvironment:
    if (wrong := names.environment_fault(name)) is not None:
        raise Fault(wrong, table.path, mark="key")
    environment = ToolEnvironment(
        name=name,
        channels=read_channels(table) or (),
        platform=table.choice("platform", SUBDIRS),
        dependencies=read_requirements(table, "dependencies"),
        pypi=read_pypi_requirements(table, "pypi-dependencies") if pypi else (),
        exposed=_exposed(table),
        shortcuts=table.texts("shortcuts") or (),
    )
    table.finish()
    return environment


def _exposed(table: Table) -> tuple[names.Mapping, ...]:
    def read(value: Any, path: tuple[str | int, ...]) -> tuple[names.Mapping, ...]:
        mappings = as_text_map(value, path)
        for name, executable in mappings.items():
            if (wrong := names.exposed_fault(name)) is not None:
                hint = f'`NAME = "{executable}"` exposes it under another name'
                raise Fault(wrong, (*path, name), mark="key", hints=(hint,))
        return tuple(names.Mapping(*one) for one in mappings.items())

    return table.read("exposed", read) or ()


def check_apart(box: Toolbox, other: Toolbox) -> None:
    """Refuse what the other toolbox of the home has too: an environment, an exposed name.

    Raises `ManifestError`.
    """
    owners = {one.name: e.name for e in other.environments.values() for one in e.exposed}
    for environment in box.environments.values():
        if environment.name in other.environments:
            raise ManifestError(
                f"there is an environment {environment.name} in '{other.path.name}' already",
                hints=("name another one with `--environment`",),
            )
        for one in environment.exposed:
            if one.name in owners:
                raise ManifestError(
                    f"the exposed name '{one.name}' is claimed by the environments "
                    f"'{owners[one.name]}' and '{environment.name}'"
                )


def _check_unique(environments: Mapping[str, ToolEnvironment]) -> None:
    """Refuse a name or a shortcut that two environments claim."""
    for kind in ("exposed", "shortcuts"):
        owners: dict[str, str] = {}
        for environment in environments.values():
            claims = (
                [one.name for one in environment.exposed]
                if kind == "exposed"
                else list(environment.shortcuts)
            )
            for claim in claims:
                owner = owners.setdefault(claim, environment.name)
                if owner != environment.name:
                    what = "exposed name" if kind == "exposed" else "shortcut"
                    raise Fault(
                        f"the {what} '{claim}' is claimed by the environments "
                        f"'{owner}' and '{environment.name}'",
                        ("envs", environment.name, kind),
                    )


def text_or_none(file: Path) -> str:
    """Return the text of a manifest, empty where there is none. Raises as `text_of`."""
    return text_of(file) if is_there(file) else ""


def text_of(file: Path) -> str:
    """Read a manifest. Raises `ManifestError` if it is no text, `HostError` if unreadable."""
    try:
        return found_text(file)
    except UnicodeDecodeError as error:
        place = place_of_no_text(error, file)
        raise ManifestError(f"'{file}' is not UTF-8 text", place=place) from None
    except OSError as error:
        raise refusal("read", file, error) from error
