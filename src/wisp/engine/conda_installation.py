"""What is wanted of a prefix, and where its conda packages come from."""

from __future__ import annotations

import os
from pathlib import Path

from wisp.engine.safe.root import Root
from wisp.specs.records import CondaRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rattler.repo_data.record import RepoDataRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaInstallation:
    """A wanted state: these records and no other, except for what `ignored` names.

    `reinstall` names packages to be linked anew although they are there already. `repair`
    says that an installation was interrupted here: whatever it left is taken away first, since
    a package that clashes with another would otherwise depend on which of them came so far.
    `label` is how progress calls the work, e.g. the environment's name. `place` is the path that
    packages are told, where the prefix is meant for another machine. `within` is the folder of the
    user's choice that the prefix lies in, from which on no link is followed; without one it is the
    prefix itself.
    """

    records: tuple[CondaRecord, ...]
    prefix: Path
    subdir: str
    reinstall: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    repair: bool = False
    label: str = ""
    place: str | None = None
    within: Root | None = None

    @property
    def ground(self) -> Root:
        """The way to what lies in the prefix."""
        return self.within or Root(self.prefix)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the packages of an installation come from.

    `records` are rattler's, in the order of the request. `held` names those whose entry in the
    shared cache was verified against their digest.
    """

    records: tuple[RepoDataRecord, ...]
    held: frozenset[str]


def linked_names(request: CondaInstallation) -> frozenset[str]:
    """Name the packages that are there already, and stay as they are."""
    meta = f"{request.prefix}/conda-meta"
    if request.repair or not os.path.isdir(meta):  # noqa: PTH112 - paths as text: it costs for each
        return frozenset()
    there = frozenset(os.listdir(meta))  # noqa: PTH208
    files = {one.name: f"{one.name}-{one.version}-{one.build}.json" for one in request.records}
    return frozenset(
        name
        for name, file in files.items()
        if file in there and name not in request.reinstall and os.path.exists(f"{meta}/{file}")  # noqa: PTH110
    )
