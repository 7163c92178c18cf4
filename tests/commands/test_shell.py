"""`shell` becomes an interactive shell in which the environment is active."""

from __future__ import annotations

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
