"""`shell` becomes an interactive shell in which the environment is active."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pexpect
import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")


def test_variables_are_set_and_the_exit_code_is_the_shells(
    wisp: CommandLine, tmp_path: Path
) -> None:
    root = tmp_path / "w"
    root.mkdir()
    url = channel(tmp_path / "channel", [tiny("one")]).as_uri()
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[dependencies]\none = "*"\n[activation.env]\nGREETING = "hello there"\n'
    )
    environment = wisp.environment({"SHELL": "/bin/bash"})
    child = pexpect.spawn(
        str(wisp.executable),
        ["shell"],
        cwd=str(root),
        env=environment,
        timeout=60,
        encoding="utf-8",
    )
    child.sendline("echo [$GREETING] [$PIXI_ENVIRONMENT_NAME] [$CONDA_PREFIX]")
    child.expect_exact(f"[hello there] [default] [{root / '.pixi/envs/default'}]")
    child.sendline("exit 7")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7


@pytest.mark.parametrize(
    ("variables", "says", "shown"),
    [
        ({}, "", "home|"),
        ({}, "export ZDOTDIR=$HOME/apart", "apart|apart"),
        ({}, "ZDOTDIR=$HOME/apart", "apart|"),
        ({"ZDOTDIR": "apart"}, "", "apart|apart"),
        ({"ZDOTDIR": "apart"}, "unset ZDOTDIR", "home|"),
    ],
)
def test_zsh_reads_the_files_of_its_user(
    wisp: CommandLine, tmp_path: Path, variables: dict[str, str], says: str, shown: str
) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here")
    home = wisp.home.path
    (home / "apart").mkdir()
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\n'
    )
    for folder, name in ((home, "home"), (home / "apart", "apart")):
        (folder / ".zshrc").write_text(f"MINE={name}\nalias ours='echo'\n")
        (folder / ".zshenv").write_text(f"{says}\n")
    variables = {name: str(home / value) for name, value in variables.items()}
    child = pexpect.spawn(
        str(wisp.executable),
        ["shell"],
        cwd=str(tmp_path),
        env=wisp.environment({"SHELL": "/usr/bin/zsh", **variables}),
        timeout=60,
        encoding="utf-8",
        dimensions=(24, 200),
    )
    told = "$MINE|$(env | grep -a ^ZDOTDIR= | tail -c 6)"
    child.sendline(f'unsetopt promptsp; ours "<$PIXI_PROJECT_NAME:{told}>" > told; exit 6')
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6
    assert (tmp_path / "told").read_text() == f"<w:{shown}>\n"
