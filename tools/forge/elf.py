"""Where an ELF file looks for its libraries, and a new answer written over the old one."""

from __future__ import annotations

import struct

MAGIC = b"\x7fELF"
_PT_LOAD, _PT_DYNAMIC = 1, 2
# Where the header of a file has the places of segments and sections, and how many of the latter.
_SEGMENTS_AT, _SECTIONS_AT, _SECTION_COUNT_AT = 32, 40, 60
_DT_NULL, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 0, 5, 15, 29


class ElfError(Exception):
    """The file is not an ELF file that can be changed in place."""


def runpaths(image: bytes) -> list[tuple[int, str]]:
    """List the search paths of a 64-bit little-endian ELF file with their offsets in it.

    A file without a dynamic section has none.
    """
    if image[:6] != MAGIC + b"\x02\x01":
        raise ElfError("not a 64-bit little-endian ELF file")
    segments = _segments(image)
    dynamic = next((s for s in segments if s[0] == _PT_DYNAMIC), None)
    if dynamic is None:
        return []
    tags = _tags(image, offset=dynamic[1], size=dynamic[3])
    strings = next((value for tag, value in tags if tag == _DT_STRTAB), None)
    if strings is None:
        return []
    start = _file_offset(segments, strings)
    found = []
    for tag, value in tags:
        if tag in (_DT_RPATH, _DT_RUNPATH):
            at = start + value
            found.append((at, image[at : image.index(b"\0", at)].decode()))
    return found


def rewrite_runpath(image: bytes, prefix: str, replacement: str) -> bytes:
    """Point each search path below `prefix` to `replacement`, padded with NULs to its length.

    Raises `ElfError` when the new text is longer than the old one.
    """
    changed = bytearray(image)
    for offset, old in runpaths(image):
        if not any(part == prefix or part.startswith(f"{prefix}/") for part in old.split(":")):
            continue
        if len(replacement) > len(old):
            raise ElfError(f"no room for {replacement!r} in {old!r}")
        changed[offset : offset + len(old)] = replacement.encode().ljust(len(old), b"\0")
    return bytes(changed)


def without_sections(image: bytes) -> bytes:
    """Cut off what no program is loaded from: debug information, often two thirds of a file.

    Sections are for linkers and debuggers; the system loads segments (System V ABI).
    """
    end = max(offset + length for _, offset, _, length in _segments(image))
    changed = bytearray(image[:end])
    struct.pack_into("<Q", changed, _SECTIONS_AT, 0)
    struct.pack_into("<HH", changed, _SECTION_COUNT_AT, 0, 0)
    return bytes(changed)


def _segments(image: bytes) -> list[tuple[int, int, int, int]]:
    """List the program headers: type, offset, virtual address, size in the file."""
    (table,) = struct.unpack_from("<Q", image, _SEGMENTS_AT)
    size, count = struct.unpack_from("<HH", image, 54)
    rows = (struct.unpack_from("<IIQQQQ", image, table + i * size) for i in range(count))
    return [(kind, offset, address, length) for kind, _, offset, address, _, length in rows]


def _tags(image: bytes, offset: int, size: int) -> list[tuple[int, int]]:
    pairs = []
    for at in range(offset, offset + size, 16):
        tag, value = struct.unpack_from("<qQ", image, at)
        if tag == _DT_NULL:
            break
        pairs.append((tag, value))
    return pairs


def _file_offset(segments: list[tuple[int, int, int, int]], address: int) -> int:
    for kind, offset, start, size in segments:
        if kind == _PT_LOAD and start <= address < start + size:
            return offset + address - start
    raise ElfError("the string table lies outside the file")
