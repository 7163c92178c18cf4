from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from wisp.image import unpacking
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


def test_a_long_header_fails_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_LEAST", 1 << 20)
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("x" * (4 << 20)))
    with pytest.raises(UnpackingError), opened_tar(path) as archive:
        archive.next()
