"""Two records of one package made one: what only the other knows is taken from it."""

from __future__ import annotations

from wisp.specs.records import CondaRecord
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COMPLETED = ("purls", "run_exports", "md5", "sha256")


def merged(record: CondaRecord, other: CondaRecord) -> CondaRecord:
    """Complete a record by names, run exports and hashes that it lacks."""
    missing: dict[str, Any] = {
        key: getattr(other, key)
        for key in _COMPLETED
        if getattr(record, key) is None and getattr(other, key) is not None
    }
    return replace(record, **missing) if missing else record
