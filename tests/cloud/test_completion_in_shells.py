"""zsh, fish and elvish complete our command lines by the scripts that `completion` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import typing_shell
from tests.cloud.needs import need
from tests.sandbox import CommandLine
from tools.forge.build import Forge


@pytest.mark.parametrize("name", ["zsh", "fish", "elvish"])
def test_a_shell_completes_what_is_typed(
    name: str, wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    need(name)
    folder = typing_shell.workspace(tmp_path, forge)
    wisp("install", "--all", cwd=folder).success()
    with typing_shell.shell(name, wisp, folder) as shell:
        check = typing_shell.check_elvish if name == "elvish" else typing_shell.check
        check(shell)
