"""zsh, fish and elvish complete our command lines by the scripts that `completion` prints."""

from __future__ import annotations

import json
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


#: Each begins with a letter of its own, and would leave a file.
NAMES = [
    *("x;touch left", "y$(touch left)", "z`touch left`", "q'a;touch left;'b", 'w"$(touch left)'),
    *("v\\;touch left", "u:a;touch left", "t|touch left", "s=$(touch left)", "r\\$(touch left)"),
]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_no_part_of_a_name_that_is_completed_is_a_command(
    name: str, wisp: CommandLine, tmp_path: Path
) -> None:
    need(name)
    folder = tmp_path / "ws"
    folder.mkdir()
    tasks = "".join(f'{json.dumps(one)} = "echo ran-{one[0]}"\n' for one in NAMES)
    head = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n[tasks]\n'
    (folder / "pixi.toml").write_text(head + tasks)
    wisp("install", cwd=folder).success()
    with typing_shell.shell(name, wisp, folder) as shell:
        for one in NAMES:
            shell.send(f"wisp run {one[0]}\t\n")
            shell.expect(f"[\r\n]ran-{one[0]}\r")
    assert not (folder / "left").exists()
