"""Whether packages that are put into a pack besides fit to what is locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet

from wisp.lock.markers import markers_of
from wisp.lock.wanted import from_metadata
from wisp.pack.contents import PackError
from wisp.specs.match import SpecSyntaxError, parse_spec
from wisp.specs.package_names import python_of, served_names
from wisp.specs.records import CondaRecord, PypiRecord, Record


def require_fitting(records: Sequence[Record], injected: Sequence[Record], subdir: str) -> None:
    """See to it that all requirements hold among packages, some of which were `injected`.

    Raises:
        PackError: One does not; says which.

    """
    conda = [one for one in records if isinstance(one, CondaRecord)]
    problems = [*_conda_problems(conda)]
    for one in injected:
        if isinstance(one, PypiRecord):
            problems += _wheel_problems(one, records, subdir)
    if problems:
        raise PackError(
            "the injected packages do not fit to what is locked",
            causes=list(dict.fromkeys(problems)),
            hints=["lock an environment that has what they need"],
        )


def _conda_problems(records: Sequence[CondaRecord]) -> Iterator[str]:
    by_name = {one.name: one for one in records}
    for record in records:
        for text in record.depends:
            if problem := _unmet(text, by_name, needed=True):
                yield f"{record.name} {record.version} needs `{text}`, {problem}"
        for text in record.constrains:
            if problem := _unmet(text, by_name, needed=False):
                yield f"{record.name} {record.version} only goes with `{text}`, {problem}"


def _unmet(text: str, by_name: Mapping[str, CondaRecord], *, needed: bool) -> str | None:
    try:
        spec = parse_spec(text)
    except SpecSyntaxError:
        return None  # the solver has judged it
    if spec.name.startswith("__") or spec.condition is not None:
        return None
    found = by_name.get(spec.name)
    if found is None:
        return "which is not there" if needed else None
    return None if spec.matches(found) else f"but there is {found.version} {found.build}"


def _wheel_problems(wheel: PypiRecord, records: Sequence[Record], subdir: str) -> Iterator[str]:
    python = python_of(records)
    if python is None:
        yield f"{wheel.name} is a wheel, but there is no python"
        return
    if wheel.requires_python and not _in(python.version, wheel.requires_python):
        yield f"{wheel.name} needs Python {wheel.requires_python}, but there is {python.version}"
    versions: dict[str, str] = {
        name: one.version for name, one in served_names(records).items() if one.version
    }
    versions |= {one.name: one.version or "" for one in records if isinstance(one, PypiRecord)}
    markers = markers_of(subdir, python.version)
    for text in wheel.requires_dist:
        wanted = from_metadata(text)
        if wanted is None or (markers is not None and not markers.hold(wanted.marker)):
            continue
        if wanted.name not in versions:
            yield f"{wheel.name} needs `{wanted.text}`, which is not there"
        elif versions[wanted.name] and not _in(versions[wanted.name], wanted.specifiers):
            yield f"{wheel.name} needs `{wanted.text}`, but there is {versions[wanted.name]}"


def _in(version: str, specifiers: str) -> bool:
    try:
        return SpecifierSet(specifiers).contains(version, prereleases=True)
    except ValueError:  # none of these, or a number of thousands of digits
        return False
