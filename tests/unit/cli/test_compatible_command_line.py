"""Every command of Pixi's command line is declared, with every option, alias, variable, conflict.

`command-line.json` lists them as facts of version 0.77.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.test_declarations import ALL
from wisp.cli.declare import Command, Option, declared
from wisp.cli.table import ENTRIES

FACTS = json.loads(
    (Path(__file__).parents[2] / "cases/recorded/command-line.json").read_text("utf-8")
)
COMMANDS = list(FACTS["commands"])
OPTIONS = [
    pytest.param(name, option, id=f"{name} {option['long']}")
    for name in COMMANDS
    if ALL[name].run is not None
    for option in [
        *FACTS["sets"]["global"],
        *FACTS["commands"][name].get("options", ()),
        *(one for part in FACTS["commands"][name].get("sets", ()) for one in FACTS["sets"][part]),
    ]
]
#: What we say in another way, without another meaning.
OTHERWISE = {
    ("init", "--script", "conflicts"): "some formats are those of scripts (Pixi 0.80)",
    ("list", "--fields", "choices"): "a name that is none is refused when the value is read",
    ("list", "--fields", "default"): "the columns when nothing is chosen",
    ("global upgrade", "--platform", "default"): "the command only says what took its place",
    ("global upgrade-all", "--platform", "default"): "the command only says what took its place",
}

#: What the usage line says in fewer words.
SHORTER = {
    "PLATFORM|NAME=PLATFORM|__NAME[=VERSION[=BUILD]]": "PLATFORM",
    "__NAME[=VERSION[=BUILD]]": "VIRTUAL_PACKAGE",
}


def told(option: Option, command: Command[Any]) -> dict[str, Any]:
    """Say of a declared option what the facts say."""
    spelled = {flag: one.dest for one in declared(command.values)[1] for flag in one.flags}
    conflicts = {spelled[flag] for flag in option.conflicts if flag in spelled}
    conflicts |= {
        one.dest
        for one in declared(command.values)[1]
        if option.dest in {spelled.get(flag) for flag in one.conflicts}
    }
    takes = {"flag": None, "count": "count", "value": "value", "list": "values"}
    return {
        "flags": {*option.flags},
        "takes": takes[option.kind],
        "env": option.env,
        "choices": {*option.choices},
        "default": option.default,
        "conflicts": conflicts,
        "requires": {spelled[flag] for flag in option.requires if flag in spelled},
    }


def wanted(facts: dict[str, Any], command: Command[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what the facts say of an option, in the same words."""
    spelled = {flag: one.dest for one in declared(command.values)[1] for flag in one.flags}
    yield "flags", {facts["long"], *facts.get("aliases", ()), *filter(None, [facts.get("short")])}
    for key in ("takes", "env", "default"):
        yield key, facts.get(key)
    yield "choices", set(facts.get("choices", ()))
    for key in ("conflicts", "requires"):
        yield key, {spelled[flag] for flag in facts.get(key, ()) if flag in spelled}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_aliases_and_arguments(name: str) -> None:
    facts, command = FACTS["commands"][name], ALL[name]
    assert set(facts.get("aliases", ())) <= set(command.aliases)
    if command.run is not None:
        wanted = facts.get("arguments", ())
        ours = [one.metavar for one in declared(command.values)[0]]
        assert ours[: len(wanted)] == [SHORTER.get(name, name) for name in wanted]


@pytest.mark.parametrize(("name", "facts"), OPTIONS)
def test_an_option_is_declared_as_it_is(name: str, facts: dict[str, Any]) -> None:
    command = ALL[name]
    found = [one for one in declared(command.values)[1] if facts["long"] in one.flags]
    assert len(found) == 1
    ours = told(found[0], command)
    for key, value in wanted(facts, command):
        if (name, facts["long"], key) in OTHERWISE:
            assert ours[key] != value, "no longer told otherwise"
        elif isinstance(value, set):
            assert ours[key] >= value, key
        else:
            assert ours[key] == value, key


def test_short_words_for_commands_are_those() -> None:
    for alias, name in FACTS["aliases"].items():
        assert alias in ENTRIES[name].aliases


def test_help_of_all_commands_loads_declarations_only() -> None:
    code = (
        "import sys\n"
        "from importlib import import_module\n"
        "from wisp.cli.help import described\n"
        "from wisp.cli.table import ENTRIES\n"
        "def show(command):\n"
        "    described(command, command.name, lambda text, code: text)\n"
        "    [show(below.whole()) for below in command.commands]\n"
        "for entry in ENTRIES.values():\n"
        "    show(import_module(f'wisp.cli.commands.{entry.module}').COMMAND)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "wisp.cli.commands.run" in loaded
    heavy = {"rattler", "rich", "json", "pathlib", "asyncio", "subprocess", "wisp.api.workspace"}
    assert not heavy & loaded
