"""What the location of a conda package tells about it, so that a lock need not repeat it."""

from __future__ import annotations

from wisp.platforms import SUBDIRS
from wisp.specs.locations import ARCHIVE_SUFFIXES
from wisp.specs.origins import is_wheel
from wisp.specs.urls import is_url
from wisp.values import dataclass

_SUBDIRS = frozenset(SUBDIRS)


@dataclass(frozen=True, slots=True)
class Derived:
    """The parts of a location; None where it does not tell."""

    name: str | None
    version: str | None
    build: str | None
    subdir: str | None
    channel: str | None
    file_name: str


def derive(location: str) -> Derived:
    """Split `CHANNEL/SUBDIR/NAME-VERSION-BUILD.(conda|tar.bz2)`, as far as it has that shape.

    A wheel that a channel lists may lie anywhere, so its entry says everything itself.
    """
    parent, _, file_name = location.rpartition("/")
    if is_wheel(location):
        return Derived(None, None, None, None, None, file_name)
    channel, slash, subdir = parent.rpartition("/")
    name, version, build = split_archive_name(file_name)
    known = is_url(location) and subdir in _SUBDIRS
    return Derived(
        name,
        version,
        build,
        subdir if known else None,
        channel if slash and known else None,
        file_name,
    )


def split_archive_name(file_name: str) -> tuple[str, str, str] | tuple[None, None, None]:
    """Return name, version and build of an archive's file name, or Nones if it is not one."""
    for suffix in ARCHIVE_SUFFIXES:
        if file_name.endswith(suffix):
            parts = file_name[: -len(suffix)].rsplit("-", 2)
            if len(parts) == 3:
                return parts[0], parts[1], parts[2]
    return None, None, None


def is_archive(location: str) -> bool:
    """Tell whether a conda location names a built package rather than a source folder."""
    return location.endswith(ARCHIVE_SUFFIXES) or is_wheel(location)


def derived_build_number(build: str) -> int:
    """Return the number formed by the digits at the end of a build string, 0 without any."""
    digits = build[len(build.rstrip("0123456789")) :]
    return int(digits) if digits else 0


def derived_noarch(subdir: str | None, build: str) -> str | None:
    """Return which kind of noarch package a build string suggests, None for other subdirs.

    `subdir` is that of the URL, where there is one: old locks gave packages of the `noarch` folder
    the subdir of the platform they were locked for. None where no location says it (a wheel).
    """
    if subdir != "noarch":
        return None
    return "python" if "py" in build else "generic"
