"""Images to and from registries, with the logins of this user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.api.imaging.registry_sessions import session_with
from wisp.api.opened import OpenedWorkspace
from wisp.image.push import PushSummary, push, push_referrers
from wisp.image.referrers import Referrer
from wisp.specs.oci import Reference
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.imaging.building import BuiltImage


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedImage:
    """An image in a repository: its names there, and how its blobs came to be there."""

    names: tuple[Reference, ...]
    summary: PushSummary


def push_image(
    workspace: OpenedWorkspace,
    built: BuiltImage,
    names: Sequence[Reference],
    referrers: Sequence[Referrer] = (),
) -> tuple[PushedImage, ...]:
    """Put an image under names into their registries, each repository once, and attach referrers.

    Raises:
        RegistryError, FetchError: A registry refuses, or does not answer.
        CredentialError: A login is damaged.

    """
    repositories: dict[tuple[str, str], list[Reference]] = {}
    for name in names:
        repositories.setdefault((name.registry, name.repository), []).append(name)
    return tuple(
        _pushed(workspace, built, tuple(found), referrers) for found in repositories.values()
    )


def _pushed(
    workspace: OpenedWorkspace,
    built: BuiltImage,
    names: tuple[Reference, ...],
    referrers: Sequence[Referrer],
) -> PushedImage:
    first = names[0]
    source = _source(first, built.bases)
    sources = (source,) if source else ()
    session = session_with(workspace, first, (first.repository,), sources)
    summary = push(
        session,
        first.repository,
        [name.identifier for name in names],
        built.blobs,
        built.cache.store,
        source=source,
        reporter=workspace.reporter,
    )
    push_referrers(session, first.repository, referrers)
    return PushedImage(names=names, summary=summary)


def _source(target: Reference, bases: Iterable[str]) -> str | None:
    """Return the repository of a base that the same registry has."""
    for text in bases:
        base = Reference.parse(text)
        if base.registry == target.registry and base.repository != target.repository:
            return base.repository
    return None
