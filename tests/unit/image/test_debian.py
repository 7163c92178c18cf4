from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import lzma
import tarfile
from pathlib import Path

import pytest

from wisp.errors import WispError
from wisp.image.cache import LayerCache
from wisp.image.debian.archive import unpack
from wisp.image.debian.base import archive_keys, base_layer, resolve
from wisp.image.debian.index import (
    DebianError,
    DebianPackage,
    DebianPackages,
    closure,
    package_list,
)
from wisp.image.debian.openpgp import RsaKey, SignatureError, signed_text
from wisp.image.debian.rootfs import rootfs
from wisp.image.lock import (
    DamagedImageLockError,
    ImageLock,
    LockedDebian,
    read_image_lock,
    write_image_lock,
)

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
#: A key for tests alone: two primes of 512 bits.
P = (1 << 511) + 111
Q = (1 << 512) - 569


def is_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11, 13))


def next_prime(number: int) -> int:
    number |= 1
    while not is_prime(number):
        number += 2
    return number


PRIMES = next_prime(P), next_prime(Q)
EXPONENT = 65537
KEY = RsaKey(PRIMES[0] * PRIMES[1], EXPONENT)
PRIVATE = pow(EXPONENT, -1, (PRIMES[0] - 1) * (PRIMES[1] - 1))
FINGERPRINT = "AB" * 20
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def signed(text: str, *, algorithm: int = 8, private: int = PRIVATE) -> str:
    """Sign a text as Debian does, by hand."""
    issuer = bytes([22, 33, 4]) + bytes.fromhex(FINGERPRINT)
    hashed = bytes([4, 1, 1, algorithm]) + len(issuer).to_bytes(2, "big") + issuer
    canonical = text.removesuffix("\n").replace("\n", "\r\n").encode()
    trailer = b"\x04\xff" + len(hashed).to_bytes(4, "big")
    digest = hashlib.sha256(canonical + hashed + trailer).digest()
    width = (KEY.modulus.bit_length() + 7) // 8
    padded = b"\x00\x01" + b"\xff" * (width - 3 - len(PREFIX) - 32) + b"\x00" + PREFIX + digest
    number = pow(int.from_bytes(padded, "big"), private, KEY.modulus)
    value = number.bit_length().to_bytes(2, "big") + number.to_bytes(width, "big")
    body = hashed + b"\x00\x00" + digest[:2] + value
    packet = bytes([0x80 | 2 << 2 | 1]) + len(body).to_bytes(2, "big") + body
    coded = base64.encodebytes(packet).decode()
    escaped = "\n".join(f"- {one}" if one.startswith("-") else one for one in text.split("\n"))
    return (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
        f"{escaped}-----BEGIN PGP SIGNATURE-----\n\n{coded}=abcd\n-----END PGP SIGNATURE-----\n"
    )


TEXT = "Origin: Debian\n-dashed\nlast line\n"


def test_a_signed_text_is_given_back() -> None:
    assert signed_text(signed(TEXT), {FINGERPRINT: KEY}) == TEXT


@pytest.mark.parametrize(
    "message",
    [
        signed(TEXT).replace("Debian", "Debiam"),
        signed(TEXT).replace("last", "lost"),
        signed(TEXT, private=PRIVATE + 2),
        signed(TEXT, algorithm=2),
        TEXT,
        f"{TEXT}\n{signed(TEXT)}",
        signed(TEXT).replace("BEGIN PGP SIGNATURE", "BEGIN SOMETHING"),
        "",
    ],
)
def test_what_was_changed_or_never_signed_is_refused(message: str) -> None:
    with pytest.raises(SignatureError):
        signed_text(message, {FINGERPRINT: KEY})


def test_a_key_that_is_not_known_signs_nothing() -> None:
    with pytest.raises(SignatureError, match="not signed by a known key"):
        signed_text(signed(TEXT), {"CD" * 20: KEY})


