"""The digest of one locked environment, by which a prefix tells that it is up to date."""

from __future__ import annotations

from wisp.lock.model import LockedEnvironment
from wisp.specs.records import CondaSourceRecord, Record

#: What separates texts, which may not hold it (it is no byte of UTF-8).
_END = b"\xff"


def environment_lock_file_hash(environment: LockedEnvironment) -> str:
    """Return the hex digest (xxh3-64, no leading zeros) that prefix markers hold.

    Over each location in lock order with its hash (length as 8 bytes, little-endian, before the
    bytes), the subdir, and the sorted virtual packages as the lock spells them.
    """
    from xxhash import xxh3_64

    digest = xxh3_64()
    for record in environment.records:
        digest.update(record.location.encode() + _END)
        content = _content_hash(record)
        if content:
            digest.update(len(content).to_bytes(8, "little") + content)
    digest.update(environment.platform.subdir.encode() + _END)
    for package in sorted(environment.virtual_packages):
        digest.update(package.encode() + _END)
    return f"{digest.intdigest():x}"


def _content_hash(record: Record) -> bytes:
    if isinstance(record, CondaSourceRecord):
        return b""
    return bytes.fromhex(record.sha256 or record.md5 or "")
