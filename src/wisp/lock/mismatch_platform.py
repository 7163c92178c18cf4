"""Why what is locked for one platform does not fit: reasons found among its packages."""

from __future__ import annotations

from wisp.lock.mismatch import Mismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from wisp.lock.mismatch import SolvedKind

#: Who requires what the manifest itself requires.
MANIFEST = "<environment>"


class MissingPurls(Mismatch):
    """Nobody looked which PyPI packages the conda packages stand for."""

    wording: ClassVar[str] = "missing purls"


class DuplicatePackage(Mismatch):
    """Two packages of one name are locked."""

    package: str

    wording: ClassVar[str] = "there was a duplicate entry for '{package}'"


class RequirementUnmet(Mismatch):
    """A requirement of the manifest or of a locked package is not met by what is locked."""

    requirement: str
    required_by: str

    wording: ClassVar[str] = (
        "the requirement '{requirement}' could not be satisfied (required by '{required_by}')"
    )


class DependencyUnreadable(Mismatch):
    """What a locked package depends on is no match spec."""

    fault: str

    wording: ClassVar[str] = "{fault}"


class PypiRequirementUnmet(RequirementUnmet):
    """No PyPI package of the required name is locked."""

    level: ClassVar[SolvedKind] = "pypi"


class SourceWanted(Mismatch):
    """The manifest asks for sources, the lock has a built package."""

    package: str

    wording: ClassVar[str] = (
        "'{package}' is requested as a source dependency but the lock file has a binary package"
    )


class SourceNotWanted(Mismatch):
    """The lock has sources, nothing asks for them."""

    package: str

    wording: ClassVar[str] = (
        "'{package}' is locked as a source package but is only requested as a binary package"
    )


class SourceMoved(Mismatch):
    """The sources are asked for from another place than the locked one."""

    package: str
    wanted: str
    locked: str

    wording: ClassVar[str] = (
        "the source package '{package}' is required from {wanted} but the lock file has {locked}"
    )


class ConstraintViolated(Mismatch):
    """A locked package lies outside a constraint of the manifest."""

    constraint: str
    package: str

    wording: ClassVar[str] = (
        "the locked package '{package}' does not satisfy the constraint '{constraint}'"
    )


class CondaPackagesUnused(Mismatch):
    """Conda packages are locked that nothing requires; no names where nothing is required."""

    packages: tuple[str, ...] = ()

    wording: ClassVar[str] = (
        "there are more conda packages in the lock file than are used by the environment: "
        "{packages}"
    )


class PypiPackagesUnused(Mismatch):
    """PyPI packages are locked that nothing requires."""

    level: ClassVar[SolvedKind] = "pypi"

    packages: tuple[str, ...] = ()

    wording: ClassVar[str] = (
        "there are more pypi packages in the lock file than are used by the environment: {packages}"
    )


class PythonMissing(Mismatch):
    """PyPI packages are required but no Python is locked."""

    wording: ClassVar[str] = (
        "there are pypi dependencies but the lock file has no python interpreter"
    )


class PythonExcluded(Mismatch):
    """A locked PyPI package does not admit the locked Python."""

    level: ClassVar[SolvedKind] = "pypi"

    package: str
    requires_python: str
    python: str

    wording: ClassVar[str] = (
        "'{package}' requires python version {requires_python} but the python interpreter in "
        "the lock file has version {python}"
    )


class VersionOutside(Mismatch):
    """A locked version lies outside the required range."""

    package: str
    specifiers: str
    version: str

    wording: ClassVar[str] = (
        "'{package}' with specifiers '{specifiers}' does not match the locked version '{version}'"
    )


class IndexDiffers(Mismatch):
    """A locked file came from another index than the required one."""

    package: str
    wanted: str
    locked: str

    wording: ClassVar[str] = "'{package}' requires index {wanted} but the lock file has {locked}"


class LocationDiffers(Mismatch):
    """A package is required from a URL, repository or path that is not the locked one."""

    package: str
    expected: str
    locked: str

    wording: ClassVar[str] = "'{package}' expected {expected} but the lock file has: '{locked}'"


class LocationOnConda(Mismatch):
    """A package that conda provides is required from a URL, repository or path."""

    package: str
    form: str

    wording: ClassVar[str] = (
        "'{package}' is required as {form} but is already installed as a conda package"
    )


class LocalMetadataChanged(Mismatch):
    """The metadata of a local Python project is not the locked one."""

    level: ClassVar[SolvedKind] = "pypi"

    package: str
    change: str

    wording: ClassVar[str] = "metadata for local package '{package}' has changed: {change}"


class LocalMetadataUnknown(Mismatch):
    """The metadata of a local Python project cannot be told without building it."""

    level: ClassVar[SolvedKind] = "pypi"

    package: str
    problem: str

    wording: ClassVar[str] = "the metadata of local package '{package}' is not known: {problem}"


class CondaOnlyForPypi(Mismatch):
    """A conda package is locked that no conda requirement asks for."""

    package: str

    wording: ClassVar[str] = (
        "'{package}' is locked as a conda package but only requested by pypi dependencies"
    )


class NeedsBackend(Mismatch):
    """Only a build back-end can tell whether a source package is still what is locked."""

    package: str
    location: str

    wording: ClassVar[str] = (
        "the metadata of source package '{package}' can only be checked by its build "
        "back-end ({location})"
    )


class GroupOutdated(Mismatch):
    """Another environment of the solve group is out of date on this platform."""

    group: str

    wording: ClassVar[str] = "another environment of the solve group '{group}' is out of date"


class GroupDisagrees(GroupOutdated):
    """Members of a solve group have different packages of one name locked."""

    package: str

    wording: ClassVar[str] = (
        "the solve group '{group}' has different packages locked for '{package}'"
    )
