from __future__ import annotations

import struct
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from wisp.image.stripping import strip_debug

_SECTION = "<IIQQQQIIQQ"
NAMES = b"\0.text\0.debug_info\0.symtab\0.comment\0.shstrtab\0"
TEXT, DEBUG, SYMBOLS = b"loaded" * 10, b"debug" * 200, b"symbol" * 100


def elf(*, patched: bool = False, behind: bytes = b"", kind: int = 3) -> bytes:
    """Make a library of one segment; a patched one has a second, behind what is not loaded."""
    moved = b"moved paths"
    parts = {".text": TEXT, ".debug_info": DEBUG, ".symtab": SYMBOLS, ".comment": b"made by hand"}
    count = 2 if patched else 1
    body = bytearray(64 + 56 * count)
    places: dict[str, tuple[int, int]] = {}
    for name, data in parts.items():
        places[name] = (len(body), len(data))
        body += data
    at_moved = len(body)
    body += moved if patched else b""
    places[".shstrtab"] = (len(body), len(NAMES))
    body += NAMES
    shoff = len(body)
    body += struct.pack(_SECTION, *[0] * 10)
    for name, (offset, size) in places.items():
        flags = 2 if name == ".text" else 0
        title = NAMES.index(b"\0" + name.encode() + b"\0") + 1
        body += struct.pack(_SECTION, title, 1, flags, 0, offset, size, 0, 0, 1, 0)
    body[:16] = b"\x7fELF\x02\x01\x01" + bytes(9)
    head = (kind, 62, 1, 0, 64, shoff, 0, 64, 56, count, 64, 6, 5)
    body[16:64] = struct.pack("<HHIQQQIHHHHHH", *head)
    first = places[".text"]
    body[64:120] = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, sum(first), sum(first), 4096)
    if patched:
        row = (1, 6, at_moved, 0, 0, len(moved), len(moved), 4096)
        body[120:176] = struct.pack("<IIQQQQQQ", *row)
    return bytes(body) + behind


def stripped(tmp_path: Path, content: bytes) -> bytes | None:
    source, target = tmp_path / "whole", tmp_path / "stripped"
    source.write_bytes(content)
    return target.read_bytes() if strip_debug(source, target) else None


def test_what_only_debuggers_read_is_cut_off(tmp_path: Path) -> None:
    found = stripped(tmp_path, elf())
    assert found is not None
    assert DEBUG not in found
    assert SYMBOLS not in found
    assert b"made by hand" in found
    # What a loader reads is where it was; of the header only the place of the sections changes.
    end = elf().index(TEXT) + len(TEXT)
    assert found[:40] + found[48:end] == elf()[:40] + elf()[48:end]


def test_what_lies_between_segments_becomes_zeros(tmp_path: Path) -> None:
    whole = elf(patched=True)
    found = stripped(tmp_path, whole)
    assert found is not None
    end = whole.index(b"moved paths") + len(b"moved paths")
    blank = whole.replace(DEBUG, bytes(len(DEBUG))).replace(SYMBOLS, bytes(len(SYMBOLS)))
    assert found[48:end] == blank[48:end]
    assert found.count(b"made by hand") == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"#!/bin/sh\n",
        b"\x7fELF",
        elf(behind=b"PK\x03\x04 carried along"),
        elf(kind=1),
    ],
    ids=["empty", "script", "short", "carries something", "object"],
)
def test_other_files_stay_as_they_are(tmp_path: Path, content: bytes) -> None:
    assert stripped(tmp_path, content) is None


def test_damaged_files_stay_as_they_are(tmp_path: Path) -> None:
    whole = elf(patched=True)
    for end in range(0, len(whole), 7):
        assert stripped(tmp_path, whole[:end]) is None
    for at in range(4, 400):
        stripped(tmp_path, whole[:at] + b"\xff" + whole[at + 1 :])


def test_real_libraries_load_without_it(tmp_path: Path) -> None:
    folder = Path(sysconfig.get_path("platlib"))
    libraries = [one for one in sorted(folder.glob("*/*.so"))[:12] if _loads(one)]
    assert libraries
    for at, library in enumerate(libraries):
        target = tmp_path / f"{at}.so"
        assert not strip_debug(library, target) or _loads(target)


def _loads(library: Path) -> bool:
    """Whether a library loads by itself; some need what their own program brings."""
    load = f"import ctypes; ctypes.CDLL({str(library)!r})"
    return subprocess.run([sys.executable, "-c", load], capture_output=True).returncode == 0
