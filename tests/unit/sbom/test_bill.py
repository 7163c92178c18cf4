"""Bills of materials, judged by the schemas of both formats."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.bills import cyclonedx_fault, spdx_faults
from wisp.errors import UsageError
from wisp.sbom.bill import BillOfMaterials
from wisp.sbom.locked import BillSubject, bill_of
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.sbom.bill import BillFormat

FORGE = "https://conda.anaconda.org/conda-forge"
ABOUT = BillSubject(name="my shop", version="1.0", subject="environment default on linux-64")


def conda(name: str, *depends: str, license: str | None = "MIT") -> CondaRecord:  # noqa: A002
    return CondaRecord(
        location=f"{FORGE}/linux-64/{name}-3.11.1-0.conda",
        name=name,
        version="3.11.1",
        build="0",
        build_number=0,
        subdir="linux-64",
        channel=FORGE,
        sha256="ab" * 32,
        md5="cd" * 16,
        depends=depends,
        license=license,
        size=10,
        timestamp=1_700_000_000_000,
    )


def wheel(name: str, *needs: str) -> PypiRecord:
    location = f"https://files.pythonhosted.org/packages/{name}-1.0-py3-none-any.whl"
    return PypiRecord(
        location=location, name=name, version="1.0", sha256="ef" * 32, requires_dist=needs
    )


RECORDS: tuple[Record, ...] = (
    conda("python", "libz >=1", license="PSF-based, with exceptions"),
    conda("libz", license="Zlib AND MIT"),
    conda("odd", license=None),
    wheel("rich", "pygments>=1", "attrs ; extra == 'more'"),
    wheel("pygments"),
    wheel("attrs"),
    PypiRecord(location="./lib", name="lib"),
    PypiRecord(location="git+https://x.org/y#0123456789012345678901234567890123456789", name="y"),
)
LICENSES = {"rich": "MIT", "pygments": "BSD License"}


def made(records: tuple[Record, ...] = RECORDS) -> BillOfMaterials:
    return bill_of(ABOUT, records, "linux-64", licenses=LICENSES, extras={})


def cyclonedx(bill: BillOfMaterials) -> dict[str, Any]:
    text = bill.written("cyclonedx")
    assert cyclonedx_fault(text) is None
    found: dict[str, Any] = json.loads(text)
    return found


def spdx(bill: BillOfMaterials) -> dict[str, Any]:
    text = bill.written("spdx")
    assert spdx_faults(text) == []
    found: dict[str, Any] = json.loads(text)
    return found


def test_cyclonedx_knows_each_package_with_digest_licence_and_place() -> None:
    rows = {one["name"]: one for one in cyclonedx(made())["components"]}
    assert rows.keys() == {one.name for one in RECORDS}
    libz = rows["libz"]
    assert libz["licenses"] == [{"expression": "Zlib AND MIT"}]
    assert {one["alg"]: one["content"] for one in libz["hashes"]} == {
        "SHA-256": "ab" * 32,
        "MD5": "cd" * 16,
    }
    (place,) = libz["externalReferences"]
    assert place == {"type": "distribution", "url": f"{FORGE}/linux-64/libz-3.11.1-0.conda"}
    assert rows["python"]["licenses"] == [{"license": {"name": "PSF-based, with exceptions"}}]
    assert rows["rich"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert rows["y"]["externalReferences"][0]["type"] == "vcs"
    assert "externalReferences" not in rows["lib"]


def test_both_formats_tell_who_needs_whom() -> None:
    needs = {
        row["ref"].partition("@")[0]: [one.partition("@")[0] for one in row.get("dependsOn", [])]
        for row in cyclonedx(made())["dependencies"]
    }
    assert needs["pkg:conda/python"] == ["pkg:conda/libz"]
    assert needs["pkg:pypi/rich"] == ["pkg:pypi/pygments"]
    # What nobody needs is what was asked for.
    assert "pkg:pypi/rich" in needs["workspace"]
    assert "pkg:pypi/pygments" not in needs["workspace"]
    document = spdx(made())
    names = {one["SPDXID"]: one["name"] for one in document["packages"]}
    pairs = {
        (names.get(one["spdxElementId"]), names.get(one["relatedSpdxElement"]))
        for one in document["relationships"]
        if one["relationshipType"] == "DEPENDS_ON"
    }
    assert {("python", "libz"), ("rich", "pygments"), ("my shop", "python")} <= pairs


def test_an_extra_that_is_asked_for_counts() -> None:
    bill = bill_of(ABOUT, RECORDS, "linux-64", extras={"rich": frozenset({"more"})})
    rich = next(one for one in bill.components if one.name == "rich")
    assert [one.partition("@")[0] for one in rich.needs] == ["pkg:pypi/attrs", "pkg:pypi/pygments"]


def test_spdx_carries_the_licences_that_it_does_not_know() -> None:
    document = spdx(made())
    rows = {one["name"]: one for one in document["packages"]}
    texts = {
        one["licenseId"]: one["extractedText"] for one in document["hasExtractedLicensingInfos"]
    }
    assert texts[rows["python"]["licenseDeclared"]] == "PSF-based, with exceptions"
    assert rows["libz"]["licenseDeclared"] == "Zlib AND MIT"
    assert rows["odd"]["licenseDeclared"] == "NOASSERTION"
    assert rows["lib"]["downloadLocation"] == "NOASSERTION"


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_the_same_packages_in_any_order_give_the_same_bytes(form: BillFormat) -> None:
    first = made().written(form)
    assert made(tuple(reversed(RECORDS))).written(form) == first
    other = replace(conda("libz", license="Zlib AND MIT"), sha256="00" * 32)
    assert made((RECORDS[0], other, *RECORDS[2:])).written(form) != first


def test_the_time_is_the_locks_or_who_says_it() -> None:
    assert cyclonedx(made())["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    said = bill_of(replace(ABOUT, time=0), RECORDS, "linux-64")
    assert spdx(said)["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_without_packages_there_is_a_bill_all_the_same() -> None:
    assert cyclonedx(made(()))["metadata"]["component"]["name"] == "my shop"
    assert len(spdx(made(()))["packages"]) == 1


@pytest.mark.parametrize(
    ("form", "library"), [("cyclonedx", "cyclonedx"), ("spdx", "spdx_tools.spdx.model")]
)
def test_a_library_that_is_not_installed_is_named(
    form: BillFormat, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name == library or name.startswith(f"{library}."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError) as caught:
        made().written(form)
    assert "pip install 'wisp-env[sbom]'" in caught.value.hints[0]
