"""A bill of materials as values: packages of both worlds, and who needs whom.

Nothing in it tells of this machine or holds a credential, and the same packages always give the
same bill: what formats want of times and unique names is made of its content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from wisp.specs.similarity import one_of
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.specs.records import PackageKind

    BillFormat = Literal["cyclonedx", "spdx"]

FORMATS: tuple[BillFormat, ...] = ("cyclonedx", "spdx")
MEDIA_TYPES: Mapping[BillFormat, str] = {
    "cyclonedx": "application/vnd.cyclonedx+json",
    "spdx": "application/spdx+json",
}
#: How files of each format are called.
FILE_NAMES: Mapping[BillFormat, str] = {"cyclonedx": "sbom.cdx.json", "spdx": "sbom.spdx.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A package. `purl` names it, also where others need it.

    Those of kind `deb`, `apk` and `rpm` are of a base image.
    `license` is what its packager wrote, None where that is not known; `location` where its
    archive or sources can be had, None for a place on this machine; digests are lower-case hex,
    `size` bytes.
    """

    kind: PackageKind | Literal["deb", "apk", "rpm"]
    name: str
    version: str
    purl: str
    license: str | None = None
    location: str | None = None
    sha256: str | None = None
    md5: str | None = None
    size: int | None = None
    needs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "version": self.version,
            "kind": self.kind,
            "license": self.license,
            "purl": self.purl,
            "url": self.location,
            "sha256": self.sha256,
            "md5": self.md5,
            "size": self.size,
            "needs": list(self.needs),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BillOfMaterials:
    """What an environment is made of.

    `name` and `version` are the workspace's, `subject` tells which of its environments on which
    platform; `direct` are the package URLs of what it asks for itself. `time` is when the bill
    counts as made, in seconds since the epoch.
    """

    name: str
    subject: str
    version: str | None = None
    components: tuple[Component, ...]
    direct: tuple[str, ...] = ()
    time: int = 0

    @property
    def digest(self) -> str:
        """The SHA-256 of all that is said here, in hex."""
        told = [self.name, self.subject, self.version, self.time, self.direct]
        rows = [one.as_json() for one in self.components]
        text = json.dumps([told, rows], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def above(self, components: Iterable[Component], direct: Iterable[str]) -> BillOfMaterials:
        """Return the bill of this and of what lies below it; `direct` is needed by itself."""
        return replace(
            self,
            components=sorted_components((*self.components, *components)),
            direct=tuple(sorted({*self.direct, *direct})),
        )

    def written(self, form: BillFormat) -> str:
        """Write it as a document in JSON: CycloneDX 1.6 or SPDX 2.3.

        Raises:
            UsageError: There is no such form, or the library for it is not installed.

        """
        if one_of(form, FORMATS) == "spdx":
            from wisp.sbom.spdx import spdx_text

            return spdx_text(self)
        from wisp.sbom.cyclonedx import cyclonedx_text

        return cyclonedx_text(self)

    def save(self, path: Path, form: BillFormat) -> None:
        """Write it into a file, which appears whole. Raises `HostError`, and as `written`."""
        from wisp.engine.rewriting import write_named

        write_named(path, self.written(form))


def sorted_components(components: Iterable[Component]) -> tuple[Component, ...]:
    """Put components in their one order, each package once."""
    by_purl = {one.purl: one for one in components}
    return tuple(by_purl[purl] for purl in sorted(by_purl))
