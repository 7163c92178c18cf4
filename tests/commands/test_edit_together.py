"""Several commands that edit one manifest at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.sandbox import CommandLine


def test_no_edit_is_lost_when_many_add_at_once(wisp: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    wisp("init", str(folder), cwd=tmp_path).success()
    names = [f"package-{number}" for number in range(6)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, "wisp", "add", "--frozen", "--no-install", name],
            cwd=folder,
            env=wisp.home.variables,
        )
        for name in names
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * len(names)
    text = (folder / "pixi.toml").read_text()
    assert sorted(text.partition("[dependencies]\n")[2].splitlines()) == [
        f'{name} = "*"' for name in names
    ]


_PROGRAM = "import sys; from wisp.cli.main import main; main(sys.argv[1:])"
