"""What the packages of an environment give: executables, and whether they are what is asked for.

Pure: records and file names in, verdicts out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from wisp.activation.variables import UNIX_FOLDERS, WINDOWS_FOLDERS
from wisp.lock.graph import Need, PackageGraph, every_marker
from wisp.patterns import pattern
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.match import requirement_spec
from wisp.specs.pypi import PypiRequirement
from wisp.specs.records import CondaRecord
from wisp.toolbox.manifest import ToolEnvironment
from wisp.toolbox.names import executable_name
from wisp.values import dataclass

#: What conda's installers look for (conda-build, "Link and unlink scripts").
_LINK_SCRIPT = pattern(r"\..+-(pre-link|post-link|pre-unlink|post-unlink)\.(sh|bat)")


class Package(Protocol):
    """An installed package, of conda or PyPI."""

    @property
    def files(self) -> tuple[str, ...]:
        """Its files, relative to the prefix."""


@dataclass(frozen=True, slots=True)
class Executable:
    """An executable of a package: its name, and its path relative to the prefix."""

    name: str
    path: str


def executables(
    package: Package, runnable: frozenset[str], *, windows: bool
) -> tuple[Executable, ...]:
    """Return the executables of a package, in the order of its files.

    `runnable` are the paths of a prefix that the machine would run. Scripts that installers run
    when a package is linked lie beside them, and are no commands.
    """
    folders = {name.lower() for name in (WINDOWS_FOLDERS if windows else UNIX_FOLDERS)}
    return tuple(
        Executable(executable_name(path, windows=windows), path)
        for path in package.files
        if path.rpartition("/")[0].lower() in folders
        and path in runnable
        and not _LINK_SCRIPT.fullmatch(path.rpartition("/")[2])
    )


def by_name(found: Iterable[Executable]) -> dict[str, Executable]:
    """Return executables by name; of several of one name the first."""
    names: dict[str, Executable] = {}
    for one in found:
        names.setdefault(one.name, one)
    return names


def holds_pypi(wanted: Iterable[PypiRequirement], versions: Mapping[str, str]) -> bool:
    """Tell whether versions, by normalised name, are what is asked of PyPI."""
    return all(
        one.normalized in versions and _admits(one.spec.version or "*", versions[one.normalized])
        for one in wanted
    )


def _admits(specifiers: str, version: str) -> bool:
    from packaging.specifiers import SpecifierSet

    try:
        return specifiers == "*" or SpecifierSet(specifiers).contains(version, prereleases=True)
    except ValueError:  # no specifier, or a number of thousands of digits
        return False


def holds(
    environment: ToolEnvironment, records: Sequence[CondaRecord], subdir: str, urls: Iterable[str]
) -> bool:
    """Tell whether packages are what an environment asks for, and nothing besides.

    `urls` are those of its channels.
    """
    known = {record.name: record for record in records}
    bases = {url.rstrip("/") for url in urls}
    asked = conda_requirements(environment)
    return (
        all(_fulfilled(one, known) for one in asked)
        and known.keys() == _reachable(asked, known)
        and all(record.subdir in (subdir, "noarch") for record in records)
        and all(record.channel is None or record.channel in bases for record in records)
    )


def conda_requirements(environment: ToolEnvironment) -> tuple[CondaRequirement, ...]:
    """Return what an environment asks of channels: a Python too where it has wheels."""
    asked = environment.dependencies
    if environment.pypi and all(one.name != "python" for one in asked):
        return (CondaRequirement("python", CondaSpec()), *asked)
    return asked


def _fulfilled(requirement: CondaRequirement, known: Mapping[str, CondaRecord]) -> bool:
    record = known.get(requirement.name)
    return record is not None and requirement_spec(requirement).matches(record)


def _reachable(
    requirements: Iterable[CondaRequirement], known: Mapping[str, CondaRecord]
) -> set[str]:
    asked = [one for one in requirements if one.name in known]
    start = [Need(known[one.name], frozenset(one.spec.extras), None, one.name) for one in asked]
    return {name for _, name in PackageGraph(known.values(), every_marker).reached(start)}
