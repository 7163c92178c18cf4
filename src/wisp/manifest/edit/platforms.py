"""Edits of the platforms of a workspace, a feature or an environment."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, Place
from wisp.manifest.edit.environments import open_environment
from wisp.manifest.edit.literals import Data
from wisp.manifest.syntax import KeyPath
from wisp.platforms import FRIENDLY_KEYS, Platform


def platform_list(document: Document, place: Place) -> KeyPath:
    """Return the path of a place's platforms; the default feature's are the workspace's."""
    if place.environment is None and place.feature == DEFAULT_FEATURE:
        return (*document.workspace, "platforms")
    return document.path(place, "platforms")


def platform_data(platform: Platform) -> Data:
    """Spell a platform as an entry of the list: its subdir, or a table with all it declares."""
    if platform.is_bare:
        return platform.subdir
    table: dict[str, Data] = {"name": platform.name, "platform": platform.subdir}
    versions = {package.name: package for package in platform.declared}
    arch = versions.get("__cuda_arch")
    for key, package in FRIENDLY_KEYS.items():
        if package not in versions:
            continue
        declared = versions[package]
        if package == "__archspec":
            table[key] = declared.build or declared.version
        elif package == "__cuda" and arch is not None:
            table[key] = {"driver": declared.version, "arch": arch.version}
        else:
            table[key] = declared.version
    for name in sorted(versions.keys() - set(FRIENDLY_KEYS.values()) - {"__cuda_arch"}):
        package_text = str(versions[name])
        table[name] = package_text.partition("=")[2]
    return table


def add_platforms(
    document: Document, place: Place, platforms: Sequence[Data], *, first: bool = False
) -> Document:
    """Add entries, as `platform_data` spells them, at the end or the beginning of a list."""
    document = open_environment(document, place)
    path = platform_list(document, place)
    for data in reversed(platforms) if first else platforms:
        document = document.add_item(path, data, first=first)
    return document


def replace_platform(document: Document, index: int, data: Data) -> Document:
    """Put another entry in place of one of the workspace's."""
    return document.replace_item(platform_list(document, Place()), index, data)


def remove_platform(document: Document, place: Place, index: int) -> Document:
    """Take an entry out of a list."""
    return document.remove_item(platform_list(document, place), index)


def move_platform(document: Document, index: int, to: int) -> Document:
    """Move an entry of the workspace's list to another position."""
    path = platform_list(document, Place())
    order = list(range(len(document.get(path))))
    order.insert(to, order.pop(index))
    return document.reorder(path, order)
