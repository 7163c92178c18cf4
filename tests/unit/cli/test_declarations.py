"""What holds for every command: it says each thing once, and its help can be read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from wisp.cli import table
from wisp.cli.declare import Command, declared
from wisp.cli.help import described, overview
from wisp.cli.options import Global

_SOURCES = Path(table.__file__).parent


def _walk(command: Command[Any], path: str) -> Iterator[tuple[str, Command[Any]]]:
    yield path, command
    for below in command.commands:
        yield from _walk(below.whole(), f"{path} {below.name}")


def _plain(text: str, code: str) -> str:
    del code
    return text


TOP: dict[str, Command[Any]] = {
    name: import_module(f"wisp.cli.commands.{entry.module}").COMMAND
    for name, entry in table.ENTRIES.items()
}
ALL = dict(pair for name, command in TOP.items() for pair in _walk(command, name))


def test_words_mean_one_command() -> None:
    words = [w for entry in table.ENTRIES.values() for w in (entry.name, *entry.aliases)]
    assert len(words) == len(set(words))
    for command in ALL.values():
        below = [word for one in command.commands for word in (one.name, *one.aliases)]
        assert len(below) == len(set(below))


def test_summaries_of_the_table_stand_nowhere_else() -> None:
    sources = {p: p.read_text() for p in _SOURCES.rglob("*.py") if p.name != "table.py"}
    for entry in (*table.ENTRIES.values(), *table.BELOW_WORKSPACE):
        assert [path for path, text in sources.items() if f'"{entry.summary}"' in text] == []


def test_every_module_of_a_command_is_in_the_table() -> None:
    making = {
        path
        for path in (_SOURCES / "commands").rglob("*.py")
        if re.search(r"^COMMAND = top\(", path.read_text(), re.MULTILINE)
    }
    assert len(making) == len(table.ENTRIES) + len(table.BELOW_WORKSPACE)


@pytest.mark.parametrize("path", ALL)
def test_flags_and_conflicts_are_sound(path: str) -> None:
    arguments, options = declared(ALL[path].values)
    flags = [flag for option in options for flag in option.flags]
    assert len(flags) == len(set(flags))
    named = {*flags, *(argument.metavar for argument in arguments)}
    foreign = {"--workspace", "--manifest-path"}  # a base names what only derived classes have
    for option in options:
        assert named | foreign >= {*option.conflicts, *option.requires}


@pytest.mark.parametrize("path", ALL)
def test_options_of_a_group_belong_to_its_commands(path: str) -> None:
    command = ALL[path]
    handed_on = {
        option for option in declared(command.values)[1] if command.run is None or option.is_global
    }
    for below in (one.whole() for one in command.commands):
        assert handed_on <= set(declared(below.values)[1]), below.name


@pytest.mark.parametrize("path", [path for path, one in ALL.items() if one.remembered])
def test_remembered_options_exist(path: str) -> None:
    assert ALL[path].remembered <= {option.dest for option in declared(ALL[path].values)[1]}


@pytest.mark.parametrize("name", [name for name, one in table.ENTRIES.items() if one.lane])
def test_the_quick_path_knows_options_as_they_are_declared(name: str) -> None:
    options = {option.dest: option for option in declared(TOP[name].values)[1]}
    lane = table.ENTRIES[name].lane
    for flag, dest in lane.items():
        assert flag in options[dest].flags
    for dest in set(lane.values()):
        assert set(options[dest].flags) <= lane.keys()


@pytest.mark.parametrize("path", ALL)
def test_help_fits_and_has_an_example(path: str) -> None:
    command = ALL[path]
    text = described(command, f"wisp {path}", _plain)
    assert max(map(len, text.splitlines())) <= 80
    assert all(argument.help for argument in declared(command.values)[0])
    found = re.search(r"^Example:\n  (?:eval \"\$\()?wisp (.+)", text, re.MULTILINE)
    assert found is not None
    assert re.match(rf"{path}\b", found[1])


@pytest.mark.parametrize("path", ["image build", "pack", "sbom", "size", "global", "shell-init"])
def test_help_loads_no_reader_of_types(path: str, wisp: CommandLine, tmp_path: Path) -> None:
    assert not {"typing", "dataclasses"} & wisp.imported(*path.split(), "--help", cwd=tmp_path)


def test_the_overview_fits_and_names_all() -> None:
    text = overview("wisp", ["other"], _plain)
    assert max(map(len, text.splitlines())) <= 80
    for entry in table.ENTRIES.values():
        assert re.search(rf"^  {entry.name}\b.*{re.escape(entry.summary)}$", text, re.MULTILINE)


def test_the_overview_loads_no_command() -> None:
    code = (
        "import sys; sys.argv = ['wisp', '--help']; import os\n"
        "os._exit = lambda code: print(sorted(m for m in sys.modules if 'cli.commands' in m))\n"
        "from wisp.cli.launch import launch; launch(sys.argv)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_takes_the_global_options() -> None:
    assert all(issubclass(command.values, Global) for command in ALL.values())
