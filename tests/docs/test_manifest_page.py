"""The manifest's reference names the keys that the reader asks for, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.docs.pages import DOCS
from wisp.manifest.getters import Table
from wisp.manifest.read import load_text

#: A manifest with every table, so that its reader asks for every key.
EVERYTHING = """\
[workspace]
channels = []
platforms = ["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }]
preview = ["pixi-build"]
[dependencies]
python = { version = "*" }
[pypi-dependencies]
httpx = { version = "*" }
[tasks]
start = { cmd = "x", args = [{ arg = "a" }], depends-on = [{ task = "other" }] }
other = "y"
[pypi-options]
[activation]
[target.linux-64]
[feature.f]
[environments]
e = { features = ["f"] }
[package]
name = "p"
version = "1"
[package.build]
backend = { name = "b", version = "*" }
"""

#: Where the reader is, and the heading (or the line before the table) on the page.
PLACES = {
    "": "## Top level",
    "workspace": "## `[workspace]`",
    "workspace.platforms.1": "### Platforms",
    "dependencies.python": "## Conda requirements",
    "pypi-dependencies.httpx": "## PyPI requirements",
    "tasks.start": "## Tasks",
    "tasks.start.depends-on.0": "An entry of `depends-on` as a table:",
    "tasks.start.args.0": "An entry of `args` as a table:",
    "activation": "## `[activation]`",
    "target.linux-64": "## `[target]`",
    "feature.f": "## `[feature]`",
    "environments.e": "## `[environments]`",
    "pypi-options": "## `[pypi-options]`",
    "package": "## `[package]`",
}

#: Read before its table is, by the pool of the workspace.
POOLED = {"dependencies.python": {"workspace"}}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The keys that the reader knows, by the path of the table."""
    found: dict[str, set[str]] = {}
    finish = Table.finish

    def finished(table: Table, *words: str) -> None:
        found.setdefault(".".join(map(str, table.path)), set()).update(table.known)
        finish(table, *words)

    monkeypatch.setattr(Table, "finish", finished)
    load_text(EVERYTHING, Path("/nowhere/pixi.toml"), "pixi")
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_page_has_every_key_and_no_other(place: str, asked: dict[str, set[str]]) -> None:
    page = (DOCS / "reference/manifest.md").read_text(encoding="utf-8")
    below = page.partition(f"{PLACES[place]}\n")[2]
    table = below[below.index("| key |") :].partition("\n\n")[0]

    told = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))

    assert told == asked[place] | POOLED.get(place, set())
