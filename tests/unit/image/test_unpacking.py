from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from wisp.image import unpacking
from wisp.image.products import is_product
from wisp.image.unpacking import UnpackingError, opened_tar, unpacked

TEXT = b"some text " * 100
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_packed_is_told_by_its_first_bytes(form: str) -> None:
    packed = io.BytesIO(FORMS[form](TEXT))
    assert unpacked(packed, 1000).read() == TEXT


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_read_beyond_the_limit(form: str) -> None:
    packed = io.BytesIO(FORMS[form](TEXT))
    with pytest.raises(UnpackingError, match="more than 999 bytes"):
        unpacked(packed, 999).read()


def test_an_archive_that_grows_without_end_fails_before_it_fills_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_LEAST", 1 << 20)
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("zeros")
        member.size = 8 << 20
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    assert path.stat().st_size < 1 << 14
    with opened_tar(path) as archive, pytest.raises(UnpackingError):
        archive.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / "zeros").stat().st_size < 1 << 20


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_header_without_measure_is_not_read(tmp_path: Path, form: int) -> None:
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz", format=form) as archive:
        archive.addfile(tarfile.TarInfo("x/" * (2 << 20)))
    with pytest.raises(tarfile.ReadError, match="longer than any name"), opened_tar(path):
        pass


def _sparse_of_gnu(rows: int) -> bytes:
    """Make a file with holes of a map of so many blocks behind its header."""
    member = tarfile.TarInfo("holes")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[386:482] = b"0" * 96
    head[482] = 1
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    row = b"%011o\0" % 1
    return bytes(head) + (row * 42 + b"\1" + bytes(7)) * rows + row * 42 + bytes(8)


def _sparse_of_pax(rows: int) -> bytes:
    member = tarfile.TarInfo("holes")
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    numbers = f"{rows * 100}\n" + "1\n" * rows * 200
    return member.tobuf(tarfile.PAX_FORMAT) + numbers.encode()


@pytest.mark.parametrize("made", [_sparse_of_gnu, _sparse_of_pax])
def test_a_map_of_holes_without_measure_is_not_read(
    tmp_path: Path, made: Callable[[int], bytes]
) -> None:
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip.compress(made(40_000) + bytes(1024)))
    with pytest.raises(tarfile.ReadError, match="map"), opened_tar(path) as archive:
        archive.next()
    path.write_bytes(_sparse_of_gnu(2) + bytes(1024))
    with opened_tar(path) as archive:
        (member,) = archive
    assert member.issparse()


def test_a_number_without_end_in_a_header_takes_no_time(tmp_path: Path) -> None:
    """Python looks for what follows it from each of its digits on (CVE-2024-6232)."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 64 << 10
    path = tmp_path / "slow.tar"
    path.write_bytes(header.tobuf(tarfile.GNU_FORMAT) + b"1" * header.size + bytes(1024))
    before = time.process_time()
    with pytest.raises(tarfile.ReadError, match="number"), opened_tar(path) as archive:
        archive.next()
    assert time.process_time() - before < 10


def test_members_without_measure_are_not_counted_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_MOST_MEMBERS", 4)
    path = tmp_path / "many.tar"
    with tarfile.open(path, "w") as archive:
        for number in range(6):
            archive.addfile(tarfile.TarInfo(f"x{number}"))
    seen = []
    with opened_tar(path) as archive, pytest.raises(tarfile.ReadError, match="more than 4"):
        seen += [member.name for member in archive]
    assert seen == []


@pytest.mark.parametrize("form", [form for form in FORMS if form != "plain"])
def test_a_damaged_archive_is_told_as_one(tmp_path: Path, form: str) -> None:
    """Each form of compression has an exception of its own."""
    noise = random.Random(0).randbytes(1 << 16)
    path = tmp_path / "damaged"
    path.write_bytes(FORMS[form](TEXT * 1000)[:20] + noise)
    with path.open("rb") as file, pytest.raises((tarfile.ReadError, OSError, EOFError)):
        unpacked(file, 1 << 20).read()


def about(*records: bytes, times: int = 1, size: int = 3) -> bytes:
    """An archive of one file of so many bytes, with records before it."""
    # Their lengths have one digit, or two.
    rows = b"".join(b"%d %s\n" % (len(one) + 3 + (len(one) > 6), one) for one in records)
    head, file = tarfile.TarInfo("x"), tarfile.TarInfo("f")
    head.type, head.size, file.size = tarfile.XHDTYPE, len(rows), size
    before = head.tobuf(tarfile.USTAR_FORMAT) + rows + bytes(-len(rows) % 512)
    return before * times + file.tobuf(tarfile.GNU_FORMAT) + bytes(3 * 512)


ODD = {
    "no number": about(b"GNU.sparse.map=a,b", b"GNU.sparse.size=3"),
    "no map": about(b"GNU.sparse.major=1", b"GNU.sparse.minor=0"),
    "no text": about(b"hdrcharset=BINARY", b"GNU.sparse.name=\xff", b"GNU.sparse.size=\xff"),
    "back": about(b"size=-1536"),
    "below nothing": about(size=-1024),
    "deep": about(b"a=b", times=3000),
    "beyond all": about(size=1 << 62),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_headers_are_told_as_damage(tmp_path: Path, case: str) -> None:
    path = tmp_path / "odd.tar"
    path.write_bytes(ODD[case])
    with (
        pytest.raises((tarfile.ReadError, UnpackingError)),
        opened_tar(path) as archive,
    ):
        archive.getmembers()
    # The same, while the code of an image is chosen.
    assert not is_product(path, is_folder=False)
