"""Which manifest is found, from where, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.discover import discover, find

WORKSPACE = "[workspace]\nchannels = []\n"
PYPROJECT = "[tool.pixi.workspace]\nchannels = []\n"
PACKAGE = '[package]\nname = "a"\n'


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"pixi.toml": WORKSPACE, "pyproject.toml": PYPROJECT}, "pixi.toml"),
        ({"pyproject.toml": PYPROJECT, "mojoproject.toml": WORKSPACE}, "pyproject.toml"),
        ({"pyproject.toml": "[project]\n", "mojoproject.toml": WORKSPACE}, "mojoproject.toml"),
        ({"a/b/pyproject.toml": "[project]\n", "pixi.toml": WORKSPACE}, "pixi.toml"),
        ({"a/pixi.toml": WORKSPACE, "pixi.toml": WORKSPACE}, "a/pixi.toml"),
        ({"a/pixi.toml": PACKAGE, "pixi.toml": WORKSPACE}, "pixi.toml"),
        ({"a/pixi.toml": '[project]\nname = "a"\n'}, "a/pixi.toml"),
    ],
)
def test_nearest_manifest_is_found(tmp_path: Path, files: dict[str, str], found: str) -> None:
    write(tmp_path, files)
    start = tmp_path / "a" / "b"
    start.mkdir(parents=True, exist_ok=True)
    assert find(start, {}) == tmp_path / found


def test_nearest_package_is_remembered(tmp_path: Path) -> None:
    write(tmp_path, {"pixi.toml": WORKSPACE, "a/b/pixi.toml": PACKAGE, "a/pixi.toml": PACKAGE})
    found = discover(tmp_path / "a" / "b", {})
    assert (found.path, found.package) == (tmp_path / "pixi.toml", tmp_path / "a/b/pixi.toml")


def test_manifest_path_is_a_file_or_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"x/pixi.toml": WORKSPACE, "x/other.toml": WORKSPACE})
    assert find(tmp_path, {}, Path("x")) == tmp_path / "x" / "pixi.toml"
    assert find(tmp_path, {}, Path("x/other.toml")) == tmp_path / "x" / "other.toml"
    with pytest.raises(ManifestError, match="does not exist"):
        find(tmp_path, {}, Path("y"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("pixi.toml", "[tasks]\n"), ("pyproject.toml", "[tool.pixi.tasks]\n")],
)
def test_manifest_without_its_sections_ends_the_search(
    tmp_path: Path, name: str, text: str
) -> None:
    write(tmp_path, {f"a/{name}": text, "pixi.toml": WORKSPACE})
    with pytest.raises(ManifestError, match="Missing table in manifest"):
        find(tmp_path / "a", {})


def test_manifest_of_the_shell_is_the_last_resort(tmp_path: Path) -> None:
    active = {"PIXI_IN_SHELL": "1", "PIXI_PROJECT_MANIFEST": "/elsewhere/pixi.toml"}
    assert find(tmp_path, active) == Path("/elsewhere/pixi.toml")
    with pytest.raises(ManifestError):
        find(tmp_path, {"PIXI_PROJECT_MANIFEST": "/elsewhere/pixi.toml"})


def test_local_manifest_beats_that_of_the_shell_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"pixi.toml": WORKSPACE})
    own = tmp_path / "pixi.toml"
    active = {"PIXI_IN_SHELL": "1", "PIXI_PROJECT_MANIFEST": "/elsewhere/pixi.toml"}
    found = discover(tmp_path, active)
    assert found.path == own
    assert "rather than /elsewhere/pixi.toml" in found.warnings[0]
    assert found.warnings[0].endswith("`PIXI_PROJECT_MANIFEST`")
    newer = active | {"PIXI_WORKSPACE_MANIFEST": "/newer/pixi.toml"}
    both, other = discover(tmp_path, newer).warnings
    assert "set to different values; using `PIXI_WORKSPACE_MANIFEST`" in both
    assert "/newer/pixi.toml from environment variable `PIXI_WORKSPACE_MANIFEST`" in other
    assert discover(tmp_path, active | {"PIXI_PROJECT_MANIFEST": str(own)}).warnings == ()


def test_failure_names_the_folder_and_helps(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": '[project]\nname = "a"\n'})
    with pytest.raises(ManifestError) as caught:
        find(tmp_path, {})
    assert caught.value.message == (
        f"could not find pixi.toml or pyproject.toml with tool.pixi at directory {tmp_path}"
    )
    assert "pixi init" in caught.value.hints[0]


def hints_in(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ManifestError) as caught:
        find(folder, {})
    return caught.value.hints


def test_who_stands_above_a_workspace_is_led_down_to_it(tmp_path: Path) -> None:
    write(tmp_path, {"other/pyproject.toml": "[project]\n", "package/pixi.toml": PACKAGE})
    assert hints_in(tmp_path) == ("Run `pixi init` to make a workspace here",)
    write(tmp_path, {"my app/pixi.toml": WORKSPACE})
    assert hints_in(tmp_path)[0] == "`my app` is a workspace: `cd 'my app'`"
    write(tmp_path, {f"{name}/pyproject.toml": PYPROJECT for name in "abc"})
    assert hints_in(tmp_path)[0] == "`a`, `b`, `c` and others are workspaces: go to one"


def test_nobody_is_led_down_by_a_name_that_speaks_for_itself_or_by_a_stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 255."""
    write(tmp_path, {"x`\n  help: run `evil/pixi.toml": WORKSPACE, "big/pixi.toml": WORKSPACE})
    (tmp_path / "big" / "pixi.toml").write_text(WORKSPACE + "#" * 100_000)
    (tmp_path / "loop").symlink_to("loop")
    only = ("Run `pixi init` to make a workspace here",)
    assert hints_in(tmp_path) == only
    write(tmp_path, {"-w/pixi.toml": WORKSPACE})
    assert hints_in(tmp_path)[0] == "`-w` is a workspace: `cd ./-w`"
    monkeypatch.setattr("wisp.manifest.discover.stranger_who_owns", lambda _: 4242)
    assert hints_in(tmp_path) == only


