"""The floor plan in the documentation and the one that is checked are the same."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def checked_floors() -> list[set[str]]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    layers = parser["importlinter:contract:floors"]["layers"].strip().splitlines()
    return [set(re.findall(r"\w+", layer)) for layer in layers]


def documented_floors() -> list[set[str]]:
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| \d \| (.*) \|$", text, re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", row)) for row in rows]


def test_the_documented_floors_are_those_that_are_checked() -> None:
    main, cli, console, *floors = checked_floors()
    assert documented_floors() == [main | cli | console, *floors]
