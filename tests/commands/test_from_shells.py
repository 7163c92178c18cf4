"""One-off commands, global tools and scripts from an empty home, typed into real shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.slow

#: What is typed, the same in all of them.
LINES = """\
wisp exec greeter
wisp global install greeter > log
greeter
wisp run --script 'my script.py' 'a b' '$c'
./first-line d
"""
SCRIPT = "# /// script\n# requires-python = '>=3.9'\n# ///\nimport sys\nprint(sys.argv[1:])\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "dash"])
def test_everything_from_anywhere(
    wisp: CommandLine, forge: Forge, tmp_path: Path, shell: str
) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f"default-channels = ['{forge.url}']\n")
    (tmp_path / "my script.py").write_text(SCRIPT)
    first_line = tmp_path / "first-line"
    first_line.write_text('#!/usr/bin/env -S wisp exec --spec greeter -- sh\necho "shebang $1"\n')
    first_line.chmod(0o755)
    folders = [str(wisp.executable.parent), str(wisp.home.path / ".pixi" / "bin"), "/usr/bin:/bin"]
    environ = wisp.environment({"PATH": ":".join(folders)})
    done = subprocess.run(
        [program],
        cwd=tmp_path,
        env=environ,
        input=LINES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "hello 2.0 ",
        "hello 2.0 ",
        "['a b', '$c']",
        "shebang d",
    ], done.stderr