def test_the_shipped_keys_are_of_4096_bits() -> None:
    assert {key.modulus.bit_length() for key in archive_keys().values()} == {4096}


def release(suite: str = "trixie", until: str = "") -> str:
    return (
        f"Codename: {suite}\n{until}SHA256:\n"
        f" {'a' * 64} 12 main/binary-amd64/Packages.xz\n {'b' * 64} 12 main/binary-amd64/Packages\n"
    )


def test_the_list_of_packages_is_found_in_a_release() -> None:
    found = package_list(release(), "amd64", NOW)
    assert (found.sha256, found.size) == ("a" * 64, 12)
    assert found.by_hash == f"main/binary-amd64/by-hash/SHA256/{'a' * 64}"


@pytest.mark.parametrize(
    ("text", "architecture", "words"),
    [
        (release("sid"), "amd64", "answers for `sid`"),
        (release(), "arm64", "no packages for `arm64`"),
        (release(until="Valid-Until: Wed, 31 Dec 2025 00:00:00 UTC\n"), "amd64", "out of date"),
    ],
)
def test_another_release_is_refused(text: str, architecture: str, words: str) -> None:
    with pytest.raises(DebianError, match=words):
        package_list(text, architecture, NOW)


def stanza(name: str, depends: str = "", provides: str = "") -> str:
    rows = [f"Package: {name}", "Version: 1", "Architecture: amd64", f"Filename: pool/{name}.deb"]
    rows += [f"SHA256: {'0' * 64}", "Size: 9", "Description: x", " folded: y"]
    rows += [f"Depends: {depends}"] if depends else []
    rows += [f"Provides: {provides}"] if provides else []
    return "\n".join(rows)


def test_a_closure_takes_the_first_alternative_that_is_there() -> None:
    available = DebianPackages(
        "\n\n".join(
            [
                stanza("aa", "bb (>= 2) | cc, virtual, perl-base, dd:any"),
                stanza("cc"),
                stanza("dd", "aa"),
                stanza("real", provides="other, virtual (= 1)"),
                stanza("unused"),
            ]
        )
    )
    assert [one.name for one in closure(["aa"], available)] == ["aa", "cc", "dd", "real"]
    with pytest.raises(DebianError, match="no package `nothing`"):
        closure(["nothing"], available)


def deb(*members: tuple[str, bytes | str], control: str = "Package: x\nVersion: 1\n") -> bytes:
    """Make a package: a text as content is where a link leads."""
    parts = [("debian-binary", b"2.0\n")]
    parts.append(("control.tar.xz", _tar(("./control", control.encode()))))
    parts.append(("data.tar.xz", _tar(*members)))
    archive = b"!<arch>\n"
    for name, content in parts:
        archive += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        archive += content + b"\n" * (len(content) % 2)
    return archive


