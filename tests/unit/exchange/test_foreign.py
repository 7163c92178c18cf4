from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.exchange.foreign import ForeignEnvironment, read_conda_environment, read_requirements_txt


def read(text: str) -> ForeignEnvironment:
    return read_conda_environment(text, Path("/w/env.yml"))


def test_an_environment_file_is_read_whole() -> None:
    found = read(
        "name: n\nchannels:\n- defaults\n- bioconda\ndependencies:\n- python=3.12\n- a::zlib\n"
        "- pip:\n  - attrs>=23\nvariables:\n  A: x\n  B: true\n"
    )
    assert found.name == "n"
    assert found.channels == ("main", "r", "msys2", "bioconda", "a")
    assert [(r.name, r.spec.version, r.spec.channel) for r in found.conda] == [
        ("python", "3.12.*", None),
        ("zlib", None, "a"),
    ]
    assert [(r.name, r.spec.version) for r in found.pypi] == [("attrs", ">=23")]
    assert found.variables == {"A": "x", "B": "true"}


def test_nodefaults_stays() -> None:
    assert read("channels: [c, nodefaults]\ndependencies: []\n").channels == ("c", "nodefaults")


def test_selected_lines_are_skipped_with_a_warning() -> None:
    found = read("dependencies:\n- sel(win): pywin32\n- zlib\n")
    assert [r.name for r in found.conda] == ["zlib"]
    assert len(found.warnings) == 1


@pytest.mark.parametrize(
    "text",
    ["- a\n", "dependencies: 3\n", "dependencies:\n- pip:\n  - -r x.txt\n", "a: [\n"],
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ManifestError):
        read(text)


def test_requirements_follow_inclusions_and_warn_of_constraints(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text(
        "-r sub/b.txt\nrich>=13 # why\nx==1 \\\n  --hash=sha256:0\n-c c\n"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.txt").write_text("# nothing\nattrs\n")
    found = read_requirements_txt(tmp_path / "r.txt")
    assert [(r.name, r.spec.version) for r in found.pypi] == [
        ("attrs", "*"),
        ("rich", ">=13"),
        ("x", "==1"),
    ]
    assert len(found.warnings) == 1


@pytest.mark.parametrize("line", ["-e .", "./folder", "not a requirement"])
def test_requirements_without_a_name_are_refused_with_their_place(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "r.txt"
    file.write_text(f"attrs\n{line}\n")
    with pytest.raises(ManifestError) as caught:
        read_requirements_txt(file)
    assert str(caught.value.place) == f"{file}:2:1"
