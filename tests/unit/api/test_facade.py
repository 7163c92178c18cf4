"""The facade has a deed for every command, and the library page names all of both."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import wisp
from wisp.api import (
    editor,
    editor_tables,
    editors,
    global_tools,
    imager,
    shells,
    terminal,
    tool_cutoffs,
    viewer,
    weigher,
)
from wisp.api.session import Session
from wisp.api.workspace import Workspace
from wisp.cli.declare import Command
from wisp.cli.table import ENTRIES
from wisp.values import fields

PAGE = Path(__file__).parents[3] / "docs/how-to/use-as-a-library.md"
ROW = re.compile(r"^\| `([a-z -]+)` \| (.+) \|$", re.MULTILINE)
#: Only mean something in a terminal.
TERMINAL = {"completion", "shell"}
#: Only say what has taken their place.
REMOVED = {"global upgrade", "global upgrade-all"}
#: Deeds for the command line's own sake.
COMMAND_LINE = "Workspace.terminal."
#: Deeds without a command, which only programs need.
NO_COMMAND = {
    "Workspace.enter",
    "Workspace.open",
    "Workspace.prefix",
    "Workspace.take",
    "Workspace.image.names",
    "Workspace.image.settings",
    "Workspace.show.feature_users",
    "Workspace.show.save",
    "Workspace.sizes.save",
    "Session.cache_kinds",
    "Session.enclosing_root",
    "Session.environment",
    "Session.is_script",
    "Session.of",
    "Session.only_looking",
    "Session.open",
    "Session.tools",
    "Session.workspace_of",
    "Session.would_extend",
}
HOMES = (
    editor_tables,
    editor,
    editors,
    viewer,
    imager,
    shells,
    terminal,
    global_tools,
    tool_cutoffs,
    weigher,
)
GROUPS: dict[str, type] = {
    "Workspace": Workspace,
    "Workspace.edit": editor.Editor,
    "Workspace.edit.tasks": editor_tables.TaskEditor,
    "Workspace.edit.activation": editor_tables.ActivationEditor,
    "Workspace.edit.pool": editor_tables.PoolEditor,
    "Workspace.edit.cutoffs": editor_tables.CutoffEditor,
    "Workspace.editors": editors.Editors,
    "Workspace.show": viewer.Viewer,
    "Workspace.image": imager.Imager,
    "Workspace.sizes": weigher.Weigher,
    "Workspace.terminal": terminal.Terminal,
    "Session": Session,
    "Session.shells": shells.Shells,
    "Session.tools": global_tools.GlobalTools,
    "Session.tools.cutoffs": tool_cutoffs.ToolCutoffs,
}


def commands() -> Iterator[str]:
    """Yield the words of all commands that do something."""

    def below(command: Command[Any], path: str) -> Iterator[str]:
        if command.run is not None:
            yield path
        for one in command.commands:
            yield from below(one.whole(), f"{path} {one.name}")

    for name, entry in ENTRIES.items():
        yield from below(import_module(f"wisp.cli.commands.{entry.module}").COMMAND, name)


def deeds() -> set[str]:
    """Name all public methods of the facade."""
    return {
        f"{path}.{name}"
        for path, cls in GROUPS.items()
        for name, _ in inspect.getmembers(cls, callable)
        if not name.startswith("_")
    }


def table() -> dict[str, list[str]]:
    """Map the commands of the page's table to what it calls their deeds."""
    return {
        command: re.findall(r"`([\w.]+)`", cell)
        for command, cell in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }


def test_the_page_has_every_command_and_no_other() -> None:
    assert set(table()) == set(commands()) - REMOVED


def test_every_command_has_a_deed() -> None:
    assert {command for command, names in table().items() if not names} == TERMINAL


def test_every_deed_that_the_page_names_is_there() -> None:
    named = {name for names in table().values() for name in names}
    for name in named:
        group, _, deed = name.rpartition(".")
        assert hasattr(GROUPS[group], deed), name


def test_every_deed_has_a_command_or_is_known_to_have_none() -> None:
    named = {name for names in table().values() for name in names}
    assert {one for one in deeds() if not one.startswith(COMMAND_LINE)} - named == NO_COMMAND


def test_the_page_tells_of_deeds_without_a_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(NO_COMMAND) if f"`{name}`" not in text] == []


def test_groups_are_reached_by_the_names_of_the_page() -> None:
    for path, cls in GROUPS.items():
        group, _, name = path.rpartition(".")
        if group:
            member = getattr(GROUPS[group], name)
            names = {key: value for home in HOMES for key, value in vars(home).items()}
            getter = member.fget if isinstance(member, property) else member
            assert get_type_hints(getter, names)["return"] is cls


def signatures() -> Iterator[tuple[str, inspect.Signature]]:
    """Yield the deeds with what they take and give, but those of the command line alone."""
    for name in sorted(deeds()):
        if not name.startswith(COMMAND_LINE):
            group, _, deed = name.rpartition(".")
            yield name, inspect.signature(getattr(GROUPS[group], deed))


def requests() -> Iterator[tuple[str, str]]:
    """Yield the fields of what deeds are asked by, with their types."""
    for name in wisp.__all__:
        if name.endswith("Request") or name == "SpecImage":
            for field in fields(getattr(wisp, name)):
                yield f"{name}.{field.name}", str(field.type)


def test_who_takes_several_words_takes_one() -> None:
    several = re.compile(r"(?<!str \| )(Sequence|Iterable)\[str\]")
    taken = [
        (f"{name}({one.name})", str(one.annotation))
        for name, signature in signatures()
        for one in signature.parameters.values()
    ]
    assert [name for name, kind in (*taken, *requests()) if several.search(kind)] == []


def test_who_takes_a_path_takes_a_text() -> None:
    taken = {
        f"{name}({one.name})": str(one.annotation)
        for name, signature in signatures()
        for one in signature.parameters.values()
    }
    assert [name for name, kind in taken.items() if re.search(r"\bPath\b", kind)] == []


def classes_known_to(module: ModuleType) -> Iterator[str]:
    """Yield the classes of wisp that a module imports, at its top or for type checkers."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wisp."):
            for one in node.names:
                home = import_module(node.module or "")
                if isinstance(getattr(home, one.name, None), type):
                    yield one.name


def test_classes_that_deeds_take_and_give_are_exported() -> None:
    words = set[str]()
    for _, signature in signatures():
        kinds = [one.annotation for one in signature.parameters.values()]
        words.update(re.findall(r"\w+", f"{kinds} {signature.return_annotation}"))
    known = {
        one for cls in GROUPS.values() for one in classes_known_to(sys.modules[cls.__module__])
    }
    groups = {cls.__name__ for cls in GROUPS.values()}
    assert words & known - groups - set(wisp.__all__) == set()


def test_failures_that_deeds_tell_of_are_exported() -> None:
    texts = [
        inspect.getdoc(getattr(GROUPS[name.rpartition(".")[0]], name.rpartition(".")[2])) or ""
        for name in deeds()
    ]
    named = set(re.findall(r"`(\w+Error)`", "\n".join(texts)))
    assert named - set(wisp.__all__) == set()
