"""Edits of `exclude-newer`: its cut-off and its exemptions, wherever a manifest keeps them."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from wisp.manifest.cutoff_model import Exemption
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.spelling import conda_data
from wisp.specs.controls import KeyPath


class Editable(Protocol):
    """A text of TOML that is changed by its paths; each change gives another one."""

    def get(self, path: KeyPath) -> Any:
        """Return the data at a path, or None."""

    def set(self: T, path: KeyPath, data: Data) -> T:
        """Give a key a value."""

    def remove(self: T, path: KeyPath) -> T:
        """Take a key away."""

    def expand(self: T, path: KeyPath, key: str) -> T:
        """Give the value of a key a table of its own, where it stands under `key`."""


T = TypeVar("T", bound=Editable)

_CUTOFF, _EXEMPTIONS = "cutoff", "exemptions"


def set_cutoff(text: T, path: KeyPath, cutoff: str) -> T:
    """Write the cut-off; exemptions stay."""
    if isinstance(text.get(path), dict):
        return text.set((*path, _CUTOFF), cutoff)
    return text.set(path, cutoff)


def unset_cutoff(text: T, path: KeyPath) -> T:
    """Take the cut-off away; exemptions stay, though they do nothing then."""
    present = text.get(path)
    if present is None:
        return text
    if not isinstance(present, dict) or not present.get(_EXEMPTIONS):
        return text.remove(path)
    return text.remove((*path, _CUTOFF)) if _CUTOFF in present else text


def put_exemption(text: T, path: KeyPath, exemption: Exemption) -> T:
    """Write an exemption, in place of the one of the same package."""
    name, data = exemption.requirement.source_name, exemption_data(exemption)
    cutoff = text.get(path)
    if isinstance(cutoff, str):
        text = text.expand(path, _CUTOFF)
    if isinstance(text.get(path), str):  # in an inline table, which stays one
        return text.set(path, {_CUTOFF: cutoff, _EXEMPTIONS: {name: data}})
    present = written_exemption(text, path, name)
    return text.set((*path, _EXEMPTIONS, present or name), data)


def written_exemption(text: Editable, path: KeyPath, name: str) -> str | None:
    """Return how the name of an exempted package is spelled there; None if it is not exempted."""
    present = text.get((*path, _EXEMPTIONS)) or {}
    return next((known for known in present if known.lower() == name.lower()), None)


def remove_exemption(text: T, path: KeyPath, name: str) -> T:
    """Take an exemption away, which has to be there under that name."""
    text = text.remove((*path, _EXEMPTIONS, name))
    for rest in ((*path, _EXEMPTIONS), path):
        if text.get(rest) == {}:
            text = text.remove(rest)
    return text


def exemption_data(exemption: Exemption) -> Data:
    """Spell an exemption: a version alone as a text, anything else as a table."""
    data = conda_data(exemption.requirement.spec)
    if exemption.cutoff is None:
        return data
    table = data if isinstance(data, dict) else {"version": data}
    return {**table, _CUTOFF: exemption.cutoff}
