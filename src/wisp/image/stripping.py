"""Programs and libraries without what only debuggers read: `.debug_*` and the table of all symbols.

Unlike `strip`, which lays a file out anew and has broken libraries whose paths were patched, this
moves no byte that a loader reads. What lies behind all segments is cut off, what lies between them
made zeros, and the table of sections, which no loader reads, says that these sections are gone.

Source: System V ABI, "Object Files" (ELF header, sections, program header).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from wisp.patterns import pattern
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

MAGIC = b"\x7fELF"
_NAMES = pattern(r"\.z?debug_.*|\.symtab|\.strtab|\.stab(str)?|\.gnu\.debuglto_.*")
#: Programs, and libraries (or programs that lie anywhere).
_LINKED = (2, 3)
_NULL, _NOBITS, _ALLOC = 0, 8, 0x2
_ALIGN, _LARGEST_ALIGNMENT = 8, 1 << 21
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Layout:
    """The structures of files of one word size: header, program header, section header.

    `at` are the positions of what is needed: of a header the two tables and their counts; of a
    segment offset and size; of a section name, type, flags, offset and size.
    """

    header: str
    segment: str
    section: str
    shoff: int
    segment_place: tuple[int, int]


#: By the fifth byte of a file.
_LAYOUTS = {
    1: _Layout("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", 32, (1, 4)),
    2: _Layout("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", 40, (2, 5)),
}
_IDENT = 16


class _UnknownFormError(Exception):
    """A file that is left as it is."""


@dataclass(frozen=True, slots=True)
class _Elf:
    """What is known of a file: where segments lie, and its sections as rows of numbers."""

    layout: _Layout
    order: str
    segments: tuple[range, ...]
    sections: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    head_end: int
    size: int

    def extent(self, at: int) -> range:
        """Return where the bytes of a section lie."""
        row = self.sections[at]
        return range(row[4], row[4] + (0 if row[1] in (_NULL, _NOBITS) else row[5]))


def strip_debug(source: Path, target: Path) -> bool:
    """Write a file without what debuggers read; False if there is nothing to leave out, or to know.

    Raises:
        OSError: It cannot be read, or the other not be written.

    """
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return False
        try:
            elf = _read(file)
            gone = [at for at in range(len(elf.sections)) if _is_left_out(elf, at)]
            if not gone or not _is_usual(elf, file):
                return False
            with target.open("wb") as out:
                _write(elf, frozenset(gone), file, out)
        except (_UnknownFormError, struct.error, IndexError, ValueError, OverflowError):
            return False
    return True


def _read(file: IO[bytes]) -> _Elf:
    size = os.fstat(file.fileno()).st_size
    ident = _part(file, 0, _IDENT)
    layout, order = _LAYOUTS.get(ident[4]), {1: "<", 2: ">"}.get(ident[5])
    if layout is None or order is None:
        raise _UnknownFormError
    form = struct.Struct(order + layout.header)
    kind, _, _, _, phoff, shoff, _, _, phsize, phnum, shsize, shnum, names_at = form.unpack(
        _part(file, _IDENT, form.size)
    )
    segment, section = struct.Struct(order + layout.segment), struct.Struct(order + layout.section)
    if kind not in _LINKED or (phsize, shsize) != (segment.size, section.size) or not shnum:
        raise _UnknownFormError
    rows = tuple(section.iter_unpack(_part(file, shoff, shnum * section.size)))
    place, length = layout.segment_place
    segments = tuple(
        range(row[place], row[place] + row[length])
        for row in segment.iter_unpack(_part(file, phoff, phnum * segment.size))
    )
    texts = _part(file, rows[names_at][4], rows[names_at][5])
    return _Elf(
        layout,
        order,
        segments,
        rows,
        tuple(texts[row[0] : texts.index(b"\0", row[0])].decode("latin-1") for row in rows),
        max(_IDENT + form.size, phoff + phnum * segment.size),
        size,
    )


def _part(file: IO[bytes], at: int, length: int) -> bytes:
    if at + length > os.fstat(file.fileno()).st_size:
        raise _UnknownFormError
    file.seek(at)
    return file.read(length)


def _is_left_out(elf: _Elf, at: int) -> bool:
    extent = elf.extent(at)
    is_loaded = any(one.start < extent.stop and extent.start < one.stop for one in elf.segments)
    return (
        bool(_NAMES.fullmatch(elf.names[at]))
        and not elf.sections[at][2] & _ALLOC
        and not is_loaded
        and extent.start >= elf.head_end
        and len(extent) > 0
    )


def _table(elf: _Elf, file: IO[bytes]) -> range:
    form = struct.Struct(elf.order + ("I" if elf.layout.shoff == 32 else "Q"))
    (start,) = form.unpack(_part(file, elf.layout.shoff, form.size))
    return range(start, start + len(elf.sections) * struct.calcsize("<" + elf.layout.section))


def _is_usual(elf: _Elf, file: IO[bytes]) -> bool:
    """Tell whether sections lie side by side, and nothing was appended.

    Installers carry their content behind all that the tables name.
    """
    extents = [elf.extent(at) for at in range(len(elf.sections))]
    used = sorted((one for one in (*extents, _table(elf, file)) if one), key=lambda one: one.start)
    apart = all(one.stop <= other.start for one, other in pairwise(used))
    plain = all(row[8] <= _LARGEST_ALIGNMENT for row in elf.sections)
    return apart and plain and max(used[-1].stop, elf.head_end) >= elf.size


def _write(elf: _Elf, gone: frozenset[int], file: IO[bytes], out: IO[bytes]) -> None:
    end = max([elf.head_end, *(one.stop for one in elf.segments)])
    hidden = sorted((elf.extent(at) for at in gone), key=lambda one: one.start)
    for data in _body(file, end, hidden):
        out.write(data)
    rows = [list(row) for row in elf.sections]
    for at, row in enumerate(rows):
        extent = elf.extent(at)
        if at in gone:
            rows[at] = [0] * len(row)
        elif extent.stop > end:
            _pad(out, max(row[8], 1))
            row[4] = out.tell()
            out.write(_part(file, extent.start, len(extent)))
    _pad(out, _ALIGN)
    start = out.tell()
    for row in rows:
        out.write(struct.pack(elf.order + elf.layout.section, *row))
    out.seek(elf.layout.shoff)
    out.write(struct.pack(elf.order + ("I" if elf.layout.shoff == 32 else "Q"), start))


def _body(file: IO[bytes], end: int, hidden: Sequence[range]) -> Iterator[bytes]:
    """Yield what lies before `end`, with zeros for what is hidden."""
    at = 0
    for one in hidden:
        start, stop = min(one.start, end), min(one.stop, end)
        yield from _copied(file, at, start)
        yield bytes(stop - start)
        at = stop
    yield from _copied(file, at, end)


def _copied(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    for at in range(start, stop, _CHUNK):
        yield _part(file, at, min(_CHUNK, stop - at))


def _pad(out: IO[bytes], alignment: int) -> None:
    out.write(bytes(-out.tell() % alignment))
