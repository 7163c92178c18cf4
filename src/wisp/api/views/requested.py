"""What a manifest asks of each package, in the words of listings."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.patterns import pattern
from wisp.specs.conda import CondaSpec
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.locations import GitLocation, PathLocation, UrlLocation
from wisp.specs.pypi import PypiSpec

#: The blank between a name and an operator, which conditions are shown without.
_TIGHT = pattern(r" +([<>=!~])")
_DETAILS = (
    ("version", "version"),
    ("build", "build"),
    ("build_number", "build_number"),
    ("file_name", "file_name"),
    ("channel", "channel"),
    ("subdir", "subdir"),
    ("md5", "md5"),
    ("sha256", "sha256"),
    ("license", "license"),
    ("license_family", "license_family"),
)


def requested_specs(inputs: EnvironmentInputs) -> Mapping[str, str]:
    """Map names of packages, as listings show them, to what is asked of them.

    Several conda specs are joined by commas; of PyPI specs the first is shown, also for a conda
    package of that name.
    """
    conda: dict[str, list[str]] = {}
    for requirement in inputs.dependencies:
        conda.setdefault(requirement.name, []).append(conda_text(requirement.spec))
    pypi: dict[str, str] = {}
    for wanted in inputs.pypi_dependencies:
        pypi.setdefault(listed_name(wanted.normalized), pypi_text(wanted.spec))
    return {**{name: ", ".join(specs) for name, specs in conda.items()}, **pypi}


def listed_name(name: str) -> str:
    """Spell a normalised PyPI name as listings do: as files of distributions are named."""
    return name.replace("-", "_")


def conda_text(spec: CondaSpec) -> str:
    """Spell a conda spec: its version alone, or all its fields as `key=value`."""
    location = spec.location
    if isinstance(location, PathLocation):
        return location.path
    if isinstance(location, UrlLocation):
        return location.url
    if isinstance(location, GitLocation):
        ref = f" @ {location.ref}" if location.ref else ""
        return (
            location.url + ref + (f" in {location.subdirectory}" if location.subdirectory else "")
        )
    details = [
        f"{key}={value}" for name, key in _DETAILS if (value := getattr(spec, name)) is not None
    ]
    if spec.extras:
        details.append(f"extras=[{', '.join(spec.extras)}]")
    if spec.flags:
        details.append(f"flags=[{', '.join(spec.flags)}]")
    if spec.when:
        details.append("condition=" + _TIGHT.sub(r"\1", spec.when))
    if spec.version is not None and len(details) == 1 and not spec.is_table:
        return spec.version
    return " ".join(details) or "*"


def pypi_text(spec: PypiSpec) -> str:
    """Spell a PyPI spec as TOML would hold it: a string, or an inline table."""
    table: dict[str, object] = {}
    location = spec.location
    if isinstance(location, PathLocation):
        table["path"] = location.path
        if location.editable:
            table["editable"] = True
    elif isinstance(location, GitLocation):
        table["git"] = location.url
        if location.ref_kind is not None:
            table[location.ref_kind] = location.ref
    elif isinstance(location, UrlLocation):
        table["url"] = location.url
    else:
        table["version"] = spec.version
    if not isinstance(location, PathLocation) and location is not None and location.subdirectory:
        table["subdirectory"] = location.subdirectory
    if spec.extras:
        table["extras"] = list(spec.extras)
    if spec.index:
        table["index"] = spec.index
    if spec.marker:
        table["env-markers"] = spec.marker
    import json

    if list(table) == ["version"]:
        return json.dumps(spec.version)
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in table.items()) + " }"
