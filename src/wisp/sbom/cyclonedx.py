"""A bill as CycloneDX 1.6 in JSON, written by the library of that project.

Sources: CycloneDX 1.6 (ECMA-424): components, licences, dependencies, external references.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wisp.foreign import json_data
from wisp.layout import VERSION
from wisp.sbom.bill import BillOfMaterials, Component
from wisp.sbom.licenses import spdx_expression
from wisp.sbom.missing import needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROOT = "workspace"


def cyclonedx_text(bill: BillOfMaterials) -> str:
    """Write a bill. Raises `UsageError` where the library is not installed."""
    with needed("cyclonedx-python-lib"):
        from cyclonedx.model.bom import Bom, BomMetaData
        from cyclonedx.model.component import Component as CdxComponent
        from cyclonedx.model.component import ComponentType
        from cyclonedx.model.tool import ToolRepository
        from cyclonedx.output.json import JsonV1Dot6

    tool = CdxComponent(name="wisp", version=VERSION, type=ComponentType.APPLICATION)
    root = CdxComponent(
        name=bill.name,
        version=bill.version,
        type=ComponentType.APPLICATION,
        bom_ref=_ROOT,
        description=bill.subject,
    )
    parts = {one.purl: _component(one) for one in bill.components}
    bom = Bom(
        components=parts.values(),
        serial_number=uuid.UUID(hex=bill.digest[:32], version=5),
        metadata=BomMetaData(
            component=root,
            timestamp=datetime.fromtimestamp(bill.time, UTC),
            tools=ToolRepository(components=[tool]),
        ),
        dependencies=_dependencies(bill, parts, root),
    )
    return _plain(JsonV1Dot6(bom).output_as_string())


def _dependencies(bill: BillOfMaterials, parts: Mapping[str, Any], root: Any) -> list[Any]:
    """Say who needs whom, all at once: to register each need searches all that are there."""
    from cyclonedx.model.dependency import Dependency

    def needing(part: Any, purls: Iterable[str]) -> Any:
        needed = [Dependency(ref=parts[purl].bom_ref) for purl in purls if purl in parts]
        return Dependency(ref=part.bom_ref, dependencies=needed)

    rows = [needing(parts[one.purl], one.needs) for one in bill.components]
    return [needing(root, bill.direct), *rows]


def _component(one: Component) -> Any:
    from cyclonedx.model import (
        ExternalReference,
        ExternalReferenceType,
        HashAlgorithm,
        HashType,
        XsUri,
    )
    from cyclonedx.model.component import Component as CdxComponent
    from cyclonedx.model.component import ComponentType
    from packageurl import PackageURL

    digests = ((HashAlgorithm.SHA_256, one.sha256), (HashAlgorithm.MD5, one.md5))
    is_checkout = (one.location or "").startswith("git+")
    kind = ExternalReferenceType.VCS if is_checkout else ExternalReferenceType.DISTRIBUTION
    return CdxComponent(
        name=one.name,
        version=one.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=one.purl,
        purl=PackageURL.from_string(one.purl),
        hashes=[HashType(alg=name, content=digest) for name, digest in digests if digest],
        licenses=[_license(one.license)] if one.license else [],
        external_references=[ExternalReference(type=kind, url=XsUri(one.location))]
        if one.location
        else [],
    )


def _license(text: str) -> Any:
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
    from cyclonedx.spdx import is_supported_id

    expression = spdx_expression(text)
    if expression is None:
        return DisjunctiveLicense(name=text)
    if is_supported_id(expression):
        return DisjunctiveLicense(id=expression)
    return LicenseExpression(expression)


def _plain(text: str) -> str:
    """Spell the document in one way, whatever the version of the library."""
    return json.dumps(json_data(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
