"""What rpm has installed, by its database of the newer kind (SQLite), as a stranger's is read.

Sources: rpm's documentation, "RPM v4 header format" (an index of tag, type, offset and count, then
the data) and "Tags"; rpm, `lib/header.c` (how many tags a header may have); SQLite, "Defense
Against The Dark Arts".
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing

from wisp.image.system_package import SystemPackage
from wisp.patterns import pattern
from wisp.values import dataclass, replace

_FOLDERS = "(var/lib|usr/lib/sysimage|usr/share)/rpm"
RPM = pattern(rf"{_FOLDERS}/rpmdb\.sqlite")
#: Older databases, which only rpm itself can read.
RPM_OLD = pattern(rf"{_FOLDERS}/Packages(\.db)?")
_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH = 1000, 1001, 1002, 1003, 1014, 1022
_PROVIDES, _REQUIRES = 1047, 1049
_LISTS = {_PROVIDES, _REQUIRES}
_WANTED = {_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH} | _LISTS
_INT32, _STRINGS = 4, (6, 8, 9)
_MOST_PACKAGES = 50_000
_MOST_TAGS = 65_535
#: Bytes of a text, the longest of which are licences.
_LONGEST = 1 << 16
#: What all packages together provide and require; a large system has 200,000.
_MOST_NAMES = 2_000_000
#: Steps of SQLite's machine, in thousands: a hostile schema would go on for ever.
_MOST_STEPS = 20_000
#: What a signature is kept as is no package.
_KEY = "gpg-pubkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A package, and by which names others may need it or it needs others."""

    package: SystemPackage
    provides: list[str]
    requires: list[str]


def rpm_packages(database: bytes) -> tuple[SystemPackage, ...] | None:
    """Return the packages that a database lists, by name; None if it cannot be read."""
    try:
        rows = [row for row in _rows(database) if row.package.name not in ("", _KEY)]
    except (sqlite3.Error, ValueError, struct.error):
        return None
    owners = {name: row.package.name for row in rows for name in row.provides}
    found = (replace(row.package, needs=_needs(row, owners)) for row in rows)
    return tuple(sorted(found, key=lambda one: one.name)) or None


def _rows(database: bytes) -> Iterator[_Row]:
    """Read headers. What is more than could lie beside each other in a file, a view made up."""
    room, names = len(database), _MOST_NAMES
    for blob in _blobs(database):
        row = _row(_Header(blob))
        room -= len(blob)
        names -= len(row.provides) + len(row.requires)
        if room < 0 or names < 0:
            raise ValueError("it has more than any system")
        yield row


def _blobs(database: bytes) -> Iterator[bytes]:
    """Read the headers of packages; nothing of the file's own is run."""
    # In memory there is no journal, which a file of this kind asks for by these two bytes.
    content = database[:18] + b"\1\1" + database[20:]
    steps = iter(range(_MOST_STEPS))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(content))
        connection.set_progress_handler(lambda: next(steps, None) is None, 1000)
        found = connection.execute("SELECT blob FROM Packages LIMIT ?", (_MOST_PACKAGES,))
        yield from (row[0] for row in found if isinstance(row[0], bytes))


class _Header:
    """The fields of a package. Raises `ValueError` or `struct.error` for what is no header."""

    def __init__(self, blob: bytes) -> None:
        count, size = struct.unpack_from(">II", blob)
        start = 8 + 16 * count
        if count > _MOST_TAGS or start + size > len(blob):
            raise ValueError("a header is cut")
        self._data = blob[start : start + size]
        self._index: dict[int, tuple[int, int, int]] = {}
        for tag, kind, offset, number in struct.iter_unpack(">IIII", blob[8:start]):
            # A tag stands there once: each that is repeated could name all of the data again.
            if tag in _WANTED:
                self._index.setdefault(tag, (kind, offset, number))

    def texts(self, tag: int) -> list[str]:
        kind, offset, count = self._index.get(tag, (0, 0, 0))
        if kind not in _STRINGS:
            return []
        if tag not in _LISTS:
            count, end = 1, offset + _LONGEST
        else:
            count, end = min(count, len(self._data)), None
        texts = self._data[offset:end].split(b"\0", count)[:count]
        return [text.decode("utf-8", "replace") for text in texts]

    def text(self, tag: int) -> str:
        return next(iter(self.texts(tag)), "")

    def number(self, tag: int) -> int | None:
        kind, offset, _ = self._index.get(tag, (0, 0, 0))
        return struct.unpack_from(">I", self._data, offset)[0] if kind == _INT32 else None


def _row(header: _Header) -> _Row:
    package = SystemPackage(
        name=header.text(_NAME),
        version="-".join(filter(None, (header.text(_VERSION), header.text(_RELEASE)))),
        architecture=header.text(_ARCH),
        license=header.text(_LICENSE),
        epoch=header.number(_EPOCH),
    )
    return _Row(package=package, provides=header.texts(_PROVIDES), requires=header.texts(_REQUIRES))


def _needs(row: _Row, owners: Mapping[str, str]) -> tuple[str, ...]:
    found = {owners[one] for one in row.requires if one in owners}
    return tuple(sorted(found - {row.package.name}))
