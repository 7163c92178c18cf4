"""Which wheels are packaged, read from `pins.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("pins.toml")


@dataclass(frozen=True, slots=True)
class Pin:
    """A version of a project on the package index, and the millisecond it counts as made."""

    name: str
    version: str
    timestamp: int
    pure: bool

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Pins:
    """All pins for one Python, and the names that conda spells in its own way."""

    pure: tuple[Pin, ...]
    numpy: tuple[Pin, ...]
    conda_names: dict[str, str]


def read(minor: str) -> Pins:
    """Read the pins for Python `minor`; one without numpy wheels gets none."""
    table = tomllib.loads(FILE.read_text())
    pure = [
        Pin(name, version, milliseconds(day), pure=True)
        for name, versions in table["pure"].items()
        for version, day in versions.items()
    ]
    numpy = [
        Pin("numpy", version, milliseconds(day), pure=False)
        for version, day in table["numpy"].get(minor, {}).items()
    ]
    names = {name: name for name in [*table["pure"], "numpy"]} | table["conda-names"]
    return Pins(tuple(pure), tuple(numpy), names)


def milliseconds(day: dt.date) -> int:
    """Give noon of a day in UTC, in milliseconds."""
    noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    return int(noon.timestamp()) * 1000
