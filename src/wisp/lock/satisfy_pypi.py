"""Checks of one PyPI requirement against what is locked under its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wisp.layout import DEFAULT_INDEX
from wisp.lock.entries import NO_VERSION
from wisp.lock.facts import SourceFacts
from wisp.lock.markers import normal_marker
from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import (
    IndexDiffers,
    LocalMetadataChanged,
    LocalMetadataUnknown,
    LocationDiffers,
    LocationOnConda,
    PythonExcluded,
    RequirementUnmet,
    VersionOutside,
)
from wisp.lock.places import expectation, fits
from wisp.lock.wanted import PypiRequirementView, from_metadata
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.match import python_version_matches
from wisp.specs.metadata import CoreMetadata
from wisp.specs.origins import IndexFile, LocalFolder
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.specs.urls import without_credentials
from wisp.values import dataclass, field

_LOWER_BOUNDS = frozenset({">", ">=", "~="})
#: From this version on locks say which index each package came from.
_FIRST_WITH_INDEX = 7
#: From this version on they name the branch or tag that led to a commit.
_FIRST_WITH_REFS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiContext:
    """What a PyPI requirement is judged by besides the record."""

    environment: str
    platform: str
    root: Path
    lock_version: int
    python: str
    indexes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    overrides: Mapping[str, PypiRequirementView] = field(default_factory=dict)

    @property
    def where(self) -> dict[str, str]:
        """The place of a mismatch."""
        return {"environment": self.environment, "platform": self.platform}


def check_record(
    wanted: PypiRequirementView, record: PypiRecord, context: PypiContext
) -> Mismatch | None:
    """Tell why a locked PyPI package is not what is asked for, if it is not."""
    if wanted.location is not None:
        return _check_location(wanted, record, context)
    if isinstance(record.origin, LocalFolder) and not wanted.is_direct:
        return None
    version = record.version or NO_VERSION
    if not python_version_matches(wanted.specifiers, version):
        return VersionOutside(
            package=wanted.name,
            specifiers=wanted.specifiers,
            version=version,
            **context.where,
        )
    return _check_index(wanted, record, context) if wanted.is_direct else None


def _check_location(
    wanted: PypiRequirementView, record: PypiRecord, context: PypiContext
) -> Mismatch | None:
    assert wanted.location is not None
    exact = wanted.is_direct and context.lock_version >= _FIRST_WITH_REFS
    if fits(wanted.location, record.location, context.root, exact_ref=exact):
        return None
    return LocationDiffers(
        package=wanted.name,
        expected=expectation(wanted.location, record.location),
        locked=record.location,
        **context.where,
    )


def _check_index(
    wanted: PypiRequirementView, record: PypiRecord, context: PypiContext
) -> Mismatch | None:
    """Compare indexes; files of direct URLs and repositories have none, old locks tell none.

    Locks hold no credentials, so that those of the manifest do not count.
    """
    if context.lock_version < _FIRST_WITH_INDEX or not isinstance(record.origin, IndexFile):
        return None
    default = context.indexes[0] if context.indexes else DEFAULT_INDEX
    locked = _plain(record.index or default)
    known = {_plain(url) for url in (*context.indexes, *context.links)}
    allowed = {_plain(wanted.index)} if wanted.index else known
    if locked in allowed:
        return None
    return IndexDiffers(
        package=wanted.name, wanted=wanted.index or default, locked=locked, **context.where
    )


def _plain(index: str) -> str:
    return without_credentials(index).rstrip("/")


def check_conda_stand_in(
    wanted: PypiRequirementView, record: CondaRecord, required_by: str, context: PypiContext
) -> Mismatch | None:
    """Tell why a conda package may not stand for a required PyPI package, if it may not."""
    wanted = context.overrides.get(wanted.name, wanted)
    if wanted.location is not None:
        return LocationOnConda(package=wanted.name, form=_form(wanted), **context.where)
    if python_version_matches(wanted.specifiers, record.version):
        return None
    return RequirementUnmet(requirement=wanted.text, required_by=required_by, **context.where)


def _form(wanted: PypiRequirementView) -> str:
    if isinstance(wanted.location, PathLocation):
        return "an editable package" if wanted.location.editable else "a path"
    return "a git repository" if isinstance(wanted.location, GitLocation) else "a url"


def check_python(record: PypiRecord, context: PypiContext) -> Mismatch | None:
    """Check that the locked Python is not too old for the package.

    Upper bounds are no reason: uv ignores them when it chooses.
    """
    if not record.requires_python or _admits(record.requires_python, context.python):
        return None
    return PythonExcluded(
        package=record.name,
        requires_python=record.requires_python,
        python=context.python,
        **context.where,
    )


@cache
def _admits(specifiers: str, python: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        bounds = [one for one in SpecifierSet(specifiers) if one.operator in _LOWER_BOUNDS]
    except InvalidSpecifier:
        return True
    try:
        return SpecifierSet(bounds).contains(python, prereleases=True)
    except ValueError:  # a number of thousands of digits
        return False


def check_project(record: PypiRecord, facts: SourceFacts, context: PypiContext) -> Mismatch | None:
    """Compare the locked metadata of a local project with what its files say now."""
    problem = facts.unreadable.get(record.location)
    if problem is not None:
        return LocalMetadataUnknown(package=record.name, problem=problem, **context.where)
    metadata = facts.projects.get(record.location)
    change = None if metadata is None else _change(record, metadata)
    if change is None:
        return None
    return LocalMetadataChanged(package=record.name, change=change, **context.where)


def _change(record: PypiRecord, metadata: CoreMetadata) -> str | None:
    before = {_normal(text) for text in record.requires_dist}
    now = {_normal(text) for text in metadata.requires_dist}
    if before != now:
        added = ", ".join(sorted(now - before))
        removed = ", ".join(sorted(before - now))
        return f"dependencies changed - added: [{added}], removed: [{removed}]"
    old, new = record.requires_python, metadata.requires_python
    if _specifiers(old) != _specifiers(new):
        return f"requires-python changed from {old or 'none'} to {new or 'none'}"
    if record.version and metadata.version and record.version != metadata.version:
        return f"version changed from {record.version} to {metadata.version}"
    return None


@cache
def _normal(text: str) -> str:
    """Spell a requirement so that equal ones are equal texts."""
    wanted = from_metadata(text)
    if wanted is None:
        return text
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    marker = f" ; {normal_marker(wanted.marker)}" if wanted.marker else ""
    location = f" @ {wanted.location}" if wanted.location else ""
    return f"{wanted.name}{extras}{','.join(_specifiers(wanted.specifiers))}{location}{marker}"


def _specifiers(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    from packaging.specifiers import SpecifierSet

    return tuple(sorted(str(specifier) for specifier in SpecifierSet(text)))
