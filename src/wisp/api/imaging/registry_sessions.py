"""Sessions with the registries of images, with the logins of this user."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.opened import OpenedWorkspace
from wisp.specs.oci import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.registry.session import RegistrySession


def session_with(
    workspace: OpenedWorkspace,
    reference: Reference,
    written: Sequence[str] = (),
    read: Sequence[str] = (),
) -> RegistrySession:
    """Open a session with the registry of a reference, for repositories written to and read."""
    from wisp.engine.registry.credentials import RegistryLogins
    from wisp.engine.registry.session import RegistrySession, pull_scope, push_scope

    logins = RegistryLogins(workspace.environ, workspace.session.credentials)
    login = logins.of(reference.registry, reference.repository)
    for fault in logins.faults:
        words = ": ".join([fault.message, *map(str, fault.causes)])
        workspace.reporter.warn(words, tuple(fault.hints))
    return RegistrySession(
        workspace.session.http,
        reference.registry,
        login=login,
        scopes=(*map(push_scope, written), *map(pull_scope, read)),
    )
