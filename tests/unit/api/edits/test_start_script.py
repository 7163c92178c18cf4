"""Blocks of PEP 723 in new and old files; those of conda-scripts are begun in tests/commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.edits.start_script import start_script
from wisp.config import ConfigRequest, read_config
from wisp.errors import ManifestError

CONFIG = read_config(ConfigRequest(environ={"HOME": "/nowhere"}, no_config=True))

BLOCK = '# /// script\n# requires-python = ">=3.11"\n# dependencies = []\n# ///\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", BLOCK),
        ("print()\n", f"{BLOCK}\nprint()\n"),
        ("\nprint()\n", f"{BLOCK}\n\nprint()\n"),
        ("#!/usr/bin/env python\nprint()\n", f"#!/usr/bin/env python\n#\n{BLOCK}\nprint()\n"),
        ("#!/bin/x", f"#!/bin/x\n#\n{BLOCK}"),
        (
            "#!/bin/x\n# -*- coding: utf-8 -*-\nx\n",
            f"#!/bin/x\n# -*- coding: utf-8 -*-\n{BLOCK}\nx\n",
        ),
        ("\ufeffx\r\n", "\ufeff" + BLOCK.replace("\n", "\r\n") + "\r\nx\r\n"),
    ],
)
def test_a_script_gets_its_block_behind_the_first_lines(
    tmp_path: Path, before: str, after: str
) -> None:
    file = tmp_path / "s.py"
    file.write_bytes(before.encode())
    start_script(file, (), CONFIG)
    assert file.read_bytes().decode() == after
    with pytest.raises(ManifestError, match="already a PEP 723 script"):
        start_script(file, (), CONFIG)


def test_a_script_names_the_channels_that_were_asked_for(tmp_path: Path) -> None:
    start_script(tmp_path / "s.py", ("c",), CONFIG)
    expected = '# dependencies = []\n#\n# [tool.pixi.workspace]\n# channels = ["c"]\n# ///\n'
    assert (tmp_path / "s.py").read_text().endswith(expected)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"# /// script\n# a = 1\nprint()\n"])
def test_a_script_that_cannot_be_read_stays(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "s.py"
    file.write_bytes(content)
    with pytest.raises(ManifestError, match=r"UTF-8|not closed"):
        start_script(file, (), CONFIG)
    assert file.read_bytes() == content
