"""How remote functions of SageMaker use an image, and what its lock lacks for them."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.imaging.building import ImageRequest, wanted_platforms
from wisp.api.locks.locking import lock_to_look_at
from wisp.api.opened import OpenedWorkspace
from wisp.lock.select import locked_environment
from wisp.specs.oci import Reference
from wisp.specs.package_names import pypi_names, python_of
from wisp.specs.pypi import normalize
from wisp.specs.records import PypiRecord
from wisp.values import dataclass

#: What a job of a remote function needs: pip, and any of the SDK's distributions.
_PIP = frozenset({"pip"})
_SDK = frozenset({"sagemaker", "sagemaker-core"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteUse:
    """How remote functions use an image: the line of code, the client's Python (major.minor).

    `lacks` names what the lock has not got and jobs need.
    """

    line: str
    python: str | None
    lacks: tuple[str, ...]


def remote_use(
    workspace: OpenedWorkspace, request: ImageRequest, names: Sequence[Reference]
) -> RemoteUse:
    """Tell how a client uses an image, and what its lock lacks.

    Raises:
        LockFileError, SolveError: See `wisp.api.locks.locking.lock_to_look_at`.

    """
    lock = lock_to_look_at(workspace, request.usage)
    platform = wanted_platforms(workspace, request.environment, request.platforms)[0]
    locked = locked_environment(lock, request.environment, platform.name, workspace.root)
    known = {normalize(record.name) for record in locked.records}
    for record in locked.records:
        if not isinstance(record, PypiRecord):
            known.update(pypi_names(record.purls))
    python = python_of(locked.records)
    wanted = {"pip": _PIP, "sagemaker": _SDK}
    return RemoteUse(
        line=f'@remote(image_uri="{names[0]}")',
        python=".".join(str(python.version).split(".")[:2]) if python else None,
        lacks=tuple(name for name, any_of in wanted.items() if known.isdisjoint(any_of)),
    )
