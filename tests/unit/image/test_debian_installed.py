from __future__ import annotations

import pytest

from wisp.image.debian.index import DebianPackage
from wisp.image.debian.installed import listing_of
from wisp.sbom.debian import base_bill, debian_license

FORMAT = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
EXPAT = f"{FORMAT}\nFiles: *\nCopyright: somebody\nLicense: Expat\n Long text.\n"
STATUS = """\
Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2+b5
Pre-Depends: libc6 (>= 2.38), libtinfo6
Depends: base-files

Package: gone
Status: deinstall ok config-files
Version: 1

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 1:2.41-12
"""
FILES = {
    "etc/os-release": "-> ../usr/lib/os-release",
    "usr/lib/os-release": 'ID=debian\nVERSION_CODENAME="trixie"\n',
    "usr/share/doc/libc6": "-> libc-common",
    "usr/share/doc/libc-common/copyright": EXPAT,
}


def test_installed_packages_are_those_that_dpkg_has() -> None:
    found = listing_of({**FILES, "var/lib/dpkg/status": STATUS})
    assert (found.distribution, found.release) == ("debian", "trixie")
    assert [(one.name, one.version) for one in found.packages] == [
        ("bash", "5.2.37-2+b5"),
        ("libc6", "1:2.41-12"),
    ]
    assert found.packages[1].copyright == EXPAT


def test_a_base_without_dpkg_has_nothing_to_list() -> None:
    assert listing_of({"etc/os-release": "ID=alpine\n"}).packages == ()
    assert listing_of({"var/lib/dpkg/status": "\n \x00 odd\n"}).packages == ()


def test_packages_of_a_base_are_components_with_their_needs() -> None:
    alone = "Package: libc6\nArchitecture: amd64\nVersion: 1:2.41-12\n"
    bash = STATUS.partition("\n\n")[0]
    files = {"var/lib/dpkg/status.d/libc6": alone, "var/lib/dpkg/status.d/bash": bash}
    locked = DebianPackage(
        name="libc6",
        version="1:2.41-12",
        architecture="amd64",
        file="pool/main/g/glibc/libc6.deb",
        sha256="ab" * 32,
        size=7,
    )
    found = base_bill(listing_of({**FILES, **files}), (locked,))
    first, second = found.components
    assert first.purl == "pkg:deb/debian/bash@5.2.37-2%2Bb5?arch=amd64&distro=trixie"
    assert second.purl == "pkg:deb/debian/libc6@1:2.41-12?arch=amd64&distro=trixie"
    assert first.needs == (second.purl,)
    assert found.direct == (first.purl,)
    assert (second.license, second.sha256, second.size) == ("MIT", "ab" * 32, 7)
    assert second.location == "https://deb.debian.org/debian/pool/main/g/glibc/libc6.deb"
    assert (first.license, first.location) == (None, None)


@pytest.mark.parametrize(
    ("names", "license_"),
    [
        (["Expat"], "MIT"),
        (["GPL-2+"], "GPL-2.0-or-later"),
        (["LGPL-2.1+", "GPL-3", "LGPL-2.1+"], "LGPL-2.1-or-later AND GPL-3.0-only"),
        (["GPL-1+ or Artistic", "X11"], "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND X11"),
        (["BSD-3-clause and GFDL-NIV-1.3+"], "BSD-3-Clause AND GFDL-1.3-no-invariants-or-later"),
        (["public-domain"], "public-domain"),
        (["GPL-2 and Expat", "Expat, ISC"], "GPL-2.0-only AND MIT AND ISC"),
    ],
)
def test_licences_have_the_names_of_spdx(names: list[str], license_: str) -> None:
    files = "".join(f"\nFiles: *\nLicense: {name}\n text\n" for name in names)
    assert debian_license(f"{FORMAT}{files}") == license_


def test_a_text_for_people_tells_no_licence() -> None:
    assert debian_license("This is the Debian package of X.\n\nIt is under the GPL.\n") is None
    assert debian_license("") is None
