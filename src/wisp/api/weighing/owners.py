"""Whose a file in an image is, told by the records that the image has of its packages."""

from __future__ import annotations

import os.path

from wisp.engine.wheels import recorded_paths
from wisp.foreign import json_data
from wisp.image.bytecode import source_of
from wisp.patterns import pattern
from wisp.specs.pypi import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.weighing.report import Kind

_CONDA = pattern(r"(?:(?P<prefix>.*)/)?conda-meta/[^/]+\.json")
_WHEEL = pattern(r"(?P<site>.*)/(?P<name>[^/-]+)-(?P<version>[^/]+)\.dist-info/RECORD")


class Owners:
    """Learns from records; after `prefer_conda` it knows the owner of each file."""

    def __init__(self) -> None:
        self.versions: dict[tuple[Kind, str], str] = {}
        self._conda: dict[str, tuple[Kind, str]] = {}
        self._wheels: dict[tuple[Kind, str], list[str]] = {}
        self._wheel_files: dict[str, tuple[Kind, str]] = {}

    def wants(self, path: str) -> bool:
        """Tell whether a file is a record."""
        return bool(_CONDA.fullmatch(path) or _WHEEL.fullmatch(path))

    def read(self, path: str, content: bytes) -> None:
        """Learn from a record. Raises `ValueError`, `KeyError`, `TypeError` for a damaged one."""
        conda = _CONDA.fullmatch(path)
        if conda is not None:
            record = json_data(content)
            if "files" not in record:
                return  # something else that is kept there
            owner: tuple[Kind, str] = ("conda", record["name"])
            self.versions[owner] = record["version"]
            prefix = f"{conda['prefix']}/" if conda["prefix"] else ""
            self._conda |= {f"{prefix}{file}": owner for file in record["files"]} | {path: owner}
            return
        wheel = _WHEEL.fullmatch(path)
        assert wheel is not None, "only records are read"
        owner = ("pypi", normalize(wheel["name"]))
        text = content.decode("utf-8", "replace")
        self._wheels[owner] = [
            os.path.normpath(f"{wheel['site']}/{row}") for row in recorded_paths(text)
        ]
        self.versions[owner] = wheel["version"]

    def prefer_conda(self) -> None:
        """Take wheels that conda has put there for what they are: conda's."""
        for owner, files in self._wheels.items():
            if any(file in self._conda and file.endswith("/RECORD") for file in files):
                del self.versions[owner]
                continue
            self._wheel_files |= dict.fromkeys(files, owner)

    def of(self, path: str) -> tuple[Kind, str] | None:
        """Return the package that has a file, None if none has."""
        found = self._wheel_files.get(path) or self._conda.get(path)
        if found is None and (source := source_of(path)) is not None:
            found = self._wheel_files.get(source) or self._conda.get(source)
        return found
