"""Packages of a base image as components of a bill, with the licences that its own files tell.

Sources: purl type definitions `deb`, `apk`, `rpm`; Debian's machine-readable copyright format 1.0,
"Files" and "License specification"; SPDX 2.3, annex A.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from wisp.image.debian.index import DebianPackage, paragraphs
from wisp.image.system_package import SystemListing, SystemPackage
from wisp.patterns import pattern
from wisp.sbom.bill import Component
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.image.system_package import SystemKind

#: Where everybody can get what this machine may have from elsewhere.
_ARCHIVE = "https://deb.debian.org/debian"
_FORMAT = "copyright-format"
_WORDS = pattern(r"(?i)\s+(and|or)\s+|\s*,\s*(?:and\s+)?")
_VERSIONED = pattern(r"(A?GPL|LGPL|GFDL(?:-NIV)?)-?([0-9](?:\.[0-9])?)(\+?)")
#: Debian's names of licences that SPDX calls otherwise.
_SPDX: Mapping[str, str] = {
    "apache-2": "Apache-2.0",
    "artistic": "Artistic-1.0-Perl",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd-4-clause": "BSD-4-Clause",
    "expat": "MIT",
    "mit": "MIT",
    "isc": "ISC",
    "mpl-2.0": "MPL-2.0",
    "x11": "X11",
    "zlib": "Zlib",
}
_FAMILIES = {"GFDL-NIV": "GFDL-{}-no-invariants"}


@dataclass(frozen=True, slots=True)
class BaseBill:
    """The components of a base, and the package URLs of those that no other of them needs."""

    components: tuple[Component, ...]
    direct: tuple[str, ...]


def base_bill(listing: SystemListing, locked: tuple[DebianPackage, ...] = ()) -> BaseBill:
    """Write down what a base has. Of `locked` packages it is known where they come from."""
    purls = {one.name: _purl(one, listing) for one in listing.packages}
    known = {(one.name, one.version): one for one in locked}
    components = tuple(
        _component(listing.kind, one, purls, known.get((one.name, one.version)))
        for one in listing.packages
    )
    needed = {purl for one in components for purl in one.needs}
    return BaseBill(components, tuple(one.purl for one in components if one.purl not in needed))


def _component(
    kind: SystemKind, one: SystemPackage, purls: Mapping[str, str], known: DebianPackage | None
) -> Component:
    needs = {purls[name] for name in one.needs if name in purls and name != one.name}
    return Component(
        kind=kind,
        name=one.name,
        version=one.version if one.epoch is None else f"{one.epoch}:{one.version}",
        purl=purls[one.name],
        license=debian_license(one.copyright) if kind == "deb" else one.license or None,
        location=f"{_ARCHIVE}/{known.file}" if known else None,
        sha256=known.sha256 if known else None,
        size=known.size if known else None,
        needs=tuple(sorted(needs)),
    )


def _purl(one: SystemPackage, listing: SystemListing) -> str:
    pairs = {"arch": one.architecture, "distro": listing.release}
    if one.epoch is not None:
        pairs["epoch"] = str(one.epoch)
    told = "&".join(f"{key}={quote(text, safe='')}" for key, text in pairs.items() if text)
    name, version = quote(one.name, safe=""), quote(one.version, safe=":")
    start = f"pkg:{listing.kind}/{quote(listing.system)}/{name}@{version}"
    return f"{start}?{told}" if told else start


def debian_license(text: str) -> str | None:
    """Return the licences of a package's files; None where the text is for people only."""
    blocks = list(paragraphs(text))
    if not blocks or _FORMAT not in blocks[0].get("Format", ""):
        return None
    rows = [one for one in blocks if one.get("License") and ("Files" in one or "Format" in one)]
    short = (one["License"].strip().split("\n")[0].strip() for one in rows)
    found = dict.fromkeys(part for name in short if name for part in _parts(_expression(name)))
    several = len(found) > 1
    return " AND ".join(f"({one})" if several and " OR " in one else one for one in found) or None


def _parts(expression: str) -> list[str]:
    """Take apart what counts together: package files say the same again and again."""
    return [expression] if " OR " in expression else expression.split(" AND ")


def _expression(text: str) -> str:
    """Spell licences as SPDX does, as far as their names are known."""
    words = _WORDS.split(text)
    names = [_name(one) for one in words[::2]]
    joints = [(one or "and").upper() for one in words[1::2]]
    pairs = zip(["", *joints], names, strict=True)
    return " ".join(f"{joint} {name}".strip() for joint, name in pairs)


def _name(text: str) -> str:
    match = _VERSIONED.fullmatch(text)
    if match is None:
        return _SPDX.get(text.lower(), text)
    family, version, later = match.groups()
    number = version if "." in version else f"{version}.0"
    ending = "-or-later" if later else "-only"
    return _FAMILIES.get(family, f"{family}-{{}}").format(number) + ending
