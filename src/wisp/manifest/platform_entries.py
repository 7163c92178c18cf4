"""`workspace.platforms`: subdirs, and tables that declare virtual packages."""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath, did_you_mean
from wisp.manifest.getters import Table, as_array, as_text, as_version, wrong_kind
from wisp.manifest.microarchitectures import MICROARCHITECTURES
from wisp.patterns import pattern
from wisp.platforms import (
    FRIENDLY_KEYS,
    SUBDIRS,
    Platform,
    VirtualPackage,
    amd_packages,
    bare,
    customised,
    derived_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Source: CEP 26.
_BUILD = pattern(r"[A-Za-z0-9_.+]+")
_NAME = pattern(r"[A-Za-z][A-Za-z0-9-]*(?<!-)")
_RESERVED = ("linux", "unix", "win", "osx", "macos")
_LONGEST_NAME = 64


def read_platforms(parent: Table) -> tuple[Platform, ...]:
    """Read the list of platforms; their order is that of preference."""
    value = parent.raw("platforms")
    path = (*parent.path, "platforms")
    if value is None:
        return ()
    found: dict[str, Platform] = {}
    for index, item in enumerate(as_array(value, path)):
        platform = _read_entry(item, (*path, index), parent)
        if platform.name in found:
            raise Fault(f"duplicate platform: '{platform.name}'", (*path, index))
        found[platform.name] = platform
    return tuple(found.values())


def as_subdir(value: object, path: ValuePath) -> str:
    """Take a value as the name of a conda subdir."""
    text = as_text(value, path)
    if text not in SUBDIRS:
        known = ", ".join(f"'{subdir}'" for subdir in SUBDIRS)
        raise Fault(
            f"'{text}' is not a known platform. Valid platforms are {known}",
            path,
            hints=did_you_mean(text, SUBDIRS),
        )
    return text


def _read_entry(value: Any, path: ValuePath, parent: Table) -> Platform:
    if isinstance(value, str):
        return bare(as_subdir(value, path))
    if not isinstance(value, dict):
        raise wrong_kind("a string or a table", value, path)
    table = Table(value, path, parent.notes)
    name = table.text("name")
    subdir = _read_subdir(table)
    declared = _read_packages(table)
    table.finish()
    if subdir is None:
        subdir = _subdir_of_name(name, table)
    if name is not None:
        _check_name(name, table)
    else:
        name = derived_name(subdir, declared)
        _check_name(name, table, key=None)
    return _build(Platform(name, subdir, declared), table)


def _read_subdir(table: Table) -> str | None:
    """Read the subdir under either of its names: `platform`, and since Pixi 0.85 `subdir`."""
    if table.raw("subdir") is not None and table.raw("platform") is not None:
        raise table.fault("'platform' is the former name of 'subdir'; set only one", "platform")
    subdir = table.read("subdir", as_subdir)
    former = table.read("platform", as_subdir)
    if former is not None and table.notes.level.has("platform of platforms is deprecated"):
        table.warn(f'`platform` is deprecated among platforms, write `subdir = "{former}"`')
    return former if subdir is None else subdir


def _build(platform: Platform, table: Table) -> Platform:
    """Refuse names that mean something else than the entry is."""
    own = customised(platform)
    if platform.name == platform.subdir:
        if own:
            raise table.fault(
                f"platform entry rejected: '{platform.name}' is the name of a plain subdir; either "
                "drop the virtual packages or give the entry a `name` distinct from its subdir"
            )
        return bare(platform.subdir)
    if platform.name in SUBDIRS:
        raise table.fault(
            f"'{platform.name}' is the name of another subdir than '{platform.subdir}'", "name"
        )
    return platform


def _subdir_of_name(name: str | None, table: Table) -> str:
    if name is None:
        raise table.fault("expected at least one of 'name' and 'platform'")
    if name not in SUBDIRS:
        raise table.fault(
            f"'{name}' is not a conda subdir; set 'platform' explicitly when using a custom name",
            "name",
        )
    return name


def _check_name(name: str, table: Table, key: str | None = "name") -> None:
    if name in _RESERVED:
        raise table.fault(f"'{name}' is a reserved name", key)
    if len(name.encode()) > _LONGEST_NAME:
        raise table.fault(f"the platform name '{name}' is longer than {_LONGEST_NAME} bytes", key)
    if not _NAME.fullmatch(name):
        raise table.fault(
            f"'{name}' is not a valid platform name: it must start with a letter, not end with "
            "'-', and may only hold ASCII letters, digits and '-'",
            key,
        )


def _read_packages(table: Table) -> tuple[VirtualPackage, ...]:
    """Read short keys in the order of locks, then raw `__name` keys by name."""
    found: list[VirtualPackage] = []
    for key, package in FRIENDLY_KEYS.items():
        keys = ("macos", "osx") if key == "macos" else (key,)
        found += _read_friendly(table, keys, package)
    raw = sorted(key for key in table.data if key.startswith("__"))
    found += [_read_raw(table, key, found) for key in raw]
    names = {package.name for package in found}
    if "__cuda_arch" in names and "__cuda" not in names:
        raise table.fault("`__cuda_arch` requires `__cuda` to be declared as well", "__cuda_arch")
    if "__amdgpu_arch" in names and "__amdgpu" not in names:
        raise table.fault(
            "`__amdgpu_arch` requires `__amdgpu` to be declared as well", "__amdgpu_arch"
        )
    return tuple(found)


def _read_friendly(table: Table, keys: tuple[str, ...], package: str) -> list[VirtualPackage]:
    given = [key for key in keys if table.raw(key) is not None]
    if not given:
        return []
    if len(given) > 1:
        raise table.fault(f"'{given[1]}' is an alias for '{given[0]}'; set only one", given[1])
    value, path = table.data[given[0]], (*table.path, given[0])
    if package == "__cuda" and isinstance(value, dict):
        return _read_cuda(Table(value, path, table.notes))
    if package == "__amdgpu":
        return _read_amdgpu(value, path)
    if package == "__archspec":
        return [VirtualPackage(package, "0", _microarchitecture(value, path))]
    return [VirtualPackage(package, as_version(value, path))]


def _read_cuda(table: Table) -> list[VirtualPackage]:
    driver = table.read("driver", as_version)
    arch = table.read("arch", as_version)
    table.finish()
    if driver is None:
        raise table.fault("'arch' needs 'driver'", "arch" if arch is not None else None)
    found = [VirtualPackage("__cuda", driver)]
    return found if arch is None else [*found, VirtualPackage("__cuda_arch", arch)]


def _read_amdgpu(value: object, path: ValuePath) -> list[VirtualPackage]:
    """Read `true`, or the architecture of a GPU, as LLVM calls it; `false` declares nothing."""
    if isinstance(value, bool):
        return list(amd_packages() or ()) if value else []
    text = as_text(value, path)
    found = amd_packages(text)
    if found is None:
        raise Fault(
            f"'{text}' is not an architecture of AMD GPUs",
            path,
            hints=('write `true` for any AMD GPU, or an architecture as in `"gfx90a"`',),
        )
    return list(found)


def _microarchitecture(value: object, path: ValuePath) -> str:
    text = as_text(value, path)
    if text != "0" and text not in MICROARCHITECTURES:
        raise Fault(
            f"'{text}' is not a known microarchitecture",
            path,
            hints=did_you_mean(text, MICROARCHITECTURES),
        )
    return text


def _read_raw(table: Table, key: str, known: list[VirtualPackage]) -> VirtualPackage:
    text = table.required_text(key)
    path = (*table.path, key)
    if any(package.name == key for package in known):
        raise Fault(f"'{key}' is given twice, once under its short name", path)
    version, _, build = text.partition("=")
    if build and not _BUILD.fullmatch(build):
        raise Fault(
            f"'{build}' is not a valid build string, it may only hold ASCII letters, digits, '_', "
            "'.' and '+'",
            path,
            inside=(len(version) + 1, len(build)),
        )
    return VirtualPackage(key, as_version(version, path), build)
