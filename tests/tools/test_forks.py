"""Commands in forks say nothing of the commands before them."""

from __future__ import annotations

from pathlib import Path

from tests.forks import Forks
from tests.sandbox import Home


def test_a_command_that_cannot_begin_says_nothing_of_the_one_before(
    forks: Forks, home: Home, tmp_path: Path
) -> None:
    assert forks.run(home, "--version", cwd=tmp_path).success().stdout
    failed = forks.run(home, "--version", cwd=tmp_path / "nowhere")
    assert (failed.code, failed.stdout, failed.stderr) == (70, "", "")
    assert forks.run(home, "--version", cwd=tmp_path).success().stdout
