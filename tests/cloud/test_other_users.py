"""What root has installed, others run: with no home, no cache, and nothing that they may write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cloud.needs import need, need_root
from tests.sandbox import CommandLine

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "linux-aarch64"]
[tasks]
table = { cmd = "echo done" }
"""

NOBODY = ("setpriv", "--reuid=65534", "--clear-groups")


def reaches(path: Path) -> bool:
    """Whether another user can execute a file."""
    return subprocess.run([*NOBODY, "test", "-x", str(path)], check=False).returncode == 0


def test_another_user_runs_what_root_has_installed(wisp: CommandLine, tmp_path: Path) -> None:
    need("setpriv")
    need_root()
    workspace = tmp_path / "ws"
    workspace.mkdir()
    (workspace / "pixi.toml").write_text(MANIFEST)
    wisp("run", "table", cwd=workspace).success()
    for folder in (workspace, *workspace.parents):
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    if not reaches(wisp.executable):
        pytest.skip("wisp itself lies where other users cannot go")
    environment = wisp.environment() | {"HOME": "/nonexistent", "PIXI_CACHE_DIR": "/nonexistent/c"}

    for _ in range(2):
        done = subprocess.run(
            [*NOBODY, str(wisp.executable), "run", "table"],
            cwd=workspace,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        assert "Traceback" not in done.stderr
        assert "done" in done.stdout, done.stderr
