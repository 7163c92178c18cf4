"""A bill as SPDX 2.3 in JSON, written by the library of that project.

Sources: SPDX 2.3, sections 6 (document), 7 (packages), 10 (other licences), 11 (relationships).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from wisp.foreign import json_data
from wisp.layout import VERSION
from wisp.sbom.bill import BillOfMaterials, Component
from wisp.sbom.licenses import spdx_expression
from wisp.sbom.missing import needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROOT = "SPDXRef-workspace"


def spdx_text(bill: BillOfMaterials) -> str:
    """Write a bill. Raises `UsageError` where the library is not installed."""
    with needed("spdx-tools"):
        from spdx_tools.spdx.model import Document, ExtractedLicensingInfo
        from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

    ids = {one.purl: _identifier(one) for one in bill.components}
    texts = {one.license for one in bill.components if one.license}
    unknown = sorted(text for text in texts if spdx_expression(text) is None)
    document = Document(
        _creation(bill),
        packages=[_root(bill), *(_package(one, ids[one.purl]) for one in bill.components)],
        relationships=list(_relationships(bill, ids)),
        extracted_licensing_info=[
            ExtractedLicensingInfo(
                license_id=_reference(text), license_name=text, extracted_text=text
            )
            for text in unknown
        ],
    )
    stream = io.StringIO()
    # The library's own check takes no host without a dot for one, as many are inside of companies.
    write_document_to_stream(document, stream, validate=False)
    return json.dumps(json_data(stream.getvalue()), indent=2, ensure_ascii=False) + "\n"


def _creation(bill: BillOfMaterials) -> Any:
    from spdx_tools.spdx.model import Actor, ActorType, CreationInfo

    serial = UUID(hex=bill.digest[:32], version=5)
    return CreationInfo(
        spdx_version="SPDX-2.3",
        spdx_id="SPDXRef-DOCUMENT",
        name=f"{bill.name}: {bill.subject}",
        document_namespace=f"https://spdx.org/spdxdocs/{_slug(bill.name)}-{serial}",
        creators=[Actor(ActorType.TOOL, f"wisp-{VERSION}")],
        created=datetime.fromtimestamp(bill.time, UTC).replace(tzinfo=None),
    )


def _root(bill: BillOfMaterials) -> Any:
    from spdx_tools.spdx.model import Package, PackagePurpose, SpdxNoAssertion

    return Package(
        spdx_id=_ROOT,
        name=bill.name,
        version=bill.version,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        primary_package_purpose=PackagePurpose.APPLICATION,
        comment=bill.subject,
    )


def _package(one: Component, identifier: str) -> Any:
    from spdx_tools.spdx.model import (
        Checksum,
        ChecksumAlgorithm,
        ExternalPackageRef,
        ExternalPackageRefCategory,
        Package,
        SpdxNoAssertion,
    )

    digests = ((ChecksumAlgorithm.SHA256, one.sha256), (ChecksumAlgorithm.MD5, one.md5))
    purl = ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", one.purl)
    return Package(
        spdx_id=identifier,
        name=one.name,
        version=one.version or None,
        download_location=one.location or SpdxNoAssertion(),
        files_analyzed=False,
        checksums=[Checksum(name, digest) for name, digest in digests if digest],
        license_declared=_license(one.license) if one.license else SpdxNoAssertion(),
        license_concluded=SpdxNoAssertion(),
        copyright_text=SpdxNoAssertion(),
        external_references=[purl],
    )


def _relationships(bill: BillOfMaterials, ids: dict[str, str]) -> Iterable[Any]:
    from spdx_tools.spdx.model import Relationship, RelationshipType

    yield Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, _ROOT)
    for purl in bill.direct:
        if purl in ids:
            yield Relationship(_ROOT, RelationshipType.DEPENDS_ON, ids[purl])
    for one in bill.components:
        for purl in one.needs:
            if purl in ids:
                yield Relationship(ids[one.purl], RelationshipType.DEPENDS_ON, ids[purl])


def _license(text: str) -> Any:
    from spdx_tools.common.spdx_licensing import spdx_licensing

    return spdx_licensing.parse(spdx_expression(text) or _reference(text))


def _identifier(one: Component) -> str:
    """Name a package within the document: readable, and unlike any other."""
    return f"SPDXRef-{one.kind}-{_slug(one.name)}-{_short(one.purl)}"


def _reference(text: str) -> str:
    """Name a licence that SPDX does not know."""
    return f"LicenseRef-{_slug(text)[:40].strip('-')}-{_short(text)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-") or "unnamed"
