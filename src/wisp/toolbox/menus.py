"""Menu entries that packages bring, as desktop files of the user (Linux only).

Sources: CEP 11 (menu files of packages, `Menu/NAME.json`), the Desktop Entry Specification.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from wisp.config.files import home_folder
from wisp.engine.safe.root import Root
from wisp.foreign import json_data
from wisp.patterns import pattern
from wisp.printable import printable
from wisp.trust import found_bytes, found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLACEHOLDER = pattern(r"\{\{\s*(\w+)\s*\}\}")
#: Says which environment an entry belongs to, so that it goes away with it.
_OWNER = "X-Wisp-Prefix"
#: File systems allow names of 255 bytes, of which drafts need some.
_LONGEST_NAME = 200
_LISTS = ("Categories", "MimeType", "Keywords", "OnlyShowIn", "NotShowIn", "Implements")
_SIMPLE = (
    "GenericName",
    "Hidden",
    "NoDisplay",
    "DBusActivatable",
    "TryExec",
    "StartupNotify",
    "StartupWMClass",
    "PrefersNonDefaultGPU",
    "SingleMainWindow",
)


def has_menu(files: Iterable[str]) -> bool:
    """Tell whether a package with these files brings menu entries."""
    return any(_is_menu(file) for file in files)


def _is_menu(file: str) -> bool:
    return file.startswith("Menu/") and file.endswith(".json") and file.count("/") == 1


def install_shortcuts(
    environ: Mapping[str, str], prefix: Path, menus: Mapping[str, Iterable[str]]
) -> None:
    """Write the entries of packages, and take away others of the same environment.

    `menus` are the files of packages, by name. A menu file that is damaged brings no entry, and
    what lies at the place of one and is not this environment's stays.
    """
    if not sys.platform.startswith("linux"):
        return
    wanted: dict[str, str] = {}
    for files in menus.values():
        for file in filter(_is_menu, files):
            # Whatever a stranger's file has in the place of lists and texts.
            with contextlib.suppress(TypeError, AttributeError):
                wanted |= entries(_read(prefix / file), prefix)
    folder = applications(environ)
    owned = {path.name for path in _owned(folder, prefix)}
    for name in owned - wanted.keys():
        (folder / name).unlink(missing_ok=True)
    for name, text in wanted.items():
        is_free = name in owned or not os.path.lexists(folder / name)
        if is_free and _text(folder / name) != text:
            Root(folder).write(folder / name, text)


def withdraw(environ: Mapping[str, str], prefix: Path) -> None:
    """Take away all entries of an environment."""
    install_shortcuts(environ, prefix, {})


def applications(environ: Mapping[str, str]) -> Path:
    """Return the folder of the user's desktop files."""
    data = environ.get("XDG_DATA_HOME")
    base = Path(data) if data else home_folder(environ) / ".local" / "share"
    return base / "applications"


def entries(menu: Mapping[str, Any], prefix: Path) -> dict[str, str]:
    """Spell the items of a menu file as desktop files, by file name."""
    known = {
        "PREFIX": str(prefix),
        "BASE_PREFIX": str(prefix),
        "ENV_NAME": prefix.name,
        "DISTRIBUTION_NAME": prefix.name,
        "BIN_DIR": str(prefix / "bin"),
        "MENU_DIR": str(prefix / "Menu"),
        "PYTHON": str(prefix / "bin" / "python"),
        "BASE_PYTHON": str(prefix / "bin" / "python"),
        "HOME": "~",
        "ICON_EXT": "png",
    }

    def fill(text: str, *, in_command: bool = False) -> str:
        def found(match: re.Match[str]) -> str:
            value = known.get(match[1], match[0])
            return _no_code(value) if in_command else value

        return _PLACEHOLDER.sub(found, text)

    found: dict[str, str] = {}
    title = fill(str(menu.get("menu_name", prefix.name)))
    for item in menu.get("menu_items", ()):
        linux = (item.get("platforms") or {}).get("linux")
        if linux is None:
            continue
        whole = {**item, **{key: value for key, value in linux.items() if value is not None}}
        name = fill(_name(whole))
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{title}_{name}").lower()
        file = stem[:_LONGEST_NAME] + ".desktop"
        found[file] = _desktop_file(whole, name, prefix, fill)
    return found


def _name(item: Mapping[str, Any]) -> str:
    name = item.get("name", "")
    if isinstance(name, dict):
        name = name.get("target_environment_is_not_base", "")
    return str(name)


def _desktop_file(item: Mapping[str, Any], name: str, prefix: Path, fill: Any) -> str:
    words = [fill(str(word), in_command=True) for word in item.get("command", ())]
    if item.get("activate", True):
        # What the activation of the environment is to a menu: its folder in front of PATH.
        place = _no_code(str(prefix))
        words = ["env", f"CONDA_PREFIX={place}", f"PATH={place}/bin:/usr/bin:/bin", *words]
    rows: dict[str, str] = {
        "Type": "Application",
        "Encoding": "UTF-8",
        "Name": _one_line(name),
        "Exec": _one_line(" ".join(map(_quoted, words))),
        "Terminal": "true" if item.get("terminal") else "false",
    }
    for key, field in (("Icon", "icon"), ("Comment", "description"), ("Path", "working_dir")):
        if item.get(field):
            rows[key] = _one_line(fill(str(item[field])))
    for key in _LISTS:
        if item.get(key):
            rows[key] = "".join(
                _one_line(fill(str(one))).replace(";", r"\;") + ";" for one in item[key]
            )
    for key in _SIMPLE:
        if item.get(key) is not None:
            value = item[key]
            told = str(value).lower() if isinstance(value, bool) else fill(str(value))
            rows[key] = _one_line(told)
    rows[_OWNER] = _one_line(str(prefix))
    lines = (f"{key}={value}" for key, value in rows.items())
    return "[Desktop Entry]\n" + "".join(f"{line}\n" for line in lines)


def _quoted(word: str) -> str:
    """Quote a word of `Exec` where it needs it; field codes such as `%F` stand alone."""
    if re.fullmatch(r"[A-Za-z0-9_./:=+@,%-]+", word):
        return word
    escaped = re.sub(r'(["`$\\])', r"\\\1", word)
    return f'"{escaped}"'


def _no_code(text: str) -> str:
    """Write a text for `Exec` so that no `%f` in it stands for a file."""
    return text.replace("%", "%%")


def _one_line(value: str) -> str:
    """Spell a value of any key: backslashes begin escapes, a blank at the front would be lost."""
    escaped = printable(value.replace("\r", "")).replace("\\", "\\\\").replace("\n", "\\n")
    return f"\\s{escaped[1:]}" if escaped.startswith(" ") else escaped


def _owned(folder: Path, prefix: Path) -> list[Path]:
    mark = f"\n{_OWNER}={_one_line(str(prefix))}\n"
    found: list[Path] = []
    with contextlib.suppress(OSError):
        files = [path for path in folder.glob("*.desktop") if not path.is_symlink()]
        found = [path for path in files if mark in (_text(path) or "")]
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        data = json_data(found_bytes(file))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _text(file: Path) -> str | None:
    try:
        return found_text(file)
    except (OSError, ValueError):
        return None
