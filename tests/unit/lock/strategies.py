"""Locks as hypothesis makes them up."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wisp.lock.model import EnvironmentRow, LockChannel, LockFile, LockOptions, LockPlatform
from wisp.platforms import bare
from wisp.specs.inside import is_site_packages
from wisp.specs.pypi import FindLinks, normalize
from wisp.specs.records import CondaRecord, PypiRecord, Record, RunExports

CHANNEL = "https://example.org/conda"
SUBDIRS = ("linux-64", "osx-arm64", "win-64", "noarch")
PLATFORMS = ("linux-64", "osx-arm64")

names = st.from_regex(r"[a-z][a-z0-9_]{0,7}(?:-[a-z]{1,3})?", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9])?", fullmatch=True)
builds = st.from_regex(r"(?:py|h)?[0-9a-f]{2,5}_[0-9]{1,2}", fullmatch=True)
hexes = st.text("0123456789abcdef", min_size=32, max_size=32)
line = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=15)
specs = st.lists(line, max_size=3).map(tuple)
modules = line.map(lambda folder: f"{folder}/site-packages").filter(is_site_packages)
milliseconds = st.integers(253_402_300_800, 10**13)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def conda_records(draw: st.DrawFn) -> CondaRecord:
    name, version, build = draw(names), draw(versions), draw(builds)
    subdir = draw(st.sampled_from(SUBDIRS))
    suffix = draw(st.sampled_from((".conda", ".tar.bz2")))
    file_name = f"{name}-{version}-{build}{suffix}"
    return CondaRecord(
        location=f"{CHANNEL}/{subdir}/{file_name}",
        name=name,
        version=version,
        build=build,
        build_number=draw(st.integers(0, 99)),
        subdir=subdir,
        noarch=draw(st.sampled_from((None, "python", "generic"))),
        sha256=draw(maybe(hexes.map(lambda half: half * 2))),
        md5=draw(maybe(hexes)),
        depends=draw(specs),
        constrains=draw(specs),
        extra_depends=draw(st.dictionaries(names, specs.filter(bool), max_size=2)),
        channel=draw(st.sampled_from((CHANNEL, "https://example.org/other"))),
        features=draw(maybe(names)),
        track_features=draw(st.lists(names, max_size=2).map(tuple)),
        file_name=draw(st.sampled_from((None, "elsewhere-1-0.conda"))),
        license=draw(maybe(line)),
        license_family=draw(maybe(line)),
        purls=draw(maybe(st.lists(names.map(lambda n: f"pkg:pypi/{n}"), max_size=2).map(tuple))),
        run_exports=draw(maybe(st.builds(RunExports, weak=specs, strong_constrains=specs))),
        size=draw(maybe(st.integers(0, 10**9))),
        timestamp=draw(maybe(milliseconds)),
        attestations_sha256=draw(maybe(hexes.map(lambda half: half * 2))),
        indexed_timestamp=draw(maybe(milliseconds)),
        python_site_packages_path=draw(maybe(modules)),
    )


@st.composite
def pypi_records(draw: st.DrawFn) -> PypiRecord:
    name, version = normalize(draw(names)), draw(versions)
    requires = draw(st.lists(line, max_size=3).map(tuple))
    python = draw(maybe(st.just(">=3.9")))
    if draw(st.booleans()):
        return PypiRecord(
            location=f"./{name}", name=name, requires_dist=requires, requires_python=python
        )
    return PypiRecord(
        location=f"https://files.example.org/{name}-{version}-py3-none-any.whl",
        name=name,
        version=version,
        sha256=draw(hexes.map(lambda half: half * 2)),
        index=draw(maybe(st.just("https://example.org/simple"))),
        requires_dist=requires,
        requires_python=python,
    )


@st.composite
def lock_files(draw: st.DrawFn) -> LockFile:
    """Locks in which one location has one record, as solvers make them."""
    pool: dict[str, Record] = {
        record.location: record
        for record in draw(st.lists(conda_records() | pypi_records(), max_size=5))
    }
    chosen = st.lists(st.sampled_from(sorted(pool)), unique=True) if pool else st.just([])
    environments = {}
    for name in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        packages = {platform: _sorted(draw(chosen), pool) for platform in PLATFORMS}
        has_pypi = any(isinstance(r, PypiRecord) for records in packages.values() for r in records)
        environments[name] = EnvironmentRow(
            name=name,
            channels=tuple(LockChannel(f"{CHANNEL}/{n}/") for n in draw(st.lists(names))),
            indexes=("https://example.org/simple",) if has_pypi else None,
            find_links=draw(st.sampled_from(((), (FindLinks(path="./links"),))))
            if has_pypi
            else (),
            options=draw(
                st.builds(
                    LockOptions,
                    strategy=st.sampled_from(("highest", "lowest-version")),
                    channel_priority=st.sampled_from(("strict", "disabled")),
                )
            ),
            packages={platform: records for platform, records in packages.items() if records},
        )
    rows = tuple(
        LockPlatform(name, name, tuple(map(str, bare(name).virtual_packages())))
        for name in PLATFORMS
    )
    ordered = dict(sorted(environments.items()))
    return LockFile(platforms=rows, environments=ordered)


def _sorted(locations: list[str], pool: dict[str, Record]) -> tuple[Record, ...]:
    from wisp.lock.write import sort_key

    return tuple(sorted((pool[location] for location in locations), key=sort_key))
