from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.lock.samples import CHANNEL, conda, lock_of, wheel
from wisp.api.views.inspect import chosen_rows, package_rows, platform_and_arch
from wisp.console.package_table import package_table
from wisp.errors import UsageError
from wisp.layout import DEFAULT_INDEX
from wisp.platforms import bare
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.pypi import PypiRequirement, PypiSpec
from wisp.specs.records import CondaSourceRecord, PypiRecord

CASES = Path(__file__).parents[3] / "cases"


def wanted(
    *conda_specs: tuple[str, CondaSpec], pypi: dict[str, PypiSpec] | None = None
) -> EnvironmentInputs:
    return EnvironmentInputs(
        environment="default",
        platform=bare("linux-64"),
        root=Path("/nowhere"),
        dependencies=tuple(CondaRequirement(name, spec) for name, spec in conda_specs),
        pypi_dependencies=tuple(PypiRequirement(name, spec) for name, spec in (pypi or {}).items()),
    )


def test_a_row_has_everything_in_the_order_of_the_json() -> None:
    record = dataclasses.replace(conda("zlib", "1.3"), size=1396, md5="0" * 32, license="MIT")
    inputs = wanted(("zlib", CondaSpec(version=">=1,<2")))
    (row,) = package_rows(lock_of(record), inputs)
    assert row.as_json() == {
        "name": "zlib",
        "version": "1.3",
        "build": "0",
        "build_number": 0,
        "size_bytes": 1396,
        "kind": "conda",
        "source": CHANNEL,
        "license": "MIT",
        "license_family": None,
        "is_explicit": True,
        "md5": "0" * 32,
        "sha256": None,
        "arch": "x86_64",
        "platform": "linux",
        "subdir": "linux-64",
        "timestamp": None,
        "noarch": None,
        "file_name": "zlib-1.3-0.conda",
        "url": f"{CHANNEL}/linux-64/zlib-1.3-0.conda",
        "index_url": None,
        "requested_spec": ">=1,<2",
        "constrains": (),
        "depends": (),
        "track_features": (),
        "run_exports": None,
    }
    assert list(row.as_json())[:6] == [
        "name", "version", "build", "build_number", "size_bytes", "kind",
    ]  # fmt: skip


def test_pypi_packages_come_from_their_index_and_are_named_as_their_files() -> None:
    inputs = wanted(pypi={"my-tool": PypiSpec(version=">=1")})
    (row,) = package_rows(lock_of(wheel("my-tool"), indexes=None), inputs)
    assert (row.name, row.kind, row.source) == ("my_tool", "pypi", DEFAULT_INDEX)
    assert row.requested_spec == '">=1"'
    assert "is_editable" not in row.as_json()


def test_folders_and_partial_sources_have_no_version() -> None:
    folder = PypiRecord(location="./here", name="here")
    source = CondaSourceRecord(
        identifier="app[01] @ app", name="app", hash="01", location="app", raw={"license": "MIT"}
    )
    rows = package_rows(lock_of(source, folder), wanted(), frozenset({"here"}))
    assert [(row.name, row.version, row.build, row.license) for row in rows] == [
        ("app", None, None, None),
        ("here", None, None, None),
    ]
    assert rows[1].as_json()["is_editable"] is True


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (CondaSpec(version="*"), "*"),
        (CondaSpec(version="==3.3.1", build="*_0"), "version===3.3.1 build=*_0"),
        (CondaSpec(build="*mkl"), "build=*mkl"),
        (CondaSpec(version="*", channel="other"), "version=* channel=other"),
        (CondaSpec(version="*", extras=("a", "b")), "version=* extras=[a, b]"),
        (CondaSpec(version="*", when="__cuda >=12"), "version=* condition=__cuda>=12"),
        (CondaSpec(location=PathLocation("./recipe")), "./recipe"),
        (
            CondaSpec(location=GitLocation("https://example.org/x", "branch", "main", "shim")),
            "https://example.org/x @ main in shim",
        ),
    ],
)
def test_conda_specs_are_shown_as_the_manifest_means_them(spec: CondaSpec, text: str) -> None:
    (row,) = package_rows(lock_of(conda("x")), wanted(("x", spec)))
    assert row.requested_spec == text


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (PypiSpec(), '"*"'),
        (PypiSpec(version=">=1", extras=("a",)), '{ version = ">=1", extras = ["a"] }'),
        (
            PypiSpec(location=PathLocation(".", editable=True), extras=("a",)),
            '{ path = ".", editable = true, extras = ["a"] }',
        ),
        (
            PypiSpec(location=GitLocation("https://example.org/x", "tag", "v1")),
            '{ git = "https://example.org/x", tag = "v1" }',
        ),
    ],
)
def test_pypi_specs_are_shown_as_toml_also_for_conda_packages(spec: PypiSpec, text: str) -> None:
    for record in (wheel("x"), conda("x")):
        (row,) = package_rows(lock_of(record), wanted(("x", CondaSpec()), pypi={"x": spec}))
        assert row.requested_spec == text


def test_rows_are_filtered_and_sorted() -> None:
    records = (
        dataclasses.replace(conda("zlib"), size=10),
        dataclasses.replace(conda("libzlib"), size=30),
        dataclasses.replace(conda("python"), size=20),
    )
    rows = package_rows(lock_of(*records), wanted(("zlib", CondaSpec())))
    assert [row.name for row in rows] == ["libzlib", "python", "zlib"]
    assert [row.name for row in chosen_rows(rows, "zlib")] == ["libzlib", "zlib"]
    assert [row.name for row in chosen_rows(rows, "^z")] == ["zlib"]
    assert [row.name for row in chosen_rows(rows, explicit=True)] == ["zlib"]
    assert [row.name for row in chosen_rows(rows, sort_by="size")] == ["zlib", "python", "libzlib"]
    with pytest.raises(UsageError, match="not a regular expression") as caught:
        chosen_rows(rows, "[")
    assert caught.value.exit_code == 1  # as Pixi, which finds it out when it looks


def test_numbers_stand_flush_right_and_lines_have_no_trailing_blanks() -> None:
    records = (
        dataclasses.replace(conda("zlib", "1.3"), size=699),
        dataclasses.replace(conda("python", "3.12"), size=1396),
        wheel("attrs", "25.0"),
    )
    rows = package_rows(lock_of(*records), wanted())
    assert list(package_table(rows, ("name", "size", "is-editable", "kind"))) == [
        "Name        Size  Is Editable  Kind",
        "attrs             false        pypi",
        "python  1.36 KiB  false        conda",
        "zlib       699 B  false        conda",
    ]


def test_subdirs_have_an_operating_system_and_a_processor() -> None:
    assert platform_and_arch("linux-64") == ("linux", "x86_64")
    assert platform_and_arch("osx-arm64") == ("osx", "arm64")
    assert platform_and_arch("linux-aarch64") == ("linux", "aarch64")
    assert platform_and_arch("noarch") == (None, None)


def test_a_frozen_listing_asks_no_engine() -> None:
    script = (
        "import sys, os\n"
        "from wisp.cli.main import run\n"
        "code = run(['wisp', 'list', '--frozen', '--json'])\n"
        "loaded = {'rattler', 'asyncio', 'dataclasses', 'difflib'} & set(sys.modules)\n"
        "print(code, sorted(loaded), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=CASES / "satisfied" / "conda",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "0 []"
