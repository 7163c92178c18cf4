"""Which of several bad packages is told: the first in order, whichever rattler came upon first.

rattler fetches and links packages side by side and gives up at the first that is wrong. Who reads
the error, or compares that of two machines, expects the same input to give the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from wisp.errors import FetchError, InstallError, WispError
from wisp.specs.records import CondaRecord

#: How the advice begins where the network or the machine is at fault, and no package.
_OF_THE_MACHINE = ("check the network", "check the permissions", "free some disk space")
#: Tries records, and raises what one of them is refused for.
Attempt = Callable[[tuple[CondaRecord, ...]], Awaitable[None]]


async def first_fault(
    records: Sequence[CondaRecord], told: WispError, attempt: Attempt
) -> WispError:
    """Return the error of the first record that has one, given that of any.

    What stands before it is tried again without it, with Python, which others cannot be linked
    without. An error that is no single package's, as of the network or the disk, is left as it is.
    """
    at = _number(records, told)
    while at:
        earlier = list(records[:at])
        earlier += [one for one in records[at + 1 :] if one.name == "python"]
        try:
            await attempt(tuple(earlier))
        except (FetchError, InstallError) as error:
            found = _number(records[:at], error)
            if found is None:
                break
            told, at = error, found
        else:
            break
    return told


def _number(records: Sequence[CondaRecord], error: WispError) -> int | None:
    """Return the number of the record that an error names, None if it is no package's fault."""
    words = error.message.replace("`", " ").replace("/", " ").split()
    stems = {f"{row.name}-{row.version}-{row.build}": n for n, row in enumerate(records)}
    for word in words:
        stem = word.removesuffix(".conda").removesuffix(".tar.bz2")
        if stem in stems and not any(hint.startswith(_OF_THE_MACHINE) for hint in error.hints):
            return stems[stem]
    return None
