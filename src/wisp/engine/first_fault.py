"""Which of several bad packages is told: the first in order, whichever rattler came upon first.

rattler fetches and links packages side by side and gives up at the first that is wrong. Who reads
the error, or compares that of two machines, expects the same input to give the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from wisp.errors import WispError
from wisp.specs.records import CondaRecord

#: Tries records, and raises what one of them is refused for.
Attempt = Callable[[tuple[CondaRecord, ...]], Awaitable[None]]


async def first_fault(
    records: Sequence[CondaRecord], error: WispError, attempt: Attempt
) -> WispError:
    """Return the error of the first record that has one, given that of any.

    What stands before it is tried again without it, with Python, which others cannot be linked
    without. An error that is no single package's, as of the network or the disk, is left as it is.
    """
    at = _number(records, error)
    while at:
        earlier = list(records[:at])
        earlier += [one for one in records[at + 1 :] if one.name == "python"]
        try:
            await attempt(tuple(earlier))
        except WispError as earlier_error:
            found = _number(records[:at], earlier_error)
            if found is None:
                break
            error, at = earlier_error, found
        else:
            break
    return error


def _number(records: Sequence[CondaRecord], error: WispError) -> int | None:
    """Return the number of the record that an error is the fault of, None if it is of none."""
    stems = [f"{row.name}-{row.version}-{row.build}" for row in records]
    return stems.index(error.package) if error.package in stems else None
