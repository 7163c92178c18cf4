"""Making sure that an environment can be used: locked, installed, fit for this machine."""

from __future__ import annotations

from wisp.api import folders
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.use.fitness import check_installed
from wisp.engine.files import is_for_lack_of_room_or_right
from wisp.errors import HostError
from wisp.install.state import lock_hash, needs_full_check, quick_check
from wisp.lock.model import LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def make_folders(workspace: OpenedWorkspace) -> None:
    """Make the folders of environments, if anybody may: who installs nothing needs none.

    An installation meets that refusal again. Raises `HostError` for any other.
    """
    try:
        folders.prepare(workspace.places, workspace.reporter)
    except HostError as error:
        if not is_for_lack_of_room_or_right(error):
            raise


def ensure_installed(
    workspace: OpenedWorkspace,
    lock: LockFile,
    environment: str,
    platform: Platform | None,
    usage: LockUsage = AS_NEEDED,
    *,
    wanted: bool = False,
) -> None:
    """Install an environment unless its marker says that it holds what is locked.

    An environment without packages is never installed. Raises `ManifestError` if what is installed
    cannot run on this machine, or on the platform that is `wanted` instead; nobody checks who
    installs nothing.
    """
    make_folders(workspace)
    if platform is None or usage.no_install:
        return
    locked = locked_environment(lock, environment, platform.name, workspace.root)
    if locked.records:
        holds = quick_check(workspace.prefix(environment), lock_hash(locked))
        if not holds or needs_full_check(locked.records):
            from wisp.api.use.installing import install_locked

            install_locked(workspace, lock, {environment: platform})
        check_installed(workspace, environment, platform if wanted else None)
