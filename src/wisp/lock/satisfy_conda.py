"""The conda records of one platform, as requirements see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from wisp.lock.places import absolute, conda_source_fits
from wisp.platforms import Platform, VirtualPackage
from wisp.specs.conda import CondaRequirement, known_channel_url
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.locations import PathLocation, UrlLocation
from wisp.specs.match import Spec, condition_holds
from wisp.specs.package_names import providers, pypi_names
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, CondaSourceRecord, LockedConda
from wisp.values import replace


class CondaSide:
    """Locked conda packages and the platform's virtual ones, by name.

    `built` leaves out sources, and names that virtual packages have too.
    """

    def __init__(self, records: Iterable[LockedConda], platform: Platform) -> None:
        self.records: dict[str, LockedConda] = {}
        self.duplicate: str | None = None
        for record in records:
            if record.name in self.records:
                self.duplicate = record.name
            self.records[record.name] = record
        self.virtual: dict[str, VirtualPackage] = {
            package.name: package for package in platform.virtual_packages()
        }
        self.built: dict[str, CondaRecord] = {
            name: record
            for name, record in self.records.items()
            if isinstance(record, CondaRecord) and name not in self.virtual
        }

    @cached_property
    def by_pypi_name(self) -> Mapping[str, CondaRecord]:
        """The conda packages that stand for PyPI packages, by their normalised PyPI names."""
        return _pypi_names(self.records.values())

    def meets(self, spec: Spec) -> LockedConda | VirtualPackage | None:
        """Return the package that a spec is met by, virtual packages included."""
        virtual = self.virtual.get(spec.name)
        if virtual is not None:
            return virtual if _meets(virtual, spec) else None
        record = self.records.get(spec.name)
        if record is None:
            return None
        if isinstance(record, CondaSourceRecord):
            return record
        return record if spec.matches(record) else None

    def applies(self, condition: str | None) -> bool:
        """Tell whether the condition of a spec holds for what is locked."""
        if condition is None:
            return True
        return condition_holds(condition, lambda spec: self.meets(spec) is not None)


def _meets(virtual: VirtualPackage, spec: Spec) -> bool:
    """Tell whether a virtual package meets a spec.

    Locks write `__archspec=0=NAME`, where machines and packages count versions from 1.
    """
    if virtual.name == "__archspec" and virtual.version == "0":
        return spec.matches(virtual) or spec.matches(replace(virtual, version="1"))
    return spec.matches(virtual)


def _pypi_names(records: Iterable[LockedConda]) -> Mapping[str, CondaRecord]:
    """Map PyPI names to the conda packages that provide them, by their purls.

    Old locks have no purls; names on conda-forge are those on PyPI as a rule.
    """
    return providers(
        (record, _claimed(record)) for record in records if isinstance(record, CondaRecord)
    )


def _claimed(record: CondaRecord) -> tuple[str, ...]:
    known = record.purls is not None or not (record.channel or "").endswith("/conda-forge")
    return pypi_names(record.purls) if known else (normalize(record.name),)


def comes_from(
    requirement: CondaRequirement, record: CondaRecord, inputs: EnvironmentInputs
) -> bool:
    """Tell whether a built package has the channel, file name or location that is asked for."""
    spec = requirement.spec
    if isinstance(spec.location, UrlLocation):
        return record.location == spec.location.url.partition("#")[0]
    if isinstance(spec.location, PathLocation):
        wanted = absolute(spec.location.path, inputs.root)
        return absolute(record.location, inputs.root) == wanted
    if spec.file_name is not None and spec.file_name != record.location.rpartition("/")[2]:
        return False
    if spec.channel is None:
        return True
    wanted = known_channel_url(spec.channel, inputs.channels, inputs.root)
    return wanted.rstrip("/") == record.channel


def source_fits(
    requirement: CondaRequirement, record: CondaSourceRecord, inputs: EnvironmentInputs
) -> bool:
    """Tell whether locked sources are those that the manifest asks for."""
    assert requirement.spec.location is not None
    return conda_source_fits(requirement.spec.location, record, inputs.root)
