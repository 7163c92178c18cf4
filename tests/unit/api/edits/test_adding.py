"""`add`, `remove` and `upgrade` with the solver's answer given: what is written, what is undone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from wisp.api.edits.adding import Added, add
from wisp.api.edits.removing import remove
from wisp.api.edits.requests import AddRequest, DependencySelection
from wisp.api.edits.upgrading import Upgraded, UpgradeRequest, upgrade
from wisp.api.locks.judging import LockOutcome
from wisp.errors import ManifestError, SolveError
from wisp.lock.model import EnvironmentRow, LockFile, LockPlatform
from wisp.lock.views import difference
from wisp.manifest.edit.requirements import CONDA_TABLES
from wisp.manifest.model import Manifest
from wisp.manifest.read import load
from wisp.solve.unpin import Unpin
from wisp.specs.records import CondaRecord, PypiRecord, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.edit.requirements import CondaTable
    from wisp.manifest.pinning import PinningStrategy

BASE = """\
[workspace]
channels = ["conda-forge"]
name = "w"
platforms = ["linux-64", "osx-arm64"]
"""


def conda(name: str, version: str) -> CondaRecord:
    return CondaRecord(
        location=f"https://h.org/c/noarch/{name}-{version}-0.conda",
        name=name,
        version=version,
        build="0",
        build_number=0,
        subdir="noarch",
    )


def pypi(name: str, version: str) -> PypiRecord:
    return PypiRecord(location=f"https://h.org/{name}.whl", name=name, version=version)


def lock(
    linux: Sequence[Record] = (), osx: Sequence[Record] = (), environment: str = "default"
) -> LockFile:
    packages = {"linux-64": tuple(linux), "osx-arm64": tuple(osx)}
    return LockFile(
        platforms=tuple(LockPlatform(name, name) for name in packages),
        environments={environment: EnvironmentRow(name=environment, packages=packages)},
    )


class Bench:
    """A manifest on disk, the solver's answer, and a record of what was asked."""

    def __init__(self, folder: Path, text: str, name: str = "pixi.toml") -> None:
        self.path = folder / name
        self.path.write_text(text)
        self.before = ""
        self.draft_on_disk = False
        self.lock_path = folder / "pixi.lock"
        self.answer: LockFile | None = None
        self.failure: Exception | None = None
        self.asked: list[tuple[str, ...]] = []
        self.installed = 0

    @property
    def manifest(self) -> Manifest:
        return load(self.path)

    @property
    def text(self) -> str:
        return self.path.read_text()

    def lock(
        self, manifest: Manifest, unpin: Unpin | None = None, *, dry_run: bool = False
    ) -> LockOutcome | None:
        assert self.text == (manifest.text if self.draft_on_disk else self.before or manifest.text)
        self.asked.append(unpin.packages if unpin else ())
        if not dry_run:
            self.lock_path.write_text("new")
        if self.failure is not None:
            raise self.failure
        if self.answer is None:
            return None
        nothing = difference(self.answer, self.answer)
        return LockOutcome(lock=self.answer, changed=True, difference=nothing)

    def install(self, manifest: Manifest, lock: LockFile) -> None:
        assert lock == self.answer
        assert manifest.text == self.text
        self.installed += 1

    def add(self, *words: str, strategy: PinningStrategy | None = None, **fields: Any) -> Added:
        self.before = self.text
        return add(
            self.manifest,
            AddRequest(words=words, **fields),
            self,
            strategy=strategy,
        )

    def upgrade(self, *packages: str, dry_run: bool = False, **fields: Any) -> Upgraded:
        self.before = self.text
        return upgrade(
            self.manifest,
            UpgradeRequest(packages=packages, **fields),
            self,
            dry_run=dry_run,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, BASE)


def test_the_constraint_spans_all_platforms(bench: Bench) -> None:
    bench.answer = lock([conda("zlib", "1.3.2")], [conda("zlib", "2.0")])
    done = bench.add("zlib")
    assert done.added == (("zlib", ">=1.3.2,<3"),)
    assert bench.text == BASE + '\n[dependencies]\nzlib = ">=1.3.2,<3"\n'
    assert (bench.asked, bench.installed) == ([("zlib",)], 1)


def test_a_platform_counts_alone_where_it_is_named(bench: Bench) -> None:
    bench.answer = lock([conda("zlib", "1.3.2")], [conda("zlib", "2.0")])
    bench.add("zlib", platforms=("linux-64",))
    assert '[target.linux-64.dependencies]\nzlib = ">=1.3.2,<2"\n' in bench.text


def test_some_packages_are_pinned_to_their_minor_version(bench: Bench) -> None:
    bench.answer = lock([conda("python", "3.12.4"), conda("zlib", "1.3")])
    bench.add("python", "zlib")
    assert 'python = ">=3.12.4,<3.13"\nzlib = ">=1.3,<2"\n' in bench.text


