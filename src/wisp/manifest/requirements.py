"""PEP 440 and PEP 508 texts of a manifest: checked, and spelled as listings show them."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from wisp.manifest.faults import Fault, ValuePath
from wisp.specs.locations import GitLocation, Location, PathLocation, UrlLocation
from wisp.specs.operators import meant
from wisp.specs.pypi import PypiRequirement, PypiSpec, normalize


def specifier_text(text: str, path: ValuePath) -> str:
    """Spell a set of PEP 440 specifiers: ordered by version, joined by `, `; `*` for any."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if text.strip() in {"", "*"}:
        return "*"
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise Fault(
            f"'{text}' is not a valid version specifier", path, hints=meant(text, is_specifier)
        ) from None
    return _spelled(text)


def _spelled(specifiers: str) -> str:
    from wisp.specs.requirement_text import canonical_specifiers

    return canonical_specifiers(specifiers).replace(",", ", ") or "*"


def is_specifier(text: str) -> bool:
    """Tell whether a text is a set of PEP 440 specifiers."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def check_marker(text: str, path: ValuePath) -> str:
    """Refuse what is no PEP 508 marker."""
    from packaging.markers import InvalidMarker, Marker

    try:
        Marker(text)
    except InvalidMarker as error:
        raise Fault(f"'{text}' is not a valid environment marker: {error}", path) from None
    return text


def parse_requirement(text: str, path: ValuePath, root: str) -> PypiRequirement:
    """Read a PEP 508 requirement, as `[project].dependencies` has them.

    `root` is the folder of the manifest: `file:` URLs below it become relative paths.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(text)
    except InvalidRequirement as error:
        raise Fault(f"'{text}' is not a valid requirement: {error}", path) from None
    spec = PypiSpec(
        version=_spelled(str(found.specifier)),
        extras=tuple(sorted(found.extras)),
        marker=str(found.marker) if found.marker else None,
        location=_url_location(found.url, root) if found.url else None,
    )
    return PypiRequirement(normalize(found.name), spec)


def _url_location(url: str, root: str) -> Location:
    """Turn the URL of a direct reference into a location."""
    if url.startswith("git+"):
        return _git_location(url.removeprefix("git+"))
    if url.startswith("file:"):
        path = unquote(urlsplit(url).path)
        return PathLocation(os.path.relpath(path, root) if path.startswith(root) else path)
    if url.startswith((".", "/", "~/")):
        return PathLocation(url)
    address, _, fragment = url.partition("#")
    fields = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    return UrlLocation(
        url if "subdirectory" not in fields else address,
        sha256=fields.get("sha256"),
        subdirectory=fields.get("subdirectory"),
    )


def _git_location(url: str) -> GitLocation:
    address, _, fragment = url.partition("#")
    fields = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    head, slash, tail = address.rpartition("/")
    name, _, ref = tail.partition("@")
    subdirectory = fields.get("subdirectory")
    if not ref:
        return GitLocation(address, subdirectory=subdirectory)
    return GitLocation(head + slash + name, "rev", ref, subdirectory)
