"""One writer at a time in a workspace, without leaving a file in it.

POSIX lets a folder itself be locked. Windows does not: there a file in the folder for temporary
files stands for the workspace, named by its path.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from wisp.engine.file_locks import held_file, hold
from wisp.engine.files import refusal, sweep_drafts


@contextlib.contextmanager
def exclusive_folder(folder: Path) -> Iterator[None]:
    """Hold the exclusive lock of a folder; waits while another process holds it.

    Readers need no lock: what writers write appears whole or not at all. The lock ends with the
    process, however that ends, and is not inherited by children. What a killed writer left half
    done in the folder is removed.

    Raises:
        HostError: The folder cannot be opened.

    """
    if sys.platform == "win32":
        import hashlib
        import tempfile

        name = hashlib.sha256(str(folder.resolve()).lower().encode()).hexdigest()[:24]
        with held_file(Path(tempfile.gettempdir()) / f"wisp-{name}.lock"):
            sweep_drafts(folder)
            yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise refusal("lock", folder, error) from error
    with hold(descriptor, folder, inherited=False):
        sweep_drafts(folder)
        yield
