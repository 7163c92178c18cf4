"""Files in which logins are kept: one that is not there holds none, and any other is read or told.

To pass over a file that cannot be read would mean to ask a server as nobody, and to tell people
that it refused them.
"""

from __future__ import annotations

import os
from pathlib import Path

from wisp.engine.files import refusal
from wisp.errors import Place
from wisp.specs.credentials import CredentialError
from wisp.trust import found_bytes

#: A file of logins is short. Python takes two seconds for a megabyte of netrc.
LARGEST = 1024 * 1024


def kept_bytes(path: Path, *, ours: bool = False) -> bytes | None:
    """Return what is in such a file; None where there is none, or none that we can get to.

    A home may be closed to us, or no folder: `HOME=/root` in a container that runs as another user.
    A folder holds none either, as Docker makes where a file to mount is missing; unless it is in
    the place of a file of `ours`, which we write.

    Raises `CredentialError` for a pipe or a device, for what is too large, may not be read, or is a
    link that leads to itself.
    """
    try:
        return found_bytes(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        if not os.path.lexists(path) or (not ours and os.path.isdir(path)):  # noqa: PTH112
            return None
        told = refusal("read", path, error)
        hints = told.hints or ["mend the file, or move it away and log in again"]
        place = Place(str(path))
        raise CredentialError(told.message, causes=told.causes, hints=hints, place=place) from error
