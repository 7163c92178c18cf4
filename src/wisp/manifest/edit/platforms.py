"""Edits of the platforms of a workspace, a feature or an environment."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import open_environment
from wisp.manifest.edit.literals import Data
from wisp.platforms import FRIENDLY_KEYS, Platform, amd_target
from wisp.specs.controls import KeyPath

_ARCHSPEC = "__archspec"


def platform_list(document: Document, part: ManifestPart) -> KeyPath:
    """Return the path of a part's platforms; the default feature's are the workspace's."""
    if part.environment is None and part.feature == DEFAULT_FEATURE:
        return (*document.workspace, "platforms")
    return document.path(part, "platforms")


def platform_data(platform: Platform, *, named: bool = True, key: str = "platform") -> Data:
    """Spell a platform as an entry of the list: its subdir, or a table with all it declares.

    The table has the subdir by this `key`. Without `named` the name is left to be derived. A
    build string is only kept by a raw key.
    """
    if platform.is_bare:
        return platform.subdir
    table: dict[str, Data] = {"name": platform.name} if named else {}
    table[key] = platform.subdir
    versions = {package.name: package for package in platform.declared}
    raw = {
        name for name, one in versions.items() if one.build not in ("", "0") and name != _ARCHSPEC
    }
    if raw & {"__cuda", "__cuda_arch"}:
        raw |= {"__cuda", "__cuda_arch"} & versions.keys()
    arch = versions.get("__cuda_arch")
    target = amd_target(versions["__amdgpu_arch"].version) if "__amdgpu_arch" in versions else None
    for word, package in FRIENDLY_KEYS.items():
        if package not in versions or package in raw:
            continue
        declared = versions[package]
        if package == _ARCHSPEC:
            table[word] = declared.build or declared.version
        elif package == "__cuda" and arch is not None:
            table[word] = {"driver": declared.version, "arch": arch.version}
        elif package == "__amdgpu":
            table[word] = target or True
        else:
            table[word] = declared.version
    friendly = {*FRIENDLY_KEYS.values(), "__cuda_arch"} - raw
    friendly |= {"__amdgpu_arch"} if target and "__amdgpu" in friendly else set()
    for name in sorted(versions.keys() - friendly):
        package_text = str(versions[name])
        table[name] = package_text.partition("=")[2]
    return table


def add_platforms(
    document: Document, part: ManifestPart, platforms: Sequence[Data], *, first: bool = False
) -> Document:
    """Add entries, as `platform_data` spells them, at the end or the beginning of a list."""
    document = open_environment(document, part)
    path = platform_list(document, part)
    for data in reversed(platforms) if first else platforms:
        document = document.add_item(path, data, first=first)
    return document


def replace_platform(document: Document, index: int, data: Data) -> Document:
    """Put another entry in place of one of the workspace's."""
    return document.replace_item(platform_list(document, ManifestPart()), index, data)


def rename_platform(document: Document, old: str, new: str) -> Document:
    """Let every feature and environment that lists a platform list it under another name."""
    if old == new:
        return document
    root = document.root
    for table in ("feature", "environments"):
        for owner, written in (document.get((*root, table)) or {}).items():
            listed = written.get("platforms", []) if isinstance(written, dict) else []
            if old in listed:
                path = (*root, table, owner, "platforms")
                document = document.replace_item(path, listed.index(old), new)
    return document


def remove_platform(document: Document, part: ManifestPart, index: int) -> Document:
    """Take an entry out of a list."""
    return document.remove_item(platform_list(document, part), index)


def move_platform(document: Document, index: int, to: int) -> Document:
    """Move an entry of the workspace's list to another position."""
    path = platform_list(document, ManifestPart())
    order = list(range(len(document.get(path))))
    order.insert(to, order.pop(index))
    return document.reorder(path, order)
