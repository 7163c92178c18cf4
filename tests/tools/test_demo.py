"""The demo keeps its promise: four platforms locked, both kinds of package imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.demo.__main__ import PLATFORMS

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_demo_runs_to_its_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demo", "--keep", str(tmp_path / "demo")]
    command += ["--pictures", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the sum is 15" in done.stdout
    lock = (tmp_path / "demo/hello/pixi.lock").read_text()
    assert all(f"- name: {platform}\n" in lock for platform in PLATFORMS)
    workspace = (tmp_path / "workspace.svg").read_text()
    assert "from&#160;PyPI" in workspace
    anywhere = (tmp_path / "demo.svg").read_text()
    assert "wisp&#160;global&#160;install" in anywhere
    assert str(tmp_path) not in workspace + anywhere
