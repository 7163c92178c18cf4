"""Executables named `pixi-NAME` beside the built-in commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

HELLO = '#!/bin/sh\necho "Hello, ${1:-World}!"\n'


@pytest.fixture
def path(wisp: CommandLine, tmp_path: Path) -> dict[str, str]:
    """A PATH that starts with a folder of the extension `hello`."""
    extension = tmp_path / "bin" / "pixi-hello"
    extension.parent.mkdir()
    extension.write_text(HELLO)
    extension.chmod(0o755)
    return {"PATH": f"{extension.parent}:{wisp.home.variables['PATH']}"}


def test_an_extension_gets_all_further_words(
    wisp: CommandLine, path: dict[str, str], tmp_path: Path
) -> None:
    assert wisp("hello", "Alice", cwd=tmp_path, env=path).success().stdout == "Hello, Alice!\n"


def test_the_help_lists_extensions(wisp: CommandLine, path: dict[str, str], tmp_path: Path) -> None:
    shown = wisp("--help", cwd=tmp_path, env=path).success().stdout
    assert "\n\nAvailable Extensions:\n  hello\n" in shown
    assert "Extensions:" not in wisp("--help", cwd=tmp_path).success().stdout


def test_a_mistyped_extension_is_suggested(
    wisp: CommandLine, path: dict[str, str], tmp_path: Path
) -> None:
    missed = wisp("helo", cwd=tmp_path, env=path)
    assert missed.code == 2
    assert "tip: a similar subcommand exists: 'hello'" in missed.stderr
