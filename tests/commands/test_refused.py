"""What the machine refuses: folders that may not be written, and full disks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, make_home
from tests.tiny import channel, tiny
from tests.trees import content, differences
from tools.forge.archive import text

pytestmark = [pytest.mark.slow, pytest.mark.forked]

NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(wisp: CommandLine, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    return subprocess.run(
        (*become, str(wisp.executable), *words),
        cwd=cwd,
        env=wisp.environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("lock",), "pixi.lock"),
        (("install",), ".pixi"),
        (("add", "other"), ".pixi"),
        (("task", "add", "a", "b"), "pixi.toml"),
        (("workspace", "name", "set", "b"), "pixi.toml"),
        (("init", "below"), "below"),
    ],
)
def test_a_folder_that_may_not_be_written(
    open_folder: Path, words: tuple[str, ...], name: str
) -> None:
    """Root may write anywhere, so the command runs as nobody."""
    home = make_home(open_folder / "home", open_folder / "cache")
    wisp = CommandLine(home)
    workspace = open_folder / "ws"
    workspace.mkdir()
    packages = channel(open_folder / "channel", [tiny("small"), tiny("other")])
    (workspace / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{packages.as_uri()}"]\n'
        'platforms = ["linux-64"]\n[dependencies]\nsmall = "*"\n'
    )
    if words == ("install",):
        wisp("lock", cwd=workspace).success()
    for folder in (home.path, home.cache):
        folder.mkdir(exist_ok=True)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)
    if shutil.which("setpriv") is None or as_nobody(wisp, "--version", cwd=workspace).returncode:
        pytest.skip("nobody else can run this interpreter")
    before = content(workspace)
    done = as_nobody(wisp, *words, cwd=workspace)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("Error:") == 1, done.stderr
    assert f"{workspace}/{name}`" in done.stderr.replace(f"`{name}`", f"{workspace}/{name}`")
    assert "ermission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert differences(content(workspace), before) == []


@pytest.mark.parametrize(
    "words", [("lock",), ("install",), ("add", "other"), ("task", "add", "a", "b")]
)
def test_a_full_disk(tmp_path: Path, cold_wisp: CommandLine, words: tuple[str, ...]) -> None:
    """No file may grow beyond a kilobyte; what is larger fails as on a full disk."""
    big = tiny("small", "1.0", "other", "third", files=(text("share/big.txt", "x" * 40_000),))
    packages = channel(tmp_path / "channel", [big, tiny("other"), tiny("third")])
    workspace = tmp_path / "ws"
    workspace.mkdir()
    (workspace / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{packages.as_uri()}"]\n'
        'platforms = ["linux-64"]\n[dependencies]\nsmall = "*"\n' + f"# {'long ' * 200}\n"
    )
    if words == ("install",):
        cold_wisp("lock", cwd=workspace).success()
    before = {name: (workspace / name).read_bytes() for name in _texts(workspace)}
    limited = "ulimit -f 1; trap '' XFSZ; exec \"$@\""
    done = subprocess.run(
        # Without -B Python would leave its compiled modules half written.
        ["bash", "-c", limited, "bash", sys.executable, "-IB", str(cold_wisp.executable), *words],
        cwd=workspace,
        env=cold_wisp.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert "File too large" in done.stderr
    assert "disk space" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: (workspace / name).read_bytes() for name in _texts(workspace)} == before
    assert [path.name for path in workspace.glob(".*") if path.name != ".pixi"] == []
    cold_wisp("install", cwd=workspace).success()
    assert (workspace / ".pixi/envs/default/share/big.txt").stat().st_size == 40_000


def _texts(workspace: Path) -> list[str]:
    return sorted(path.name for path in workspace.iterdir() if path.is_file())
