"""The sessions in the documentation print what the pages say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.docs import pages
from tools.forge.build import Forge


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the sessions were recorded on Linux")
@pytest.mark.parametrize("name", pages.PLAYED)
def test_a_page_is_what_happens(name: str, tmp_path: Path, forge: Forge) -> None:
    text = (pages.DOCS / name).read_text(encoding="utf-8")
    with pages.stage(forge, tmp_path) as stage:
        played = list(pages.play(text, stage))
    assert played
    for one in played:
        assert one.agrees, f"$ {one.line}\n--- the page\n{one.told}--- the program\n{one.said}"


def test_versions_sizes_and_widths_may_differ_but_words_may_not() -> None:
    told = pages.Played("wisp list", "numpy   2.2.6  14.4 MiB\n", "numpy 1.26.4 900 KiB\n")
    assert told.agrees
    assert not pages.Played("wisp list", "numpy 2.2.6\n", "scipy 2.2.6\n").agrees
