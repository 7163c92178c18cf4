"""A hook of `shell-hook` works in the real shells that Debian has."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cloud.needs import need
from tests.sandbox import CommandLine

MANIFEST = """\
[workspace]
name = "shells"
channels = []
platforms = ["linux-64"]


"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_hook_sets_variables_in_a_real_shell(
    shell: str, wisp: CommandLine, tmp_path: Path
) -> None:
    need(shell)
    (tmp_path / "pixi.toml").write_text(MANIFEST)
    hook = wisp("shell-hook", "--shell", shell, cwd=tmp_path).success().stdout
    script = tmp_path / "script"
    script.write_text(hook + '\nprintf "%s" "$PIXI_PROJECT_NAME"\n')

    done = subprocess.run(
        [shell, str(script)],
        cwd=tmp_path,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "shells"
    assert done.stderr == ""
