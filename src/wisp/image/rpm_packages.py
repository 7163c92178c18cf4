"""What rpm has installed, by its database of the newer kind (SQLite), as a stranger's is read.

Sources: rpm's documentation, "RPM v4 header format" (an index of tag, type, offset and count, then
the data) and "Tags"; SQLite, "Defense Against The Dark Arts".
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing

from wisp.image.system_package import SystemPackage
from wisp.patterns import pattern

_FOLDERS = "(var/lib|usr/lib/sysimage|usr/share)/rpm"
RPM = pattern(rf"{_FOLDERS}/rpmdb\.sqlite")
#: Older databases, which only rpm itself can read.
RPM_OLD = pattern(rf"{_FOLDERS}/Packages(\.db)?")
_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH = 1000, 1001, 1002, 1003, 1014, 1022
_PROVIDES, _REQUIRES = 1047, 1049
_WANTED = {_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH, _PROVIDES, _REQUIRES}
_INT32, _STRINGS = 4, (6, 8, 9)
_MOST_PACKAGES = 50_000
#: Steps of SQLite's machine, in thousands: a hostile schema would go on for ever.
_MOST_STEPS = 20_000
#: What a signature is kept as is no package.
_KEY = "gpg-pubkey"

_Header = dict[int, list[str]]


def rpm_packages(database: bytes) -> tuple[SystemPackage, ...] | None:
    """Return the packages that a database lists, by name; None if it cannot be read."""
    try:
        headers = [_header(blob) for blob in _blobs(database)]
    except (sqlite3.Error, ValueError, struct.error):
        return None
    rows = [one for one in headers if one.get(_NAME) and one[_NAME][0] != _KEY]
    owners = {name: row[_NAME][0] for row in rows for name in row.get(_PROVIDES, ())}
    return tuple(sorted((_package(row, owners) for row in rows), key=lambda one: one.name)) or None


def _blobs(database: bytes) -> Iterator[bytes]:
    """Read the headers of packages; nothing of the file's own is run."""
    # In memory there is no journal, which a file of this kind asks for by these two bytes.
    content = database[:18] + b"\1\1" + database[20:]
    steps = iter(range(_MOST_STEPS))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.set_progress_handler(lambda: next(steps, None) is None, 1000)
        found = connection.execute("SELECT blob FROM Packages LIMIT ?", (_MOST_PACKAGES,))
        yield from (row[0] for row in found if isinstance(row[0], bytes))


def _header(blob: bytes) -> _Header:
    """Read the fields that are wanted. Raises `ValueError` or `struct.error`."""
    count, size = struct.unpack_from(">II", blob)
    start = 8 + 16 * count
    if start + size > len(blob):
        raise ValueError("a header is cut")
    data = blob[start : start + size]
    rows = struct.iter_unpack(">IIII", blob[8:start])
    return {tag: _values(data, *row) for tag, *row in rows if tag in _WANTED}


def _values(data: bytes, kind: int, offset: int, count: int) -> list[str]:
    if kind == _INT32:
        return [str(number) for (number,) in struct.iter_unpack(">I", data[offset : offset + 4])]
    if kind not in _STRINGS:
        return []
    texts = data[offset:].split(b"\0", min(count, len(data)))[:count]
    return [text.decode("utf-8", "replace") for text in texts]


def _package(row: _Header, owners: dict[str, str]) -> SystemPackage:
    def first(tag: int) -> str:
        return next(iter(row.get(tag, ())), "")

    name, epoch = first(_NAME), first(_EPOCH)
    return SystemPackage(
        name=name,
        version="-".join(filter(None, (first(_VERSION), first(_RELEASE)))),
        architecture=first(_ARCH),
        license=first(_LICENSE),
        needs=_needs(row.get(_REQUIRES, ()), owners, name),
        epoch=int(epoch) if epoch else None,
    )


def _needs(wanted: Iterable[str], owners: dict[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({owners[one] for one in wanted if one in owners} - {name}))
