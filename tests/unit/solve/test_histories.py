"""Random histories of channels and an index: what may be solved, and what a lock is judged by.

What a package may be is told a second time here, from the history alone and without any code of
wisp's: the moment it appeared, the cut-offs, and who is exempted.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import settings
from tests.unit.solve.test_pypi import networked_resolver
from tests.unit.wheelhouse import make_wheel
from tools.forge.serve import Server
from wisp.engine.gateway import ChannelAccess
from wisp.engine.records import from_row
from wisp.engine.solver import solve
from wisp.errors import SolveError
from wisp.lock.mismatch import TooNew
from wisp.lock.satisfy import check
from wisp.manifest.read import load_text
from wisp.platforms import bare
from wisp.solve.assemble import assemble
from wisp.solve.conda import conda_request
from wisp.solve.plan import STALE, SolveUnit
from wisp.solve.pypi import PypiResolver, pypi_request
from wisp.solve.update import Solution
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.workspace.compose import inputs

HISTORIES = 200
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
FIRST = datetime(2026, 9, 1, tzinfo=UTC)
CONDA, WHEELS = ("ant", "bee", "cat"), ("pea", "oat")
VERSIONS = ("1.0", "2.0", "3.0", "4.0")


@dataclass(frozen=True)
class Made:
    """A package of a channel or an index, and when it could first be had."""

    name: str
    version: str
    build: str
    channel: str
    day: int | None

    @property
    def moment(self) -> datetime | None:
        return None if self.day is None else FIRST + timedelta(days=self.day)


@dataclass
class History:
    """What there is, and what a manifest says of it: as text, and as the words of this test."""

    made: list[Made] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    wheels: list[Made] = field(default_factory=list)
    cutoff: datetime | None = None
    channel_cutoffs: dict[str, datetime] = field(default_factory=dict)
    package_cutoffs: dict[str, datetime] = field(default_factory=dict)
    exemptions: dict[str, tuple[str, str, str, datetime | None]] = field(default_factory=dict)
    pypi_cutoff: datetime | None = None
    pypi_package_cutoffs: dict[str, datetime] = field(default_factory=dict)
    pypi_exempted: set[str] = field(default_factory=set)
    manifest: str = ""

    def exists(self, one: Made) -> bool:
        """Tell whether a conda package may be solved and locked."""
        limit = self.cutoff
        limit = self.channel_cutoffs.get(one.channel, limit)
        limit = self.package_cutoffs.get(one.name, limit)
        if limit is None or one.moment is None or one.moment <= limit:
            return True
        if one.name not in self.exemptions:
            return False
        versions, build, channel, until = self.exemptions[one.name]
        major = float(one.version)
        fits = {"*": True, ">=2": major >= 2, "3.0": major == 3, "2.*": major == 2}[versions]
        fits = fits and build in ("", one.build) and channel in ("", one.channel)
        return fits and (until is None or one.moment <= until)

    def wheel_exists(self, one: Made) -> bool:
        """Tell the same of a wheel."""
        if one.name in self.pypi_exempted:
            return True
        limit = self.cutoff if self.pypi_cutoff is None else self.pypi_cutoff
        limit = self.pypi_package_cutoffs.get(one.name, limit)
        assert one.moment is not None
        return limit is None or one.moment < limit


def moment(chance: random.Random) -> tuple[datetime, str]:
    """Choose a cut-off and one of its spellings."""
    day = chance.randint(5, 30)
    kind = chance.choice(("day", "time", "span"))
    if kind == "day":
        return FIRST + timedelta(days=day + 1), f"{FIRST + timedelta(days=day):%Y-%m-%d}"
    at = FIRST + timedelta(days=day, hours=12)
    if kind == "time":
        return at, f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return NOW - timedelta(days=day, hours=5), f"{day}d 5h"


def history(chance: random.Random, folders: dict[str, str]) -> History:
    """Make up what there is and what is asked for; `folders` are channels by name."""
    found = History()
    for name in CONDA:
        for channel in chance.sample(sorted(folders), chance.randint(1, 2)):
            for version in VERSIONS:
                _put(found, chance, name, version, channel)
    found.rows.append(_row(Made("python", "3.12.4", "0", "main", None), None, None))
    for name in WHEELS:
        days = [chance.randint(0, 33) for _ in VERSIONS]
        found.wheels += [
            Made(name, version, "", "", day) for version, day in zip(VERSIONS, days, strict=True)
        ]
    _write_manifest(found, chance, folders)
    return found


def _put(found: History, chance: random.Random, name: str, version: str, channel: str) -> None:
    for build in ("a", "b"):
        built = chance.choice((None, *range(0, 34, 3), *range(0, 34, 3)))
        listed = None if chance.random() < 0.6 else chance.randint(0, 33)
        day = built if listed is None else listed
        one = Made(name, version, build, channel, day)
        found.made.append(one)
        found.rows.append(_row(one, built, listed))


def _row(one: Made, built: int | None, listed: int | None) -> dict[str, Any]:
    def stamp(day: int | None) -> int | None:
        return day if day is None else int((FIRST + timedelta(days=day)).timestamp() * 1000)

    text = f"{one.name}-{one.version}-{one.build}-{one.channel}"
    row = {
        "name": one.name,
        "version": one.version,
        "build": one.build,
        "build_number": ord(one.build[0]),
        "depends": [],
        "subdir": "noarch",
        "noarch": "generic",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "size": 1,
        "timestamp": stamp(built),
        "indexed_timestamp": stamp(listed),
        "channel": one.channel,
    }
    return {key: value for key, value in row.items() if value is not None}


def _write_manifest(found: History, chance: random.Random, folders: dict[str, str]) -> None:
    channels = []
    for name, url in folders.items():
        if chance.random() < 0.3:
            found.channel_cutoffs[name], text = moment(chance)
            channels.append(f'{{ channel = "{url}", exclude-newer = "{text}" }}')
        else:
            channels.append(f'"{url}"')
    general = ""
    if chance.random() < 0.8:
        found.cutoff, text = moment(chance)
        general = f'cutoff = "{text}"\n'
    spared = chance.sample(CONDA, chance.randint(0, 2))
    exemptions = [_exemption(found, chance, name, folders) for name in spared]
    pypi = ""
    if chance.random() < 0.4:
        found.pypi_cutoff, text = moment(chance)
        pypi = f'cutoff = "{text}"\n'
    found.pypi_exempted = set(chance.sample(WHEELS, chance.choice((0, 0, 1))))
    wheels = "".join(f'{name} = "*"\n' for name in sorted(found.pypi_exempted))
    found.manifest = (
        f'[workspace]\nname = "h"\nchannels = [{", ".join(channels)}]\n'
        'platforms = ["linux-64"]\nchannel-priority = "disabled"\n'
        f"[workspace.exclude-newer]\n{general}"
        f"[workspace.exclude-newer.exemptions]\n{''.join(exemptions)}"
        f"[workspace.pypi-exclude-newer]\n{pypi}"
        f"[workspace.pypi-exclude-newer.exemptions]\n{wheels}"
        '[dependencies]\npython = "*"\n'
        + "".join(f'{name} = "*"\n' for name in CONDA)
        + "[pypi-dependencies]\n"
        + "".join(f'{name} = "*"\n' for name in WHEELS)
        + "[exclude-newer]\n"
        + _single(found.package_cutoffs, chance, CONDA)
        + "[pypi-exclude-newer]\n"
        + _single(found.pypi_package_cutoffs, chance, WHEELS)
        + '[pypi-options]\nindex-url = "INDEX"\n'
    )


def _exemption(found: History, chance: random.Random, name: str, folders: dict[str, str]) -> str:
    versions = chance.choice(("*", ">=2", "3.0", "2.*"))
    build, channel = chance.choice(("", "", "a")), chance.choice(("", "", *folders))
    until, text = moment(chance) if chance.random() < 0.5 else (None, "")
    found.exemptions[name] = (versions, build, channel, until)
    fields = {"build": build, "channel": folders.get(channel, ""), "cutoff": text}
    more = "".join(f', {key} = "{value}"' for key, value in fields.items() if value)
    return f'{name} = {{ version = "{versions}"{more} }}\n' if more else f'{name} = "{versions}"\n'


def _single(cutoffs: dict[str, datetime], chance: random.Random, names: tuple[str, ...]) -> str:
    lines = ""
    for name in names:
        if chance.random() < 0.2:
            cutoffs[name], text = moment(chance)
            lines += f'{name} = "{text}"\n'
    return lines


@dataclass(frozen=True)
class World:
    """Channels, an index, and the engines that ask them."""

    root: Path
    access: ChannelAccess
    resolver: PypiResolver
    site: Path
    url: str

    def folders(self, number: int) -> dict[str, str]:
        return {name: (self.root / str(number) / name).as_uri() for name in ("main", "side")}

    def write(self, number: int, found: History) -> None:
        """Publish what a history has."""
        for name in self.folders(number):
            rows = [row for row in found.rows if row["channel"] == name]
            files = {f"{r['name']}-{r['version']}-{r['build']}.conda": r for r in rows}
            for subdir, packages in (("noarch", files), ("linux-64", {})):
                folder = self.root / str(number) / name / subdir
                folder.mkdir(parents=True)
                data = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": packages}
                (folder / "repodata.json").write_text(json.dumps(data))
        for name in WHEELS:
            self._write_page(number, name, [one for one in found.wheels if one.name == name])

    def _write_page(self, number: int, name: str, wheels: list[Made]) -> None:
        files = []
        for one in wheels:
            assert one.moment is not None
            file = f"{name}-{one.version}-py3-none-any.whl"
            digest = hashlib.sha256((self.site / "wheels" / file).read_bytes()).hexdigest()
            files.append(
                {
                    "filename": file,
                    "url": f"{self.url}/wheels/{file}",
                    "hashes": {"sha256": digest},
                    "upload-time": f"{one.moment:%Y-%m-%dT%H:%M:%S}.000Z",
                }
            )
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files, "versions": []}
        folder = self.site / str(number) / name
        folder.mkdir(parents=True)
        (folder / "index.json").write_text(json.dumps(page))

    def inputs(self, number: int, found: History) -> EnvironmentInputs:
        text = found.manifest.replace("INDEX", f"{self.url}/{number}")
        manifest = load_text(text, self.root / "pixi.toml")
        return inputs(manifest, "default", bare("linux-64"), NOW)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("histories")
    site = root / "site"
    for name in WHEELS:
        for version in VERSIONS:
            make_wheel(site / "wheels", name, version)
    access = ChannelAccess(settings(root / "cache"))
    with Server(site) as server:
        yield World(root, access, networked_resolver(root / "uv"), site, server.url)


@pytest.mark.parametrize("number", range(HISTORIES))
def test_only_what_may_exist_is_solved_and_judged_to_fit(world: World, number: int) -> None:
    chance = random.Random(number)
    found = history(chance, world.folders(number))
    world.write(number, found)
    wanted = world.inputs(number, found)
    best = {name: _best(found, name) for name in CONDA}
    if None in best.values():
        with pytest.raises(SolveError):
            solve(conda_request(SolveUnit(members=(wanted,), stale=STALE)), world.access)
    else:
        records = solve(conda_request(SolveUnit(members=(wanted,), stale=STALE)), world.access)
        assert {r.name: r.version for r in records if r.name in CONDA} == best
        assert all(found.exists(made_of(r)) for r in records)
        assert too_new(wanted, records) == set()
        again = conda_request(SolveUnit(members=(wanted,), stale=STALE, conda=records))
        assert solve(again, world.access) == records
    judge_any(world, number, found, wanted, chance)
    resolve_wheels(world, found, wanted)


def judge_any(
    world: World, number: int, found: History, wanted: EnvironmentInputs, chance: random.Random
) -> None:
    """Compare both verdicts on a lock of arbitrary records, and see that none of them is kept."""
    rows = {name: [r for r in found.rows if r["name"] == name] for name in CONDA}
    records = tuple(record_of(world, number, chance.choice(rows[name])) for name in sorted(CONDA))
    wrong = {r.name for r in records if not found.exists(made_of(r))}
    assert too_new(wanted, records) == wrong
    if wrong and all(_best(found, name) for name in CONDA):
        unit = SolveUnit(members=(wanted,), stale=STALE, conda=records)
        kept = solve(conda_request(unit), world.access)
        assert all(found.exists(made_of(r)) for r in kept)


def resolve_wheels(world: World, found: History, wanted: EnvironmentInputs) -> None:
    """Compare what uv chose with what may exist."""
    python = from_row(found.rows[-1] | {"url": "https://c/noarch/python-3.12.4-0.conda", "fn": ""})
    allowed = [one for one in found.wheels if found.wheel_exists(one)]
    best = {
        name: max((w.version for w in allowed if w.name == name), default=None) for name in WHEELS
    }
    request = pypi_request(wanted, (python,))
    if None in best.values():
        with pytest.raises(SolveError):
            world.resolver.resolve(request)
        return
    answer = world.resolver.resolve(request)
    assert {record.name: record.version for record in answer} == best
    solution = {("default", "linux-64"): Solution((python,), tuple(answer))}
    reasons = check(assemble((wanted,), solution), (wanted,))
    assert not [reason for reason in reasons if isinstance(reason, TooNew)]


def _best(found: History, name: str) -> str | None:
    return max((m.version for m in found.made if m.name == name and found.exists(m)), default=None)


def made_of(record: CondaRecord) -> Made:
    """Give a record in the words of the test; its moment is read from the history's own keys."""
    assert record.channel is not None
    stamp = record.indexed_timestamp if record.indexed_timestamp is not None else record.timestamp
    day = None if stamp is None else (datetime.fromtimestamp(stamp / 1000, UTC) - FIRST).days
    channel = record.channel.rpartition("/")[2]
    return Made(record.name, record.version, record.build, channel, day)


def record_of(world: World, number: int, row: dict[str, Any]) -> CondaRecord:
    base = world.folders(number)[row["channel"]]
    file = f"{row['name']}-{row['version']}-{row['build']}.conda"
    return from_row(row | {"channel": base, "url": f"{base}/noarch/{file}", "fn": file})


def too_new(wanted: EnvironmentInputs, conda: tuple[CondaRecord, ...]) -> set[str]:
    """Ask wisp's own check which packages of a lock are too new."""
    wheels: tuple[PypiRecord, ...] = ()
    lock = assemble((wanted,), {("default", "linux-64"): Solution(conda, wheels)})
    return {reason.package for reason in check(lock, (wanted,)) if isinstance(reason, TooNew)}
