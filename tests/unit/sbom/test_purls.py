"""Package URLs, judged by the library of the standard."""

from __future__ import annotations

import pytest
from packageurl import PackageURL

from wisp.sbom.purls import location_of, purl_of
from wisp.specs.records import CondaRecord, PypiRecord, Record


def conda(location: str, channel: str | None, version: str = "1.3.1") -> CondaRecord:
    return CondaRecord(
        location=location,
        channel=channel,
        name="zlib",
        version=version,
        build="h1_0",
        build_number=0,
        subdir="linux-64",
    )


FORGE = "https://conda.anaconda.org/conda-forge"
WHEEL = "https://files.pythonhosted.org/packages/ab/x-1.0-py3-none-any.whl"
CASES: dict[str, tuple[Record, str, str | None]] = {
    "a public channel by its name": (
        conda(f"{FORGE}/linux-64/zlib-1.3.1-h1_0.conda", FORGE),
        "pkg:conda/zlib@1.3.1?build=h1_0&channel=conda-forge&subdir=linux-64&type=conda",
        f"{FORGE}/linux-64/zlib-1.3.1-h1_0.conda",
    ),
    "an old archive": (
        conda(f"{FORGE}/linux-64/zlib-1.3.1-h1_0.tar.bz2", FORGE),
        "pkg:conda/zlib@1.3.1?build=h1_0&channel=conda-forge&subdir=linux-64&type=tar.bz2",
        f"{FORGE}/linux-64/zlib-1.3.1-h1_0.tar.bz2",
    ),
    "a private channel, without its token": (
        conda(
            "https://u:canary@a.org/t/canary/c/noarch/z.conda", "https://u:canary@a.org/t/canary/c"
        ),
        "pkg:conda/zlib@1.3.1?build=h1_0&channel=https://a.org/c&subdir=linux-64&type=conda",
        "https://a.org/c/noarch/z.conda",
    ),
    "a channel of this machine, not at all": (
        conda("/home/me/channel/linux-64/z.conda", "file:///home/me/channel"),
        "pkg:conda/zlib@1.3.1?build=h1_0&subdir=linux-64&type=conda",
        None,
    ),
    "an epoch and a local version": (
        conda(f"{FORGE}/noarch/z.conda", FORGE, version="1!2.0+x"),
        "pkg:conda/zlib@1%212.0%2Bx?build=h1_0&channel=conda-forge&subdir=linux-64&type=conda",
        f"{FORGE}/noarch/z.conda",
    ),
    "a wheel of the usual index": (
        PypiRecord(location=WHEEL, name="x", version="1.0"),
        "pkg:pypi/x@1.0?file_name=x-1.0-py3-none-any.whl",
        WHEEL,
    ),
    "a wheel of another index": (
        PypiRecord(
            location="https://i.org/x-1.0+cu1-py3-none-any.whl?token=canary",
            name="x",
            version="1.0+cu1",
            index="https://me:canary@i.org/simple",
        ),
        "pkg:pypi/x@1.0%2Bcu1?file_name=x-1.0%2Bcu1-py3-none-any.whl"
        "&repository_url=https://i.org/simple",
        "https://i.org/x-1.0+cu1-py3-none-any.whl",
    ),
    "an archive by its address": (
        PypiRecord(location="direct+https://me:canary@x.org/x.zip", name="x", version="1"),
        "pkg:pypi/x@1?download_url=https://x.org/x.zip",
        "https://x.org/x.zip",
    ),
    "a commit": (
        PypiRecord(location="git+https://canary@x.org/x?tag=v1#0123abcd", name="x", version="1"),
        "pkg:pypi/x@1?vcs_url=git%2Bhttps://x.org/x%400123abcd",
        "git+https://x.org/x@0123abcd",
    ),
    "a project beside the lock": (PypiRecord(location="./sub", name="x"), "pkg:pypi/x", None),
    "a wheel on this disk": (
        PypiRecord(location="./x-1-py3-none-any.whl", name="x", version="1"),
        "pkg:pypi/x@1",
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_package_has_its_purl_and_its_place(case: str) -> None:
    record, purl, location = CASES[case]
    assert purl_of(record) == purl
    assert location_of(record) == location


@pytest.mark.parametrize("case", CASES)
def test_the_library_of_the_standard_spells_it_alike(case: str) -> None:
    purl = purl_of(CASES[case][0])
    assert PackageURL.from_string(purl).to_string() == purl
