"""PyPI requirements in one form, whether from the manifest or from a package's metadata."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit, urlunsplit

from wisp.specs.locations import GitLocation, Location, PathLocation, UrlLocation
from wisp.specs.pypi import PypiRequirement, normalize
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiRequirementView:
    """A PyPI package that is asked for; `text` is how messages show the requirement."""

    name: str
    text: str
    specifiers: str = ""
    extras: frozenset[str] = frozenset()
    marker: str | None = None
    index: str | None = None
    location: Location | None = None
    is_direct: bool = False


def from_manifest(requirement: PypiRequirement) -> PypiRequirementView:
    """Read a requirement of the manifest."""
    spec = requirement.spec
    specifiers = "" if spec.version == "*" else spec.version.replace(" ", "")
    extras = f"[{','.join(spec.extras)}]" if spec.extras else ""
    marker = f" ; {spec.marker}" if spec.marker else ""
    return PypiRequirementView(
        name=requirement.normalized,
        text=f"{requirement.normalized}{extras}{specifiers}{marker}",
        specifiers=specifiers,
        extras=frozenset(map(normalize, spec.extras)),
        marker=spec.marker,
        index=spec.index,
        location=spec.location,
        is_direct=True,
    )


@cache
def from_metadata(text: str) -> PypiRequirementView | None:
    """Read an entry of `requires_dist`; None if it is none (old releases hold such)."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        return None
    name = normalize(parsed.name)
    extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
    _, semicolon, marker = text.partition(" ;") if parsed.marker else ("", "", "")
    return PypiRequirementView(
        name=name,
        text=f"{name}{extras}{parsed.specifier}{semicolon}{marker}",
        specifiers=str(parsed.specifier),
        extras=frozenset(map(normalize, parsed.extras)),
        marker=str(parsed.marker) if parsed.marker else None,
        location=location_of_url(parsed.url) if parsed.url else None,
    )


def location_of_url(url: str) -> Location:
    """Read the URL of a direct reference (PEP 508, `name @ url`)."""
    scheme, _, rest = url.partition("+")
    if scheme == "git" and rest:
        return _git_location(rest)
    parts = urlsplit(url)
    if parts.scheme == "file":
        return PathLocation(parts.path)
    return UrlLocation(urlunsplit(parts._replace(fragment="")), subdirectory=_fragment(url))


def _git_location(url: str) -> GitLocation:
    parts = urlsplit(url)
    path, at, ref = parts.path.rpartition("@")
    plain = urlunsplit(parts._replace(path=path if at else parts.path, fragment=""))
    return GitLocation(plain, "rev" if at else None, ref if at else None, _fragment(url))


def _fragment(url: str) -> str | None:
    for part in urlsplit(url).fragment.split("&"):
        key, _, value = part.partition("=")
        if key == "subdirectory":
            return value
    return None
