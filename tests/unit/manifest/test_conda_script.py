"""The blocks of conda-scripts: found behind any comment, read, and refused with their place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.conda_script import PIXI_FEATURE
from wisp.manifest.edit.document import Document
from wisp.manifest.model import Manifest
from wisp.manifest.read import ScriptDefaults, load
from wisp.manifest.script_block import find_conda_block
from wisp.manifest.script_templates import LANGUAGES

FAULTS = Path(__file__).parents[2] / "cases" / "conda-script" / "faults"
ON = ScriptDefaults(platforms=("linux-64",), conda_scripts=True)
OFF = ScriptDefaults(platforms=("linux-64",))
BLOCK = '{0} /// conda-script\n{0} channels = ["c"]\n{0}\n{0} entrypoint = "x"\n'
END = "{0} /// end-conda-script\n"


def read(folder: Path, text: str, name: str = "main.x") -> Manifest:
    file = folder / name
    file.write_bytes(text.encode())
    return load(file, script=ON)


@pytest.mark.parametrize("folder", sorted(FAULTS.iterdir()), ids=lambda folder: folder.name)
def test_a_fault_is_told_with_its_place(folder: Path) -> None:
    expect = tomllib.loads((folder / "expect.toml").read_text())
    (script,) = (path for path in folder.iterdir() if path.name != "expect.toml")
    with pytest.raises(ManifestError) as caught:
        load(script, script=ON)
    error = caught.value
    assert expect["message"] in error.message
    assert error.place is not None
    assert (error.place.line, error.place.column) == (
        expect.get("line", 0),
        expect["column"] if "line" in expect else error.place.column,
    )
    assert expect.get("hint", "") in " ".join(error.hints)


@pytest.mark.parametrize("comment", ["#", "//", "--", "!", "%", ";;", "  #", "'", "#_", ".."])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_block_stands_behind_any_comment(
    tmp_path: Path, comment: str, line_break: str, mark: str
) -> None:
    text = ("first\n" + (BLOCK + END).format(comment) + "last\n").replace("\n", line_break)
    found = read(tmp_path, mark + text)
    assert (found.kind, found.is_script, found.workspace.name) == ("conda-script", True, "main")
    assert [entry.channel for entry in found.workspace.channels] == ["c"]
    assert [one.name for one in found.workspace.platforms] == ["linux-64"]
    assert Document.open(found.text, found.kind).text == found.text


def test_tables_of_pixi_count_beside_those_of_the_block(tmp_path: Path) -> None:
    tables = """\
# [dependencies]
# a = "1.*"
# b = { version = "*", when = "__unix" }
# [tool.other]
# x = 1
# [tool.pixi.dependencies]
# a = ">=1.5"
# [tool.pixi.pypi-dependencies]
# c = "*"
# [tool.pixi.target.linux.dependencies]
# d = "*"
# [tool.pixi.workspace]
# platforms = ["linux-64", "osx-64"]
# exclude-newer = "7d"
"""
    found = read(tmp_path, BLOCK.format("#") + tables + END.format("#"))
    own, beside = found.features["default"], found.features[PIXI_FEATURE]
    assert [(one.name, one.spec.version) for one in own.base.dependencies] == [
        ("a", "1.*"),
        ("b", "*"),
    ]
    assert [one.name for one in own.base.pypi_dependencies] == ["c"]
    assert [(one.name, one.spec.version) for one in beside.base.dependencies] == [("a", ">=1.5")]
    ((selector, target),) = beside.targets
    assert (selector, [one.name for one in target.dependencies]) == ("linux", ["d"])
    assert found.environments["default"].features == (PIXI_FEATURE,)
    assert len(found.workspace.platforms) == 2
    assert found.warnings == ()


def test_without_the_switch_a_block_is_an_error_and_python_stays_what_it_was(
    tmp_path: Path,
) -> None:
    file = tmp_path / "main.py"
    conda = (BLOCK + END).format("#")
    file.write_text(conda)
    with pytest.raises(ManifestError, match="not switched on"):
        load(file, script=OFF)
    file.write_text("# /// script\n# dependencies = []\n# ///\nx = '''\n" + conda + "'''\n")
    assert load(file, script=OFF).kind == "script"


def test_an_edit_leaves_comments_and_what_is_around_as_they_are(tmp_path: Path) -> None:
    text = (
        "#!/bin/x\n"
        + BLOCK.format("  //")
        + "  // [tool.x]\n  // y = 1  # kept  \n"
        + END.format("  //")
        + "\x0cz"
    )
    document = Document.open(text, "conda-script")
    edited = document.set(("dependencies", "a"), "*").text
    block = find_conda_block(edited)
    assert block is not None
    assert edited == text.replace(
        END.format("  //"),
        '  //\n  // [dependencies]\n  // a = "*"\n' + END.format("  //"),
    )


@pytest.mark.parametrize("ending", LANGUAGES)
def test_what_a_language_begins_with_can_be_read(tmp_path: Path, ending: str) -> None:
    language = LANGUAGES[ending]
    found = read(tmp_path, language.block(["conda-forge"]) + language.body, f"main{ending}")
    assert [one.name for one in found.features["default"].base.dependencies] == [language.package]
    assert found.entrypoint is not None
    assert all(found.entrypoint.text_for(one) for one in ("linux-64", "osx-arm64", "win-64"))
