"""Requirements as the data that a manifest's tables hold, and as PEP 508 texts."""

from __future__ import annotations

import re

from wisp.manifest.edit.literals import Data
from wisp.patterns import pattern
from wisp.specs.conda import CondaSpec
from wisp.specs.locations import GitLocation, Location, PathLocation
from wisp.specs.pypi import PypiRequirement, PypiSpec

_PYTHON_VERSION = pattern(r"python_version\s*(?P<op>[<>=!]=?)\s*'(?P<version>\d+\.\d+)'")


def conda_data(spec: CondaSpec) -> Data:
    """Spell a conda spec: a version alone as a text, anything else as a table."""
    fields: dict[str, Data | None] = {
        "version": spec.version,
        "build": spec.build,
        "build-number": spec.build_number,
        "file-name": spec.file_name,
        "extras": spec.extras,
        "flags": spec.flags,
        "channel": spec.channel,
        "subdir": spec.subdir,
        "license": spec.license,
        "license-family": spec.license_family,
        "track-features": spec.track_features,
        "when": spec.when,
        **_location(spec.location),
        "md5": spec.md5,
        "sha256": spec.sha256,
    }
    table = {key: value for key, value in fields.items() if value}
    if not table:
        return "*"
    if table.keys() == {"version"}:
        return table["version"]
    return table


def pypi_data(spec: PypiSpec) -> Data:
    """Spell a PyPI spec: a version alone as a text, anything else as a table."""
    location = _location(spec.location)
    fields: dict[str, Data | None] = {
        "version": None if location else spec.version,
        **location,
        "extras": spec.extras,
        "env-markers": full_version_marker(spec.marker) if spec.marker else None,
        "index": spec.index,
    }
    table = {key: value for key, value in fields.items() if value}
    return table["version"] if table.keys() == {"version"} else table


def pypi_text(requirement: PypiRequirement) -> str:
    """Spell a PyPI requirement as PEP 508 has it."""
    spec = requirement.spec
    text = requirement.name
    if spec.extras:
        text += f"[{','.join(spec.extras)}]"
    if spec.location is not None:
        text += f" @ {_direct(spec.location)}"
    elif spec.version != "*":
        text += spec.version.replace(", ", ",")
    return f"{text} ; {full_version_marker(spec.marker)}" if spec.marker else text


def full_version_marker(marker: str) -> str:
    """Spell a marker with `python_full_version`, as uv does, and with single quotes."""

    def full(match: re.Match[str]) -> str:
        operator, version = match["op"], match["version"]
        major, minor = version.split(".")
        following = f"{major}.{int(minor) + 1}"
        operator, version = {
            ">": (">=", following),
            "<=": ("<", following),
            "==": ("==", f"{version}.*"),
            "!=": ("!=", f"{version}.*"),
        }.get(operator, (operator, version))
        return f"python_full_version {operator} '{version}'"

    return _PYTHON_VERSION.sub(full, marker.replace('"', "'"))


def _location(location: Location | None) -> dict[str, Data | None]:
    if location is None:
        return {}
    if isinstance(location, PathLocation):
        return {"path": location.path, "editable": location.editable}
    if isinstance(location, GitLocation):
        found: dict[str, Data | None] = {"git": location.url}
        if location.ref_kind is not None:
            found[location.ref_kind] = location.ref
        return found | {"subdirectory": location.subdirectory, "lfs": location.lfs}
    return {"url": location.url, "subdirectory": location.subdirectory}


def _direct(location: Location) -> str:
    if isinstance(location, PathLocation):
        return location.path
    fragment = f"#subdirectory={location.subdirectory}" if location.subdirectory else ""
    if isinstance(location, GitLocation):
        ref = f"@{location.ref}" if location.ref else ""
        return f"git+{location.url}{ref}{fragment}"
    return location.url + fragment
