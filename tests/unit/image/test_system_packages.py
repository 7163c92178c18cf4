from __future__ import annotations

import hashlib
import io
import sqlite3
import struct
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from wisp.image import rpm_packages, system_packages
from wisp.image.debian.index import DebianPackage
from wisp.image.layout import BlobStore, DamagedBlobError
from wisp.image.system_package import SystemListing
from wisp.image.system_packages import listing_of, system_listing
from wisp.sbom.base import base_bill, debian_license
from wisp.specs.oci import LAYER, Descriptor, Digest

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


def listed(files: Mapping[str, str | bytes]) -> SystemListing:
    """List what the files of a system tell."""
    return listing_of(
        {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    )


def test_installed_packages_are_those_that_dpkg_has() -> None:
    found = listed({**FILES, "var/lib/dpkg/status": STATUS})
    assert (found.system, found.release) == ("debian", "trixie")
    assert [(one.name, one.version) for one in found.packages] == [
        ("bash", "5.2.37-2+b5"),
        ("libc6", "1:2.41-12"),
    ]
    assert found.packages[1].copyright == EXPAT


def test_a_base_without_dpkg_has_nothing_to_list() -> None:
    assert listed({"etc/os-release": "ID=alpine\n"}).packages == ()
    assert listed({"var/lib/dpkg/status": "\n \x00 odd\n"}).packages == ()


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
    found = base_bill(listed({**FILES, **files}), (locked,))
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


APK = """\
P:busybox
V:1.37.0-r12
A:x86_64
L:GPL-2.0-only
D:so:libc.so.6>=2 !gone nothing-known
p:cmd:sh=1.37.0-r12

P:glibc
V:2.41-r5
A:x86_64
L:LGPL-2.1-or-later
p:so:libc.so.6=6
"""


def test_packages_of_apk_are_listed() -> None:
    files = {"etc/os-release": "ID=wolfi\nVERSION_ID=20230201\n", "lib/apk/db/installed": APK}
    found = base_bill(listed(files))
    busybox, glibc = found.components
    assert busybox.purl == ("pkg:apk/wolfi/busybox@1.37.0-r12?arch=x86_64&distro=wolfi-20230201")
    assert (busybox.license, busybox.needs) == ("GPL-2.0-only", (glibc.purl,))
    assert found.direct == (busybox.purl,)


def rpm_header(**fields: str | list[str] | int) -> bytes:
    """A header as rpm keeps it."""
    tags = {"name": 1000, "version": 1001, "release": 1002, "epoch": 1003, "license": 1014}
    tags |= {"arch": 1022, "provides": 1047, "requires": 1049, "summary": 1004}
    index, data = b"", b""
    for key, value in fields.items():
        if isinstance(value, int):
            data += bytes(-len(data) % 4)
            index += struct.pack(">IIII", tags[key], 4, len(data), 1)
            data += struct.pack(">I", value)
        else:
            texts = [value] if isinstance(value, str) else value
            index += struct.pack(
                ">IIII", tags[key], 6 if value is texts[0] else 8, len(data), len(texts)
            )
            data += b"".join(text.encode() + b"\0" for text in texts)
    return struct.pack(">II", len(fields), len(data)) + index + data


def rpm_database(*headers: bytes) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE Packages (hnum INTEGER, blob BLOB)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(one,) for one in headers])
    connection.commit()
    content = connection.serialize()
    # As rpm keeps it: with a journal of its own beside it.
    return content[:18] + b"\2\2" + content[20:]


def test_packages_of_rpm_are_listed() -> None:
    bash = rpm_header(
        name="bash",
        version="5.2",
        release="1.el9",
        arch="x86_64",
        summary="a shell",
        license="GPLv3+",
        requires=["libc.so.6()(64bit)", "rpmlib(X)"],
        provides=["bash"],
    )
    glibc = rpm_header(
        epoch=2,
        name="glibc",
        version="2.34",
        release="9",
        arch="x86_64",
        license="LGPLv2+",
        provides=["glibc", "libc.so.6()(64bit)"],
    )
    key = rpm_header(name="gpg-pubkey", version="1", release="1", license="pubkey")
    files: dict[str, str | bytes] = {
        "etc/os-release": 'ID="rhel"\nVERSION_ID="9.4"\n',
        "var/lib/rpm/rpmdb.sqlite": rpm_database(bash, glibc, key),
    }
    found = base_bill(listed(files))
    assert [(one.name, one.version, one.license) for one in found.components] == [
        ("bash", "5.2-1.el9", "GPLv3+"),
        ("glibc", "2:2.34-9", "LGPLv2+"),
    ]
    purl = "pkg:rpm/rhel/glibc@2.34-9?arch=x86_64&distro=rhel-9.4&epoch=2"
    assert found.components[1].purl == purl
    assert found.components[0].needs == (purl,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no database",
        rpm_database(rpm_header(name="a", version="1"))[:5000],
        rpm_database(rpm_header(name="a", version="1")[:-3]),
        rpm_database(b"\xff" * 8),
    ],
)
def test_a_database_that_cannot_be_read_is_told(content: bytes) -> None:
    found = listed({"var/lib/rpm/rpmdb.sqlite": content})
    assert (found.packages, found.unread) == ((), True)
    assert listed({"var/lib/rpm/Packages": b""}).unread
    assert not listed({"etc/os-release": "ID=debian"}).unread


