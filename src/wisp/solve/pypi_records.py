"""From uv's answer to the records of a lock: one file per package, spelled as Pixi spells it."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.engine.pylock import PylockFile, PylockGit, PylockPackage
from wisp.errors import SolveError
from wisp.layout import DEFAULT_INDEX
from wisp.patterns import pattern
from wisp.solve.pypi_question import PypiRequest, required_python
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.metadata import CoreMetadata
from wisp.specs.origins import DirectFile, GitCheckout
from wisp.specs.pypi import PypiOptions
from wisp.specs.records import PypiRecord
from wisp.specs.requirement_text import canonical_requirement
from wisp.specs.urls import is_url, without_credentials
from wisp.specs.wheels import best_wheel, supported_tags
from wisp.values import dataclass

#: Markers with alternatives, or with a pre-release of Python.
_COMPOUND = pattern(r" or |;.*\(|_version \S+ '[\d.]+[a-z]")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A package together with the one file of it that the platform gets (None: no file)."""

    package: PylockPackage
    file: PylockFile | None


def choose_files(request: PypiRequest, packages: tuple[PylockPackage, ...]) -> list[Chosen]:
    """Pick for each package the wheel an installer would take, else its source distribution.

    Raises `SolveError` for a package of which no file can be used.
    """
    python = required_python(request.conda)
    tags = supported_tags(request.platform, python.version, python.abi)
    chosen = []
    for package in packages:
        file = package.archive
        if package.wheels or package.sdist:
            best = best_wheel((wheel.filename for wheel in package.wheels), tags)
            file = next((w for w in package.wheels if w.filename == best), package.sdist)
            if file is None:
                raise SolveError(
                    f"{package.name} {package.version} has no wheel for "
                    f"'{request.platform.name}' and no source distribution"
                )
        chosen.append(Chosen(package, file))
    return chosen


def record_of(
    request: PypiRequest,
    chosen: Chosen,
    metadata: CoreMetadata,
    index: str | None,
) -> PypiRecord:
    """Write the record of one package. `index` is where it came from, None for the default."""
    package, file = chosen.package, chosen.file
    hashes: Mapping[str, str] = file.hashes if file else {}
    return PypiRecord(
        location=location_of(request, chosen),
        name=package.name,
        version=None if package.directory else package.version or metadata.version,
        md5=hashes.get("md5"),
        sha256=hashes.get("sha256"),
        index=None if index == DEFAULT_INDEX else index,
        requires_dist=tuple(map(_respelled, metadata.requires_dist)),
        requires_python=metadata.requires_python or None,
    )


def _respelled(requirement: str) -> str:
    """Finish the spelling of a requirement from uv's cache, which leaves compound markers alone.

    All others are canonical already, and reading thousands of them again would be felt.
    """
    return canonical_requirement(requirement) if _COMPOUND.search(requirement) else requirement


def location_of(request: PypiRequest, chosen: Chosen) -> str:
    """Spell where a package comes from."""
    package, file = chosen.package, chosen.file
    if package.git:
        return _git_location(request, package.name, package.git)
    if package.directory:
        return _path_location(request, package.name, package.directory)
    assert file is not None
    if not is_url(file.location):
        return _path_location(request, package.name, Path(file.location))
    url = without_credentials(file.location.partition("#")[0])
    if package.archive:
        part = package.archive_subdirectory
        return str(DirectFile(url, part))
    return url


def _git_location(request: PypiRequest, name: str, git: PylockGit) -> str:
    wanted = next(
        (
            r.spec.location
            for r in request.requirements
            if r.normalized == name and isinstance(r.spec.location, GitLocation)
        ),
        None,
    )
    if wanted is None:
        # A requirement of another package does not say what kind its reference is of.
        wanted = GitLocation(
            git.url, "rev" if git.requested else None, git.requested, git.subdirectory
        )
    return str(GitCheckout(wanted, git.commit))


def _path_location(request: PypiRequest, name: str, path: Path) -> str:
    """Spell a path relative to the root, unless the manifest gives it as an absolute one."""
    given_absolute = any(
        r.normalized == name
        and isinstance(r.spec.location, PathLocation)
        and Path(r.spec.location.path).is_absolute()
        for r in request.requirements
    )
    if given_absolute:
        return path.as_posix()
    relative = Path(os.path.relpath(path, request.root)).as_posix()
    if relative == ".":
        return "./"
    return relative if relative.startswith("../") or relative == ".." else f"./{relative}"


def index_finder(
    request: PypiRequest, annotated: Mapping[str, str], default_index: str | None = None
) -> Callable[[PylockPackage], str | None]:
    """Return a function that tells the index of a package, None for the default one.

    An index of the manifest wins over what uv names. `default_index` stands in for the default
    one where the manifest names none, and is not told either.
    """
    pinned = {r.normalized: r.spec.index for r in request.requirements if r.spec.index}
    first = request.options.index_url
    unnamed = {"" if first else (default_index or "").rstrip("/")} - {""}

    def index_of(package: PylockPackage) -> str | None:
        if not (package.wheels or package.sdist):
            return None
        index = pinned.get(package.name) or annotated.get(package.name, first)
        if index is None or index.startswith("file:") or index.rstrip("/") in unnamed:
            return None
        return without_credentials(index)

    return index_of


def may_mix_indexes(options: PypiOptions) -> bool:
    """Tell whether packages may come from more than one index, so that uv has to be asked."""
    return bool(options.extra_index_urls or options.find_links)
