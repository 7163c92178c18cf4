"""References say what the program says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from tools.docs import commands, modules
from wisp.cli import since
from wisp.cli.declare import Command, declared
from wisp.cli.table import ENTRIES
from wisp.config.keys import KEYS, NAMED_TABLES

CONFIGURATION = modules.ROOT / "docs/reference/configuration.md"
MANIFEST = modules.ROOT / "docs/reference/manifest.md"
FILES = modules.ROOT / "docs/reference/files.md"
DIFFERENCES = modules.ROOT / "docs/reference/differences.md"


@pytest.mark.parametrize("page", [commands, modules], ids=["commands", "modules"])
def test_a_made_page_is_what_the_program_gives(page: ModuleType) -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), "run `python -m tools.docs`"


def test_every_module_says_what_it_is_for() -> None:
    empty = re.findall(r"^\| `(\w+)` \|  \|$", modules.render(), re.MULTILINE)
    assert not empty


def test_the_configuration_page_has_every_key_and_no_other() -> None:
    section = CONFIGURATION.read_text().partition("## Keys")[2].partition("## Variables")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    told = {key for cell in cells for key in re.findall(r"`([\w.-]+)`", cell)}
    known = {key for key in KEYS if not key.startswith("s3-options")}
    buckets = {f".{key}" for key in NAMED_TABLES["s3-options"]}
    assert {key for key in told if not key.startswith((".", "s3-options"))} == known
    assert {key for key in told if key.startswith(".")} | {".endpoint-url"} == buckets


def test_commands_that_are_said_to_be_missing_are() -> None:
    section = DIFFERENCES.read_text().partition("does not have yet")[2]
    missing = re.findall(r"\| ((?:`[\w-]+`(?:, )?)+) \|$", section, re.MULTILINE)
    names = {name for cell in missing for name in re.findall(r"`([\w-]+)`", cell)}
    assert names
    assert not names & ENTRIES.keys()


def _declared() -> dict[str, set[str]]:
    """Map the words of each command, and of each group, to the options that it takes."""

    def below(command: Command[Any], path: str) -> Iterator[tuple[str, set[str]]]:
        yield path, {flag for option in declared(command.values)[1] for flag in option.flags}
        for one in command.commands:
            yield from below(one.whole(), f"{path} {one.name}")

    found: dict[str, set[str]] = {}
    for name, entry in ENTRIES.items():
        found |= below(import_module(f"wisp.cli.commands.{entry.module}").COMMAND, name)
    return found


@pytest.mark.parametrize("name", since.COMMANDS)
def test_what_came_later_is_there_and_the_page_tells_when(name: str) -> None:
    path, _, flag = name.partition(" --")
    assert path in _declared()
    assert not flag or f"--{flag}" in _declared()[path]
    section = commands.render().split(f"# {path}\n")[1].split("\n#")[0]
    told = f"`--{flag}` since" if flag else "Since"
    assert f"{told} Pixi {since.short(since.COMMANDS[name])}." in section


@pytest.mark.parametrize("name", [*since.KEYS, *since.VARIABLES])
def test_keys_and_variables_that_came_later_are_told_when(name: str) -> None:
    release = since.short((since.KEYS | since.VARIABLES)[name])
    page = CONFIGURATION.read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if f"`{name}`" in line]
    assert any(f"since Pixi {release}" in row for row in rows)


@pytest.mark.parametrize("name", since.MANIFEST)
def test_keys_of_manifests_that_came_later_are_told_when(name: str) -> None:
    key = name.rpartition(".")[2]
    page = MANIFEST.read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|") and f"`{key}`" in line]
    assert any(f"since Pixi {since.short(since.MANIFEST[name])}" in row for row in rows)


def test_every_variable_that_the_program_names_is_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (CONFIGURATION, FILES))
    sources = (path.read_text(encoding="utf-8") for path in (modules.ROOT / "src").rglob("*.py"))
    named = {
        name
        for text in sources
        for name in re.findall(r'"((?:PIXI|WISP|RATTLER)_[A-Z_]*[A-Z])"', text)
    }
    assert "PIXI_HOME" in named
    assert {name for name in named if f"`{name}`" not in pages} == set()
