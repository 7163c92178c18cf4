"""Packages that users' pages name are real: those that the forge has made up stay out of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.docs.pages import DOCS
from tools.forge.handmade import handmade

_BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: `python_abi` is real.
MADE_UP = {package.name for package in handmade(("3.12",))} - {"python_abi"}
#: Pages for developers, who test on the forge.
_DEVELOPERS = {"architecture.md", "develop.md", "forge.md", "golden.md", "modules.md"}
USERS = [page for page in sorted(DOCS.rglob("*.md")) if page.name not in _DEVELOPERS]


@pytest.mark.parametrize("page", USERS, ids=lambda page: page.stem)
def test_what_a_page_shows_names_no_made_up_package(page: Path) -> None:
    shown = "\n".join(_BLOCK.findall(page.read_text(encoding="utf-8")))

    words = set(re.findall(r"[\w-]+", shown))

    assert words & MADE_UP == set()
