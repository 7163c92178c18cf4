from __future__ import annotations

import gzip
import hashlib
import io
import os
import socket
import tarfile
from pathlib import Path

import pytest

from wisp.image.entries import (
    LayerEntry,
    UnfitFileError,
    file_entry,
    folder,
    link,
    share_equal_files,
    text_file,
    walk,
    with_parents,
)
from wisp.image.layer import LayerBlob, compressor_name, digest_of, write_layer
from wisp.image.unpacking import unpacked
from wisp.specs.oci import LAYER_GZIP, LAYER_ZSTD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.image.layer import Compression


def written(entries: tuple[LayerEntry, ...], time: int = 7) -> tuple[bytes, LayerBlob]:
    out = io.BytesIO()
    blob = write_layer(entries, out, time=time)
    return out.getvalue(), blob


def members(content: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        return {member.name: member for member in archive}


def test_both_digests_are_those_of_the_bytes() -> None:
    content, blob = written(with_parents([text_file("a/b", "text")]))
    tar = gzip.decompress(content)
    assert blob.descriptor.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert blob.descriptor.size == len(content)
    assert blob.diff_id == f"sha256:{hashlib.sha256(tar).hexdigest()}"
    assert blob.unpacked == len(tar)


@pytest.mark.parametrize(
    ("compression", "kind"),
    [("gzip", LAYER_GZIP), ("zstd", LAYER_ZSTD), ("zstd-max", LAYER_ZSTD)],
)
def test_a_layer_is_the_same_however_it_is_packed(compression: Compression, kind: str) -> None:
    rows = "".join(f"{number * number} {number:x}\n" for number in range(20_000))
    entries = with_parents([text_file("a/b", rows)])
    _, plain = written(entries)
    out = io.BytesIO()
    blob = write_layer(entries, out, time=7, compression=compression)
    assert (blob.diff_id, blob.unpacked) == (plain.diff_id, plain.unpacked)
    assert blob.descriptor.media_type == kind
    inner = unpacked(io.BytesIO(out.getvalue()), 1 << 24).read()
    assert f"sha256:{hashlib.sha256(inner).hexdigest()}" == blob.diff_id
    assert compression in compressor_name(compression) or compression == "gzip"


def test_the_bytes_of_a_layer_are_the_same_on_every_machine() -> None:
    rows = "".join(f"{number * number} {number:x}\n" for number in range(200_000))
    _, blob = written(with_parents([text_file("a/b", rows)]))
    # Changes with the library that compresses, which therefore is pinned.
    known = "b5494ab9dcd6fc244f65b5928ac2d085d9f900005c02be63e418308047ddfba7"
    assert blob.descriptor.digest.hex == known


def test_nothing_of_the_host_is_in_a_layer(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    for at, root in enumerate((first, second)):
        (root / "bin").mkdir(parents=True)
        program = root / "bin" / "tool"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o700 if at else 0o4775)
        (root / "bin" / "data").write_text("x")
        (root / "bin" / "data").chmod(0o600 if at else 0o666)
        os.utime(program, (at, at))
    contents = [
        written(with_parents(file_entry(root / path, path) for path in walk(root)))[0]
        for root in (first, second)
    ]
    assert contents[0] == contents[1]
    found = members(contents[0])
    assert [(one.name, oct(one.mode), one.mtime, one.uid) for one in found.values()] == [
        ("bin", "0o755", 7, 0),
        ("bin/data", "0o644", 7, 0),
        ("bin/tool", "0o755", 7, 0),
    ]


def test_parents_come_before_what_is_in_them() -> None:
    entries = with_parents([text_file("a-b/c", ""), text_file("a/b/c", ""), link("a/z", "b")])
    assert [entry.path for entry in entries] == ["a", "a/b", "a/b/c", "a/z", "a-b", "a-b/c"]


def test_a_declared_folder_keeps_its_mode() -> None:
    entries = with_parents([text_file("tmp/x", ""), folder("tmp", 0o1777)])
    assert entries[0].mode == 0o1777


def test_equal_files_of_one_layer_share_their_bytes(tmp_path: Path) -> None:
    text = "x" * 100
    rows = with_parents([text_file("a", text), text_file("b", text), text_file("c", "y" * 100)])
    shared = share_equal_files(rows, digest_of, least=50)
    assert [(one.path, one.kind, one.target) for one in shared] == [
        ("a", "file", ""),
        ("b", "hard", "a"),
        ("c", "file", ""),
    ]
    content, _ = written(shared)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(tmp_path, filter="data")
    assert (tmp_path / "b").samefile(tmp_path / "a")


def test_equal_files_of_other_modes_do_not() -> None:
    rows = (text_file("a", "x" * 9), text_file("b", "x" * 9, program=True))
    assert share_equal_files(rows, digest_of, least=1) == rows


def test_a_head_replaces_as_many_bytes(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"0123456789")
    found = file_entry(file, "x")
    entry = LayerEntry(path="x", kind="file", mode=found.mode, source=file, head=b"ABC", size=10)
    content, _ = written((entry,))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        member = archive.extractfile("x")
        assert member is not None
        assert member.read() == b"ABC3456789"


@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_what_is_no_file_is_refused_and_never_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    with pytest.raises(UnfitFileError, match="neither a file"):
        file_entry(path, "odd")


@pytest.mark.parametrize("now", ["longer text", "x"])
def test_a_file_that_changes_its_size_meanwhile_is_refused(tmp_path: Path, now: str) -> None:
    file = tmp_path / "x"
    file.write_text("text")
    entry = file_entry(file, "x")
    file.write_text(now)
    with pytest.raises(UnfitFileError, match="changed"):
        written((entry,))


def test_links_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "l").symlink_to("../somewhere")
    content, _ = written((file_entry(tmp_path / "l", "l"),))
    assert members(content)["l"].linkname == "../somewhere"
