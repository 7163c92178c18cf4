"""Menu files of packages as desktop files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from wisp.toolbox.menus import applications, entries, has_menu, install_shortcuts, withdraw

PREFIX = Path("/home/me/.pixi/envs/editor")
MENU = {
    "menu_name": "{{ DISTRIBUTION_NAME }}",
    "menu_items": [
        {
            "name": "Editor",
            "description": "Edits\ntexts",
            "icon": "{{ MENU_DIR }}/editor.{{ ICON_EXT }}",
            "command": ["{{ PREFIX }}/bin/edit", "--title=a $b", "%F"],
            "activate": False,
            "platforms": {
                "linux": {"Categories": ["Utility", "Text"], "StartupNotify": True},
                "win": {},
            },
        },
        {"name": "Other", "command": ["x"], "platforms": {"osx": {}}},
    ],
}


def test_an_item_becomes_a_desktop_file() -> None:
    assert entries(MENU, PREFIX) == {
        "editor_editor.desktop": r"""[Desktop Entry]
Type=Application
Encoding=UTF-8
Name=Editor
Exec=/home/me/.pixi/envs/editor/bin/edit "--title=a \\$b" %F
Terminal=false
Icon=/home/me/.pixi/envs/editor/Menu/editor.png
Comment=Edits\ntexts
Categories=Utility;Text;
StartupNotify=true
X-Wisp-Prefix=/home/me/.pixi/envs/editor
"""
    }


def test_a_command_that_wants_the_environment_gets_it() -> None:
    item = {"name": "E", "command": ["e"], "platforms": {"linux": {"command": ["f"]}}}
    (text,) = entries({"menu_items": [item]}, PREFIX).values()
    assert f"Exec=env CONDA_PREFIX={PREFIX} PATH={PREFIX}/bin:/usr/bin:/bin f\n" in text


def test_files_that_bring_entries() -> None:
    assert has_menu(["bin/x", "Menu/x.json"])
    assert not has_menu(["Menu/x.png", "Menu/deep/x.json", "share/Menu/x.json"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="desktop files are Linux's")
def test_entries_come_and_go_with_their_environment(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    prefix = tmp_path / "envs" / "editor"
    (prefix / "Menu").mkdir(parents=True)
    (prefix / "Menu" / "x.json").write_text(json.dumps(MENU))
    (prefix / "Menu" / "broken.json").write_text("{")
    folder = applications(environ)
    folder.mkdir(parents=True)
    (folder / "mine.desktop").write_text("[Desktop Entry]\n")
    files = ("Menu/x.json", "Menu/broken.json")
    install_shortcuts(environ, prefix, {"editor": files})
    assert {file.name for file in folder.iterdir()} == {"mine.desktop", "editor_editor.desktop"}
    withdraw(environ, prefix)
    assert [file.name for file in folder.iterdir()] == ["mine.desktop"]


def _installed(tmp_path: Path, menu: object) -> Path:
    """Write the entries of a menu file, and return the user's folder of them."""
    environ = {"XDG_DATA_HOME": str(tmp_path / "data")}
    prefix = tmp_path / "envs" / "evil"
    (prefix / "Menu").mkdir(parents=True, exist_ok=True)
    (prefix / "Menu" / "m.json").write_text(json.dumps(menu))
    install_shortcuts(environ, prefix, {"evil": ("Menu/m.json",)})
    return applications(environ)


def _item(**more: object) -> dict[str, object]:
    return {"name": "b", "command": ["x"], "platforms": {"linux": {}}} | more


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menus of Linux")
def test_an_entry_of_somebody_else_stays(tmp_path: Path) -> None:
    folder, victim = tmp_path / "data" / "applications", tmp_path / "victim"
    folder.mkdir(parents=True)
    victim.write_text("mine")
    (folder / "a_mine.desktop").write_text("[Desktop Entry]\n")
    (folder / "a_link.desktop").symlink_to(victim)
    items = [_item(name=name) for name in ("mine", "link", "new")]
    _installed(tmp_path, {"menu_name": "a", "menu_items": items})
    assert (folder / "a_mine.desktop").read_text() == "[Desktop Entry]\n"
    assert victim.read_text() == "mine"
    assert "X-Wisp-Prefix" in (folder / "a_new.desktop").read_text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menus of Linux")
@pytest.mark.parametrize(
    "items",
    [
        1,
        ["x"],
        [_item(platforms=["linux"])],
        [_item(platforms={"linux": "x"})],
        [_item(command=5)],
        [_item(platforms={"linux": {"Categories": 5}})],
    ],
)
def test_a_damaged_menu_brings_no_entry(tmp_path: Path, items: object) -> None:
    folder = _installed(tmp_path, {"menu_name": "a", "menu_items": items})
    assert not folder.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menus of Linux")
def test_names_without_measure_and_what_terminals_obey_are_spelled(tmp_path: Path) -> None:
    folder = _installed(
        tmp_path, {"menu_name": "a" * 300, "menu_items": [_item(description="c\x1b]0;d")]}
    )
    (file,) = folder.iterdir()
    assert "Comment=c\\\\x1b]0;d\n" in file.read_text()


def test_what_is_no_command_means_nothing_to_a_menu() -> None:
    """A folder with a `%f` in its name stands for no file, and no backslash begins an escape."""
    item = {
        "name": " C:\\new",
        "command": ["{{ PREFIX }}/bin/e", "%F"],
        "platforms": {"linux": {"Keywords": ["a;b", "c"], "GenericName": "\\s"}},
    }
    prefix = Path("/home/me/100%file/envs/e")
    (text,) = entries({"menu_items": [item]}, prefix).values()
    place = "/home/me/100%%file/envs/e"
    rows = dict(line.split("=", 1) for line in text.splitlines()[1:])
    paths = f"CONDA_PREFIX={place} PATH={place}/bin:/usr/bin:/bin"
    assert rows["Exec"] == f"env {paths} {place}/bin/e %F"
    assert rows["Name"] == r"\sC:\\new"
    assert (rows["Keywords"], rows["GenericName"]) == (r"a\\;b;c;".replace("\\\\", "\\"), r"\\s")
    assert rows["X-Wisp-Prefix"] == str(prefix)
