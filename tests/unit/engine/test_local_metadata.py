from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.local_metadata import NeedsBuild, core_metadata, sdist_metadata, static_metadata
from wisp.errors import FetchError
from wisp.specs.metadata import CoreMetadata


def project(folder: Path, text: str) -> CoreMetadata | NeedsBuild:
    (folder / "pyproject.toml").write_text(text)
    return static_metadata(folder)


def test_static_metadata_is_spelled_as_locks_spell_it(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        """
        [project]
        name = "My_Project"
        version = "1.0"
        requires-python = "<4, >= 3.9"
        dependencies = ["Rich >= 13 ; python_version < '3.12'", "idna"]
        [project.optional-dependencies]
        Dev_x = ["ruff", "mypy; os_name == 'nt' or os_name == 'posix'"]
        """,
    )
    assert found == CoreMetadata(
        name="my-project",
        version="1.0",
        requires_python=">=3.9,<4",
        requires_dist=(
            "rich>=13 ; python_full_version < '3.12'",
            "idna",
            "ruff ; extra == 'dev-x'",
            "mypy ; (os_name == 'nt' and extra == 'dev-x')"
            " or (os_name == 'posix' and extra == 'dev-x')",
        ),
    )


def test_a_dynamic_version_needs_no_build(tmp_path: Path) -> None:
    found = project(tmp_path, '[project]\nname = "a"\ndynamic = ["version"]\n')
    assert found == CoreMetadata(name="a")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[project]\nname = "a"\ndynamic = ["version", "dependencies"]\n', "dynamic dependencies"),
        ('[tool.poetry]\nname = "a"\n', r"no \[project\] table"),
    ],
)
def test_what_only_a_back_end_knows_is_told_as_such(tmp_path: Path, text: str, why: str) -> None:
    found = project(tmp_path, text)
    assert isinstance(found, NeedsBuild)
    assert found.folder == tmp_path
    assert why.replace("\\", "") in found.why


def test_a_setup_script_needs_a_build(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("")
    assert isinstance(static_metadata(tmp_path), NeedsBuild)


def test_a_folder_without_a_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no Python project"):
        static_metadata(tmp_path)


def test_unreadable_toml_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"pyproject\.toml"):
        project(tmp_path, "[project\n")


def test_core_metadata_is_read_from_its_headers() -> None:
    found = core_metadata(
        "Metadata-Version: 2.1\nName: A.b\nVersion: 2\nRequires-Python: >=3.8\n"
        "Requires-Dist: rich (>=13)\nRequires-Dist: six ; extra == 'X'\n\nText: no header\n"
    )
    assert found == CoreMetadata(
        name="a-b",
        version="2",
        requires_python=">=3.8",
        requires_dist=("rich>=13", "six ; extra == 'x'"),
    )


@pytest.mark.parametrize(
    "project",
    [
        "dependencies = 1",
        "dependencies = [1]",
        "optional-dependencies = []",
        "optional-dependencies = { a = 1 }",
        "requires-python = 1",
        "version = 1",
        "dynamic = 1",
        "dynamic = [[]]",
    ],
)
def test_a_project_of_odd_form_is_told_with_its_file(tmp_path: Path, project: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f'[project]\nname = "x"\n{project}\n')
    with pytest.raises(FetchError, match="odd form") as told:
        static_metadata(tmp_path)
    assert str(file) in str(told.value)


@pytest.mark.parametrize("text", ["", "Version: 1\n", "PK\x03\x04" + "\x00" * 99, "[" * 9_000])
def test_metadata_without_a_name_is_damaged(text: str) -> None:
    with pytest.raises(FetchError, match=r"the metadata of `x\.whl` is damaged"):
        core_metadata(text, "`x.whl`")


@pytest.mark.parametrize("head", ["Metadata-Version: no\nName: x\n", "Metadata-Version: 2.2\n"])
def test_a_damaged_source_distribution_leaves_it_to_its_back_end(tmp_path: Path, head: str) -> None:
    (tmp_path / "setup.py").touch()
    (tmp_path / "PKG-INFO").write_text(head)
    assert sdist_metadata(tmp_path) is None