def test_a_database_that_never_ends_is_left() -> None:
    connection = sqlite3.connect(":memory:")
    rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r)"
    connection.execute(f"CREATE VIEW Packages AS {rows} SELECT x AS blob FROM r WHERE x < 0")
    assert listed({"var/lib/rpm/rpmdb.sqlite": connection.serialize()}).unread


def test_an_epoch_is_a_number_and_a_package_has_a_name() -> None:
    headers = (rpm_header(name="a", version="1", epoch="x"), rpm_header(name="", version="1"))
    found = listed({"var/lib/rpm/rpmdb.sqlite": rpm_database(*headers)})
    assert [(one.name, one.epoch) for one in found.packages] == [("a", None)]


def repeated(name: str, times: int) -> bytes:
    """A header that says many times over that its data provides something."""
    data = name.encode() + bytes(1 << 10)
    index = struct.pack(">IIII", 1000, 6, 0, 1)
    index += struct.pack(">IIII", 1047, 8, 0, len(data)) * (times - 1)
    return struct.pack(">II", times, len(data)) + index + data


def test_a_tag_counts_once_and_names_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpm_packages, "_MOST_NAMES", 2000)
    database = rpm_database(repeated("a", 500))
    assert [one.name for one in rpm_packages.rpm_packages(database) or ()] == ["a"]
    assert rpm_packages.rpm_packages(rpm_database(repeated("a", 2), repeated("b", 2))) is None
    assert rpm_packages.rpm_packages(rpm_database(repeated("a", 1 << 16))) is None


def test_what_only_a_view_has_is_no_package() -> None:
    """Each header fits, but so many do not lie in any file of this size."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE one (blob BLOB)")
    connection.execute("INSERT INTO one VALUES (?)", (rpm_header(name="a" * 999, version="1"),))
    rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 20)"
    connection.execute(f"CREATE VIEW Packages AS {rows} SELECT blob FROM one, r")
    connection.commit()
    assert rpm_packages.rpm_packages(connection.serialize()) is None


def in_layers(folder: Path, *layers: Mapping[str, bytes | str]) -> SystemListing:
    """List what layers hold: files, and hard links by their targets."""
    store = BlobStore(folder)
    found = []
    for files in layers:
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            for path, content in files.items():
                member = tarfile.TarInfo(path)
                if isinstance(content, str):
                    member.type, member.linkname, content = tarfile.LNKTYPE, content, b""
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        digest = Digest(f"sha256:{hashlib.sha256(made.getvalue()).hexdigest()}")
        store.path(digest).parent.mkdir(parents=True, exist_ok=True)
        store.path(digest).write_bytes(made.getvalue())
        found.append(Descriptor(media_type=LAYER, digest=digest, size=len(made.getvalue())))
    return system_listing(found, store)


DPKG = "var/lib/dpkg/status"
TEXT = "usr/share/doc/bash/copyright"


def test_a_file_that_is_too_long_is_not_read_and_hides_the_one_below(tmp_path: Path) -> None:
    status, text = STATUS.encode(), EXPAT.encode()
    found = in_layers(tmp_path, {DPKG: status, TEXT: text}, {TEXT: bytes(3 << 20)})
    assert [one.copyright for one in found.packages] == ["", ""]
    found = in_layers(tmp_path, {DPKG: status, TEXT: text}, {TEXT: text + b"x"})
    assert found.packages[0].copyright == f"{EXPAT}x"


def test_what_is_told_of_packages_has_a_measure_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "_MOST", 1000)
    long = bytes(400)
    assert in_layers(tmp_path, {TEXT: long}, {TEXT: long}, {TEXT: long}).packages == ()
    links = {f"usr/share/doc/{at}/copyright": TEXT for at in range(3)}
    for layers in ([{TEXT: long, **links}], [{at: long} for at in (TEXT, *links)]):
        with pytest.raises(DamagedBlobError) as caught:
            in_layers(tmp_path, *layers)
        assert "more than any system has" in str(caught.value.causes)
