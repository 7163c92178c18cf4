"""References say what the program says."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from tools.docs import commands, modules
from wisp.cli.table import ENTRIES
from wisp.config.keys import KEYS, NAMED_TABLES

CONFIGURATION = modules.ROOT / "docs/reference/configuration.md"
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
