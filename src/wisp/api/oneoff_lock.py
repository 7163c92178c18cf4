"""`exec --lock FILE`: a one-off command whose packages stand in a lock file.

The file is like that of a workspace with one environment: for this machine's platform as a
workspace would declare it, and for those that others have locked it for. It may lie anywhere, as
beside the script whose first line names it, and move between machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.api.prefixes import install_at
from wisp.api.provisioning import is_complete
from wisp.api.spec_locks import lock_for, read_lock
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.safe.owner import require_own
from wisp.errors import LockFileError, SolveError
from wisp.install.apply import EVERYTHING, InstallOptions
from wisp.install.state import lock_hash
from wisp.lock.select import locked_environment
from wisp.platforms import bare
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.oneoff.request import OneOff
    from wisp.specs.inputs import EnvironmentInputs


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedRequest:
    """A one-off environment that a lock file decides on.

    `inputs` are what it asks for on this machine, `spelled` its conda requirements as match specs,
    `file` the lock, which may not change if `locked`. The prefix will lie below `home`, and is made
    anew by `force`.
    """

    wanted: OneOff
    inputs: EnvironmentInputs
    spelled: Sequence[str]
    file: Path
    home: Path
    locked: bool
    force: bool


def locked_one_off(session: SessionContext, request: LockedRequest) -> Path:
    """Make the environment that is locked for a command, and return its prefix.

    The folder is named by what is locked, so that no command that runs has its own changed. A guess
    beside packages that were named is dropped where there is no such package. Raises what
    `wisp.api.spec_locks.lock_for` and installing raise.
    """
    wanted = request.wanted
    try:
        return _installed(session, request)
    except (SolveError, LockFileError):
        if wanted.guess is None or not wanted.beside:
            raise
        asked = replace(request.inputs, dependencies=wanted.asked)
        return _installed(session, replace(request, inputs=asked))


def _installed(session: SessionContext, request: LockedRequest) -> Path:
    inputs = _for_all_platforms(request)

    def while_solving(one: EnvironmentInputs) -> Path:
        return _folder(request, one.platform.subdir)

    lock = lock_for(session, request.file, inputs, while_solving, locked=request.locked)
    here = inputs[0]
    locked = locked_environment(lock, here.environment, here.platform.name, here.root, here)
    prefix = _folder(request, lock_hash(locked))
    prefix.mkdir(parents=True, exist_ok=True)
    require_own(prefix)
    with exclusive_folder(prefix):
        if request.force or not is_complete(prefix):
            install_at(
                session,
                locked,
                prefix,
                InstallOptions(
                    manifest_path=request.file,
                    reinstall=EVERYTHING if request.force else frozenset(),
                    tells_its_path=False,
                    release=session.level.release,
                ),
            )
    return prefix


def _folder(request: LockedRequest, locked: str) -> Path:
    return request.home / request.wanted.folder(request.spelled, locked)


def _for_all_platforms(request: LockedRequest) -> tuple[EnvironmentInputs, ...]:
    """Return what is asked for on this machine's platform, then on others that are locked."""
    here = replace(request.inputs, platform=bare(request.wanted.platform.subdir))
    known = read_lock(request.file)
    subdirs = [row.subdir for row in known.platforms] if known is not None else []
    others = [subdir for subdir in dict.fromkeys(subdirs) if subdir != here.platform.subdir]
    return (here, *(replace(here, platform=bare(subdir)) for subdir in others))