def _tar(*members: tuple[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.mode = 0o4755
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_a_package_is_unpacked_without_manuals_and_odd_modes() -> None:
    content = deb(
        ("./usr/bin/x", b"program"),
        ("./usr/share/man/man1/x.1", b"manual"),
        ("./usr/share/doc/x/changelog.gz", b"news"),
        ("./usr/share/doc/x/copyright", b"licence"),
        ("./bin/sh", "dash"),
    )
    found = unpack(content)
    assert [(one.path, one.kind, oct(one.mode)) for one in found.entries] == [
        ("usr/bin/x", "file", "0o755"),
        ("usr/share/doc/x/copyright", "file", "0o755"),
        ("bin/sh", "link", "0o777"),
    ]
    assert found.control.startswith("Package: x")


@pytest.mark.parametrize(
    "content",
    [
        b"no package",
        deb(("../../etc/passwd", b"x")),
        deb(("/etc/passwd", b"x")),
        deb(("./usr/x", b"x"))[:-400],
    ],
)
def test_a_damaged_or_hostile_package_is_refused(content: bytes) -> None:
    with pytest.raises(DebianError, match="damaged"):
        unpack(content)


def test_a_package_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wisp.image.debian.archive._LEAST", 1 << 20)
    content = deb(("./usr/share/zeros", bytes(4 << 20)))
    assert len(content) < 1 << 14
    with pytest.raises(WispError, match="unpacks to more than"):
        unpack(content)


def test_a_root_has_what_maintainer_scripts_would_make() -> None:
    merged = deb(("./bin", "usr/bin"), ("./usr/bin/which.debianutils", b"w"))
    old = deb(
        ("./bin/tool", b"t"),
        ("./usr/share/ca-certificates/mozilla/B.crt", b"second\n"),
        ("./usr/share/ca-certificates/mozilla/A.crt", b"first\n"),
        control="Package: y\nVersion: 2\n",
    )
    found = {one.path: one for one in rootfs([unpack(merged), unpack(old)])}
    assert found["bin"].kind == "link"
    assert found["usr/bin/tool"].content == b"t"
    assert found["usr/bin/which"].target == "which.debianutils"
    assert found["etc/ssl/certs/ca-certificates.crt"].content == b"first\nsecond\n"
    assert b"app:x:1000:1000:" in (found["etc/passwd"].content or b"")
    assert found["tmp"].mode == 0o1777
    assert found["home/app"].owner == 1000
    assert {"var/lib/dpkg/status.d/x", "var/lib/dpkg/status.d/y"} <= found.keys()


def package(content: bytes) -> DebianPackage:
    return DebianPackage(
        name="x",
        version="1:2~rc",
        architecture="amd64",
        file="pool/x.deb",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def test_a_base_is_made_once_and_only_of_what_the_lock_says(tmp_path: Path) -> None:
    content, cache = deb(("./usr/bin/x", b"program")), LayerCache(tmp_path)
    asked: list[str] = []

    def fetch(path: str) -> bytes:
        asked.append(path)
        return content

    wanted = (package(content),)
    first, known = base_layer(wanted, fetch, cache, time=0, compression="gzip")
    again, known_again = base_layer(wanted, fetch, cache, time=0, compression="gzip")
    assert (known, known_again, first, asked) == (False, True, again, ["pool/x.deb"])
    other = (package(content + b"x"),)
    with pytest.raises(DebianError, match="not what the signed list says"):
        base_layer(other, fetch, cache, time=0, compression="gzip")


def test_a_mirror_that_signs_with_its_own_key_is_refused() -> None:
    def fetch(path: str) -> bytes:
        return signed(release()).encode() if path.endswith("InRelease") else lzma.compress(b"")

    with pytest.raises(SignatureError):
        resolve(fetch, "linux-64", (), NOW)


def test_a_lock_reads_as_it_was_written() -> None:
    base = LockedDebian(
        subdir="linux-64", suite="trixie", wanted=("a", "b"), packages=(package(b"x"),)
    )
    plain = LockedDebian(subdir="linux-64", suite="trixie", wanted=(), packages=())
    lock = ImageLock().with_debian(base).with_debian(plain)
    lock = lock.with_reference("debian:13", f"sha256:{'0' * 64}")
    # Environments that want other packages do not take each other's place.
    assert lock.debian == {("linux-64", ("a", "b")): base, ("linux-64", ()): plain}
    text = write_image_lock(lock)
    assert read_image_lock(text) == lock
    assert write_image_lock(read_image_lock(text)) == text


@pytest.mark.parametrize(
    "digest", ["../../x", "", "sha256:" + "0" * 63 + "/", "sha256:" + "A" * 64]
)
def test_an_image_lock_with_what_is_no_digest_is_damaged(digest: str) -> None:
    text = f'version = 1\n[[image]]\nreference = "docker.io/a"\ndigest = "{digest}"\n'
    with pytest.raises(DamagedImageLockError, match="is damaged"):
        read_image_lock(text)
