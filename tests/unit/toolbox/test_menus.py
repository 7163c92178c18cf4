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