def test_a_configured_strategy_holds_for_all(bench: Bench) -> None:
    bench.answer = lock([conda("python", "3.12.4")])
    bench.add("python", strategy="latest-up")
    assert 'python = ">=3.12.4"\n' in bench.text


@pytest.mark.parametrize("pypi", [False, True])
def test_a_turned_operator_is_offered_as_it_is_meant(bench: Bench, *, pypi: bool) -> None:
    with pytest.raises(ManifestError, match="is not a valid requirement") as caught:
        bench.add("numpy=>1.2", pypi=pypi)
    assert caught.value.hints == ("Did you mean 'numpy>=1.2'?",)


def test_a_given_version_is_written_as_it_is(bench: Bench) -> None:
    bench.answer = lock([conda("zlib", "1.3.2")])
    assert bench.add("zlib=1", "xz=*").added == (("zlib=1", None), ("xz=*", None))
    assert 'zlib = "1.*"\nxz = "*"\n' in bench.text


def test_a_channel_stays_beside_the_constraint(bench: Bench) -> None:
    bench.answer = lock([conda("zlib", "1.3.2")])
    bench.add("forge::zlib")
    assert 'zlib = { version = ">=1.3.2,<2", channel = "forge" }\n' in bench.text


def test_nothing_solved_means_any_version(bench: Bench) -> None:
    assert bench.add("zlib").added == (("zlib", None),)
    assert 'zlib = "*"\n' in bench.text


def test_what_is_there_is_told_and_the_rest_added(bench: Bench) -> None:
    bench.path.write_text(BASE + '\n[dependencies]\nzlib = "1.2.*"\n')
    bench.answer = lock([conda("zlib", "1.2"), conda("xz", "5.1")])
    done = bench.add("zlib", "xz")
    assert (done.present, done.added) == (("zlib",), (("xz", ">=5.1,<6"),))
    assert bench.asked == [("xz",)]


def test_a_feature_of_no_environment_is_not_pinned(bench: Bench) -> None:
    bench.answer = lock([conda("zlib", "1.3.2")])
    done = bench.add("zlib", feature="f")
    assert done.unused_feature == "f"
    assert '[feature.f.dependencies]\nzlib = "*"\n' in bench.text


def test_pypi_goes_to_the_project_with_its_constraint(tmp_path: Path) -> None:
    text = '[project]\nname = "p"\nversion = "1"\n\n[tool.pixi.workspace]\nchannels = []\n'
    bench = Bench(tmp_path, text, "pyproject.toml")
    bench.answer = lock([pypi("attrs", "26.1.0")])
    done = bench.add("attrs[dev]", pypi=True)
    assert done.added == (("attrs[dev]", ">=26.1.0, <27"),)
    assert 'version = "1"\ndependencies = ["attrs[dev]>=26.1.0,<27"]\n' in bench.text


def test_a_draft_is_written_only_where_solving_reads_the_file(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "p"\nversion = "1"\n\n[tool.pixi.workspace]\nchannels = []\n'
        '[tool.pixi.pypi-dependencies]\np = { path = ".", editable = true }\n'
    )
    bench = Bench(tmp_path, text, "pyproject.toml")
    bench.draft_on_disk = True
    bench.answer = lock([pypi("attrs", "26.1.0")])
    bench.add("attrs", pypi=True)
    assert 'dependencies = ["attrs>=26.1.0,<27"]\n' in bench.text


@pytest.mark.parametrize("old_lock", [None, "old"])
def test_a_failing_solve_leaves_manifest_and_lock_as_they_were(
    bench: Bench, old_lock: str | None
) -> None:
    if old_lock is not None:
        bench.lock_path.write_text(old_lock)
    bench.failure = SolveError("no")
    with pytest.raises(SolveError):
        bench.add("zlib")
    assert bench.text == BASE
    assert (bench.lock_path.read_text() if bench.lock_path.exists() else None) == old_lock


def test_an_edit_that_cannot_be_read_is_never_written(bench: Bench) -> None:
    with pytest.raises(ManifestError, match="does not define a platform named"):
        bench.add("zlib", platforms=("nowhere",))
    assert (bench.text, bench.asked) == (BASE, [])


@pytest.mark.parametrize("table", CONDA_TABLES)
def test_a_requirement_is_removed_from_whatever_table_is_meant(
    bench: Bench, table: CondaTable
) -> None:
    spec = '{ path = "z" }' if table == "dev" else '"*"'
    bench.path.write_text(f"{BASE}\n[{table}]\nzlib = {spec}\n")
    remove(bench.manifest, DependencySelection(table=table), ["zlib"], bench)
    assert "zlib" not in bench.text


