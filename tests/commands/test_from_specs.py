"""A Python program makes environments of specs, without any manifest, and uses them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.spec_program import finished
from tests.sandbox import Home
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]


def test_conda_and_pypi_specs_become_an_environment_that_is_used_again(
    home: Home, forge_server: Server, tmp_path: Path
) -> None:
    prefix = tmp_path / "prefix"
    assert finished(home, forge_server, prefix) == "False"
    assert finished(home, forge_server, prefix) == "True"
