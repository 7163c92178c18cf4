from __future__ import annotations

import os
from pathlib import Path

import pytest

from wisp.api.weighing.kinds import kind_of
from wisp.api.weighing.prefix import UNOWNED, weigh_prefix
from wisp.api.weighing.report import PackageSize, SizeReport, changes
from wisp.api.weighing.unused import imported_modules, unused
from wisp.errors import HostError
from wisp.image.prefix import read_staged

SITE = "lib/python3.12/site-packages"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("lib/libx.so.1.2", "libraries"),
        ("lib/libx.a", "static libraries"),
        (f"{SITE}/x/__init__.py", "Python"),
        (f"{SITE}/x/__pycache__/a.cpython-312.pyc", "bytecode"),
        (f"{SITE}/x/tests/test_a.py", "tests"),
        (f"{SITE}/x/a.pyi", "typing"),
        (f"{SITE}/x-1.dist-info/METADATA", "records"),
        ("conda-meta/x-1-0.json", "records"),
        ("opt/conda/conda-meta/x-1-0.json", "records"),
        ("include/x/x.h", "headers"),
        ("share/man/man1/x.1", "documentation"),
        ("share/locale/de/x.mo", "translations"),
        ("bin/x", "programs"),
        ("share/x/weights.bin", "data"),
    ],
)
def test_paths_tell_kinds_of_files(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "one").write_bytes(b"x" * 100)
    os.link(tmp_path / "one", tmp_path / "two")
    (tmp_path / "link").symlink_to("one")
    (found,) = weigh_prefix(tmp_path, read_staged(tmp_path, "")).packages({}, {})
    assert (found.kind, found.name) == UNOWNED
    assert found.size == 100 + len("one")
    assert found.files == 3


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 60_000, '{"name": "a"}', '{"name": "a", "files": 1}'),
        *('{"name": "a", "files": ["../x"]}', r'{"name": "a", "files": ["x\u0000"]}'),
        '{"name": "a", "files": [], "paths_data": 1}',
        '{"name": "a", "files": [], "paths_data": {"paths": [{}]}}',
        '{"name": "a", "files": [], "extracted_package_dir": 1}',
    ],
)
def test_a_record_of_odd_shape_owns_nothing_and_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "conda-meta" / "a-1-0.json"
    file.parent.mkdir()
    file.write_text(text)
    unread: list[HostError] = []
    assert not read_staged(tmp_path, "", unread).owners
    assert [error.message for error in unread] == [f"could not read `{file}`"]
    with pytest.raises(HostError, match="could not read"):
        read_staged(tmp_path, "")


@pytest.mark.parametrize(
    "text", ["\xff", f'"{"a" * 200_000}",,\n', "a\0b,,\n", "../../../../x,,\n"]
)
def test_a_damaged_list_of_a_wheel_names_nothing(tmp_path: Path, text: str) -> None:
    info = tmp_path / "lib" / "python3.12" / "site-packages" / "x-1.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(text, "latin-1")
    (found,) = read_staged(tmp_path, "").owners.values()
    assert {path for path in found.paths if (tmp_path / path).exists()} == {
        "lib/python3.12/site-packages/x-1.dist-info/RECORD"
    }


def test_a_list_of_a_wheel_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    info = tmp_path / "lib" / "python3.12" / "site-packages" / "x-1.dist-info"
    info.mkdir(parents=True)
    os.mkfifo(info / "RECORD")
    with pytest.raises(HostError, match="could not read"):
        read_staged(tmp_path, "")


def test_what_a_record_that_cannot_be_read_brought_is_of_no_package(tmp_path: Path) -> None:
    (tmp_path / "conda-meta" / "one-1-0.json").mkdir(parents=True)
    (tmp_path / "one").write_bytes(b"x" * 100)
    unread: list[HostError] = []
    staged = read_staged(tmp_path, "", unread)
    (found,) = weigh_prefix(tmp_path, staged).packages({}, {})
    assert (found.kind, found.name, found.size) == (*UNOWNED, 100)
    assert ["one-1-0.json" in error.message for error in unread] == [True]
    with pytest.raises(HostError, match=r"one-1-0\.json"):
        read_staged(tmp_path, "")


def report(*packages: PackageSize) -> SizeReport:
    return SizeReport(subject="x", form="environment", packages=packages)


def test_the_largest_change_comes_first_and_equal_packages_not_at_all() -> None:
    before = report(
        PackageSize(name="same", version="1", size=5),
        PackageSize(name="grown", version="1", size=5),
        PackageSize(name="gone", version="1", size=50),
        PackageSize(name="renewed", version="1", size=5),
    )
    after = report(
        PackageSize(name="same", version="1", size=5),
        PackageSize(name="grown", version="2", size=25),
        PackageSize(name="new", version="1", size=7),
        PackageSize(name="renewed", version="2", size=5),
    )
    rows = [(one.name, one.difference) for one in changes(before, after)]
    assert rows == [("gone", -50), ("grown", 20), ("new", 7), ("renewed", 0)]


def test_imports_are_found_in_code_that_is_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import numpy.linalg as x\nfrom rich import print\nfrom . import near\n"
        "def late():\n    import scipy\n"
    )
    (tmp_path / "broken.py").write_text("import (\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "b.py").write_text("import pandas\n")
    assert imported_modules(tmp_path) == {"numpy", "rich", "scipy"}


def test_what_is_neither_imported_nor_called_is_named() -> None:
    direct = {
        "numpy": [f"{SITE}/numpy/__init__.py"],
        "pandas": [f"{SITE}/pandas/__init__.py", f"{SITE}/pandas-2.dist-info/RECORD"],
        "ruff": ["bin/ruff", f"{SITE}/ruff/__main__.py"],
        "jq": ["bin/jq"],
        "pytest": [f"{SITE}/pytest/__init__.py", "bin/pytest"],
        "openssl": ["lib/libssl.so"],
        "six": [f"{SITE}/six.py"],
        "python": ["bin/python", f"{SITE}/README.txt"],
    }
    commands = ["ruff check && .pixi/envs/default/bin/jq .", "python -m pytest"]
    assert unused(direct, {"numpy"}, commands) == ("pandas", "six")
