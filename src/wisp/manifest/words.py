"""Requirements as people type them: conda match specs and PEP 508, one word each."""

from __future__ import annotations

import re
from pathlib import Path

from wisp.errors import ManifestError
from wisp.manifest.faults import Fault
from wisp.manifest.requirements import parse_requirement
from wisp.patterns import pattern
from wisp.platforms import SUBDIRS
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.locations import ARCHIVE_SUFFIXES, PathLocation, UrlLocation
from wisp.specs.pypi import PypiRequirement
from wisp.specs.versions import VersionSyntaxError, is_version_spec, parse_version_spec

_WORD = pattern(
    r"\s*(?:(?P<channel>[^\s\[\]]+?)::)?(?P<name>[A-Za-z0-9_.-]+)"
    r"(?P<rest>[^\[]*)(?:\[(?P<fields>.*)\])?\s*"
)
_BUILD = pattern(r"(?P<version>.*[^=<>!~\s])\s*(?:=|\s)\s*(?P<build>[^=<>!~,|\s]+)")
_TIGHT = pattern(r"([<>=!~])\s+")
#: `==3.11.*` means all that starts with it, unless a build follows.
_STARTING = pattern(r"==([0-9][0-9A-Za-z.!+_-]*?)\.\*")
_FIELD = pattern(
    r"\s*(?P<key>[A-Za-z][A-Za-z0-9_-]*)\s*=\s*"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|\[(?P<list>[^\]]*)\]|(?P<bare>[^,\s]+))\s*(?:,|$)"
)
#: What may stand in brackets, as rattler spells it.
_FIELDS = frozenset(
    "version build build_number channel subdir md5 sha256 license license_family fn when url "  # noqa: SIM905
    "extras flags track_features".split()
)
_ALIASES = {"fn": "file_name"}


def conda_word(text: str) -> CondaRequirement:
    """Read a conda match spec: `numpy>=1.2`, `forge::x`, `x==1=py*`, `x[build="…"]`, a URL.

    Raises `ManifestError` when it is none.
    """
    if text.partition("#")[0].endswith(ARCHIVE_SUFFIXES):
        return _archive(text)
    match = _WORD.fullmatch(text)
    if match is None:
        raise ManifestError(f"'{text}' is not a package name or match spec")
    fields = _fields(match["fields"] or "", text)
    channel, _, subdir = (match["channel"] or "").rpartition("/")
    if not _is_subdir(subdir):
        channel, subdir = match["channel"] or "", ""
    version, build = _version_and_build(_TIGHT.sub(r"\1", match["rest"].strip()))
    if not build:
        version = _STARTING.sub(r"\1.*", version)
    found = {"channel": channel, "subdir": subdir, "version": version, "build": build}
    fields = {key: value for key, value in found.items() if value} | fields
    name = match["name"]
    spec = _spec(fields)
    return CondaRequirement(name.lower(), spec, name if name != name.lower() else "")


def pypi_word(text: str, root: Path) -> PypiRequirement:
    """Read a PEP 508 requirement; `root` is the folder that relative paths start from.

    Raises `ManifestError` when it is none.
    """
    try:
        return parse_requirement(text, (), str(root))
    except Fault as fault:
        raise ManifestError(fault.message, hints=fault.hints) from None


def _archive(text: str) -> CondaRequirement:
    name = re.split(r"[/\\]", text)[-1].rsplit("-", 2)[0].lower()
    location = UrlLocation(text) if "://" in text else PathLocation(text)
    return CondaRequirement(name, CondaSpec(location=location))


def _is_subdir(text: str) -> bool:
    return text in SUBDIRS


def _version_and_build(text: str) -> tuple[str, str]:
    """Split `=1.2=py*` or `>=1.2 py*`; a version with a build and one `=` is meant exactly."""
    match = _BUILD.fullmatch(text)
    if match is None or is_version_spec(text):
        return text, ""
    version = match["version"].strip()
    if re.match(r"=[^=]", version) and not version.endswith("*"):
        version = "=" + version
    return version, match["build"]


def _fields(text: str, word: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _FIELD.match(text, at)
        if match is None:
            raise ManifestError(f"'{word}' has something other than key=value in its brackets")
        key = match["key"]
        if key not in _FIELDS:
            raise ManifestError(f"invalid bracket key: {key}")
        value = next(
            match[group]
            for group in ("double", "single", "list", "bare")
            if match[group] is not None
        )
        found[_ALIASES.get(key, key)] = value
        at = match.end()
    return found


def _spec(fields: dict[str, str]) -> CondaSpec:
    lists = {"extras", "flags", "track_features"}
    texts = {key: value for key, value in fields.items() if key not in lists}
    url = texts.pop("url", None)
    if texts.get("build_number", "").isdecimal():
        texts["build_number"] = f"=={texts['build_number']}"
    several = {
        key: tuple(item.strip(" '\"") for item in re.split(r"[,\s]+", fields[key]) if item)
        for key in lists & fields.keys()
    }
    try:
        version = parse_version_spec(texts.pop("version")).text if "version" in texts else None
    except VersionSyntaxError as error:
        raise ManifestError(f"unable to parse version spec: {error}") from None
    location = UrlLocation(url) if url else None
    return CondaSpec(version=version, location=location, **texts, **several)  # type: ignore[arg-type]
