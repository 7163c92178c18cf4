"""`init` in a folder that has files already: what stands in them stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked


def test_line_breaks_of_files_that_are_extended(wisp: CommandLine, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": b'[project]\r\nname = "me"\r\nversion = "0.1"\r\n',
        ".gitignore": b"*.pyc\r\n# of unix\n*.o\r\nlast",
        ".gitattributes": b"* text=auto\r\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    wisp("init", "--format", "pyproject", cwd=tmp_path).success()
    for name, content in files.items():
        written = (tmp_path / name).read_bytes()
        assert written.startswith(content), name
        assert b"\r\n" in written[len(content) :], name
        assert b"\n" not in written[len(content) :].replace(b"\r\n", b""), name