@pytest.mark.parametrize(
    ("table", "pypi", "name", "hint"),
    [
        ("dependencies", False, "zlob", "did you mean 'zlib'?"),
        ("pypi-dependencies", False, "zlob", "`zlib` is in pypi-dependencies: `{} --pypi zlib`"),
        ("dependencies", True, "zlob", "`zlib` is in dependencies: `{} zlib`"),
        ("dependencies", False, "qqq", None),
    ],
)
def test_removing_what_is_not_there_tells_what_is_near_in_whatever_table(
    bench: Bench, table: str, pypi: bool, name: str, hint: str | None
) -> None:
    bench.path.write_text(f'{BASE}\n[{table}]\nzlib = "*"\n')
    with pytest.raises(ManifestError) as caught:
        remove(bench.manifest, DependencySelection(pypi=pypi), [name], bench)
    told = () if hint is None else (hint.format("pixi remove"),)
    assert caught.value.hints == told


@pytest.mark.parametrize(
    ("pypi", "words"),
    [(False, ("zlib==1.2", "zlib>=2")), (False, ("zlib", "zlib=1.3")), (True, ("a==1", "A<1"))],
)
def test_what_is_asked_for_in_two_ways_is_refused(
    bench: Bench, pypi: bool, words: tuple[str, str]
) -> None:
    with pytest.raises(ManifestError, match="is asked for twice, by `") as caught:
        bench.add(*words, pypi=pypi)
    assert all(f"`{word}`" in caught.value.message for word in words)
    assert (bench.text, bench.asked) == (BASE, [])


def test_removing_stays_even_when_the_solve_fails(bench: Bench) -> None:
    bench.path.write_text(BASE + '\n[dependencies]\nzlib = "*"\n')
    bench.failure = SolveError("no")
    with pytest.raises(SolveError):
        remove(bench.manifest, DependencySelection(), ["zlib"], bench)
    assert bench.text == BASE


def test_nothing_is_removed_when_one_is_missing(bench: Bench) -> None:
    text = BASE + '\n[dependencies]\nzlib = "*"\n\n[pypi-dependencies]\nxz = "*"\n'
    bench.path.write_text(text)
    with pytest.raises(ManifestError, match="`xz` was not found in dependencies") as caught:
        remove(bench.manifest, DependencySelection(), ["zlib", "xz"], bench)
    assert caught.value.hints == ("`xz` is in pypi-dependencies: `pixi remove --pypi xz`",)
    assert bench.text == text


def test_an_upgrade_pins_what_was_found_and_keeps_the_rest(bench: Bench) -> None:
    bench.path.write_text(
        BASE
        + '\n[dependencies]\n# old\nzlib = "1.2.*"\n'
        'xz = { version = "5.*", channel = "c", build = "b" }\n'
        'src = { path = "./src" }\n\n[pypi-dependencies]\nattrs = ">=20, <21"\n'
        '\n[feature.unused.dependencies]\nold = "1.*"\n'.replace('src = { path = "./src" }\n', "")
    )
    bench.answer = lock([conda("zlib", "2.1"), conda("xz", "6.0"), pypi("attrs", "26.1")])
    bench.upgrade()
    assert bench.text == (
        BASE + '\n[dependencies]\n# old\nzlib = ">=2.1,<3"\n'
        'xz = { version = ">=6.0,<7", channel = "c", build = "b" }\n'
        '\n[pypi-dependencies]\nattrs = ">=26.1, <27"\n'
        '\n[feature.unused.dependencies]\nold = "1.*"\n'
    )


def test_an_upgrade_by_name_lets_go_of_the_build_too(bench: Bench) -> None:
    bench.path.write_text(BASE + '\n[dependencies]\nxz = { version = "5.*", build = "b" }\n')
    bench.answer = lock([conda("xz", "6.0")])
    bench.upgrade("xz")
    assert 'xz = ">=6.0,<7"\n' in bench.text
    assert bench.asked == [("xz",)]


def test_an_upgrade_keeps_comments_in_the_table_of_a_requirement(bench: Bench) -> None:
    table = '\n[dependencies.xz] # packs\nversion = "5.*" # old\n# the fast one\nbuild = "b"\n'
    bench.path.write_text(BASE + table)
    bench.answer = lock([conda("xz", "6.0")])
    bench.upgrade("xz")
    assert bench.text.endswith('[dependencies.xz] # packs\nversion = ">=6.0,<7" # old\n')


def test_a_dry_run_writes_nothing(bench: Bench) -> None:
    text = BASE + '\n[dependencies]\nzlib = "1.2.*"\n'
    bench.path.write_text(text)
    bench.answer = lock([conda("zlib", "2.1")])
    assert bench.upgrade(dry_run=True).outcome is not None
    assert bench.text == text


def test_nothing_to_upgrade_is_told(bench: Bench) -> None:
    assert bench.upgrade().outcome is None


def test_an_unknown_package_is_refused_with_the_nearest(bench: Bench) -> None:
    bench.path.write_text(BASE + '\n[dependencies]\nzlib = "1.2.*"\n')
    with pytest.raises(ManifestError, match="could not find a package named 'zlob'") as caught:
        bench.upgrade("zlob")
    assert caught.value.hints == ("did you mean 'zlib'?",)
