"""What root has installed, others run: with no home, no cache, and nothing that they may write."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
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


@pytest.fixture
def workspace() -> Iterator[Path]:
    """A workspace that others can look into; pytest closes its own folders again and again."""
    with tempfile.TemporaryDirectory(prefix="wisp-for-all-") as folder:
        Path(folder).chmod(0o755)
        Path(folder, "pixi.toml").write_text(MANIFEST)
        yield Path(folder)


def test_another_user_runs_what_root_has_installed(wisp: CommandLine, workspace: Path) -> None:
    need("setpriv")
    need_root()
    wisp("run", "table", cwd=workspace).success()
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