@pytest.mark.parametrize("name", ["pixi.toml", "pyproject.toml"])
def test_a_manifest_that_leads_nowhere_is_told(tmp_path: Path, name: str) -> None:
    """As an annex has it whose files were not fetched: to make a new one is no help."""
    (tmp_path / name).symlink_to(tmp_path / "gone")
    with pytest.raises(ManifestError) as caught:
        find(tmp_path, {})
    link, target = tmp_path / name, tmp_path / "gone"
    assert caught.value.message == f"`{link}` is a symbolic link to `{target}`, which is not there"
    assert "bring that file back" in caught.value.hints[0]
    target.write_text(WORKSPACE if name == "pixi.toml" else PYPROJECT)
    assert find(tmp_path, {}) == link


@pytest.mark.parametrize(
    "text",
    [
        "[tool.pixi]\nworkspace.channels = []\n",
        "[ tool . pixi . workspace ]\nchannels = []\n",
        '[tool."pixi".workspace]\nchannels = []\n',
        "[tool]\npixi.workspace = { channels = [] }\n",
        "[tool.pixi]\nworkspace = { channels = [] }\n",
        "tool = { pixi = { workspace = { channels = [] } } }\n",
        "tool.'pixi'.workspace.channels = []\n",
        "  [tool.pixi.workspace]\nchannels = []\n",
        '[tool.pixi."workspace".dependencies]\n',
    ],
)
def test_headers_are_known_by_what_they_mean(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"pyproject.toml": '[project]\nname = "a"\n' + text})
    if text.startswith("tool"):
        write(tmp_path, {"pyproject.toml": text})
    assert find(tmp_path, {}) == tmp_path / "pyproject.toml"


@pytest.mark.parametrize(
    "text",
    [
        "workspace.channels = []\n",
        "workspace = { channels = [] }\n",
        '["workspace"]\n',
        "[ package ]\n",
    ],
)
def test_headers_of_a_pixi_toml_too(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"inner/pixi.toml": text, "pixi.toml": WORKSPACE})
    found = discover(tmp_path / "inner", {})
    assert (found.path.parent.name == "inner") is ("package" not in text)


def test_words_in_comments_and_strings_make_no_manifest(tmp_path: Path) -> None:
    text = '# [tool.pixi.workspace] was here\n[tool.x]\nnote = "[tool.pixi.workspace]"\n'
    write(tmp_path, {"a/pyproject.toml": text, "pixi.toml": WORKSPACE})
    assert find(tmp_path / "a", {}) == tmp_path / "pixi.toml"


def test_a_manifest_that_is_no_toml_is_found_so_that_it_can_be_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/pixi.toml": "<<<<<<< HEAD\n[ workspace ]\n", "pixi.toml": WORKSPACE})
    assert find(tmp_path / "a", {}) == tmp_path / "a" / "pixi.toml"
