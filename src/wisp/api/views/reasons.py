"""Why a package is locked: chains from what the manifest asks for, wherever it is locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locked_view import look_up_all
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.requested import conda_text
from wisp.errors import WispError
from wisp.lock.chains import shortest_chains
from wisp.lock.graph import Need, PackageGraph, graph_of, key_of
from wisp.lock.wanted import from_manifest
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.package_names import pypi_names
from wisp.specs.pypi import normalize
from wisp.specs.records import PypiRecord, Record, package_kind
from wisp.specs.similarity import mistyped
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.records import PackageKind


@dataclass(frozen=True, slots=True)
class Link:
    """A package of a chain, and what the one before it, or the manifest, asks of it."""

    name: str
    version: str
    kind: PackageKind
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one package is locked for an environment on a platform.

    Each of the `chains` begins with what the manifest asks for and ends with the package. There
    are none where only something that is no package needs it.
    """

    environment: str
    platform: str
    name: str
    version: str
    kind: PackageKind
    chains: tuple[tuple[Link, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the reason as plain data."""
        chains = [
            [
                {
                    "name": one.name,
                    "version": one.version,
                    "kind": one.kind,
                    "requirement": one.requirement,
                }
                for one in chain
            ]
            for chain in self.chains
        ]
        return {
            "environment": self.environment,
            "platform": self.platform,
            "name": self.name,
            "version": self.version,
            "kind": self.kind,
            "chains": chains,
        }


def why(
    workspace: OpenedWorkspace,
    package: str,
    environments: Sequence[str] = (),
    platforms: Sequence[str] = (),
    *,
    usage: LockUsage = AS_NEEDED,
) -> tuple[Reason, ...]:
    """Tell why a package is locked, in all environments and on all platforms unless named.

    Raises what `look_up_all` raises, and `WispError` if it is locked nowhere there.
    """
    lock, chosen = look_up_all(workspace, environments, platforms, usage)
    found: list[Reason] = []
    names: set[str] = set()
    for inputs in chosen:
        records = lock.packages(inputs.environment, inputs.platform.name)
        names.update(record.name for record in records)
        found += reasons_in(records, inputs, package)
    if not found:
        raise _not_locked(package, names, anywhere=not environments and not platforms)
    return tuple(found)


def reasons_in(
    records: Sequence[Record], inputs: EnvironmentInputs, package: str
) -> Iterator[Reason]:
    """Yield the packages of that name, of either kind, with the chains that lead to them."""
    graph = graph_of(records, inputs.platform.subdir)
    for record in _called(package, records):
        chains = shortest_chains(graph, tuple(asked_for(graph, inputs)), key_of(record))
        yield Reason(
            environment=inputs.environment,
            platform=inputs.platform.name,
            name=record.name,
            version=record.version or "",
            kind=package_kind(record),
            chains=tuple(tuple(map(_link, chain)) for chain in chains),
        )


def _called(name: str, records: Iterable[Record]) -> Iterator[Record]:
    """Yield what has a name, and a conda package that stands for a PyPI package of that name."""
    wanted = normalize(name)
    for record in records:
        purls = () if isinstance(record, PypiRecord) else record.purls
        if name.lower() == record.name or wanted in (normalize(record.name), *pypi_names(purls)):
            yield record


def asked_for(graph: PackageGraph, inputs: EnvironmentInputs) -> Iterator[Need]:
    """Yield what the manifest asks for and the lock has, as needs without a dependent."""
    for requirement in inputs.dependencies:
        record = graph.conda(requirement.name)
        if record is not None:
            spec = requirement.spec
            text = f"{requirement.name} {conda_text(spec)}"
            yield Need(record, frozenset(spec.extras), None, text)
    for requested in inputs.pypi_dependencies:
        wanted = from_manifest(requested)
        found = graph.pypi(wanted.name)
        if found is not None:
            text = wanted.text.partition(" ;")[0]
            yield Need(found, wanted.extras, None, text if wanted.specifiers else f"{text} *")


def _link(need: Need) -> Link:
    record = need.record
    return Link(record.name, record.version or "", package_kind(record), need.text)


def _not_locked(package: str, names: Iterable[str], *, anywhere: bool) -> WispError:
    where = "" if anywhere else " in what was chosen"
    return WispError(
        f"no package '{package}' is locked{where}",
        hints=(*mistyped(package, names), "`pixi list` shows what is"),
    )
