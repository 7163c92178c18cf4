"""Installations that are killed, meet each other, or meet a machine that refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.kills import killed, moments, timed
from tests.tiny import channel as make_channel
from tests.tiny import many, tiny
from tools.forge.archive import text

REPOSITORY = Path(__file__).parents[3]


def _start(channel: Path, prefix: Path, cache: Path) -> subprocess.Popen[str]:
    words = ["-m", "tests.unit.install.worker", str(channel), str(prefix), str(cache)]
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=REPOSITORY,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, stderr = process.communicate(timeout=120)
    return process.returncode, stderr


def _content(prefix: Path) -> dict[str, str | bytes]:
    """All files; records by name only, since they tell how each file was linked."""
    return {
        path.relative_to(prefix).as_posix(): os.readlink(path)
        if path.is_symlink()
        else b""
        if path.suffix == ".json"
        else path.read_bytes()
        for path in prefix.rglob("*")
        if not path.is_dir()
    }


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_a_killed_installation_is_repaired_by_the_next(tmp_path: Path, cache: str) -> None:
    channel = many(tmp_path / "channel")
    prefix = tmp_path / "env"
    undisturbed = tmp_path / "undisturbed"

    def install() -> None:
        assert _finish(_start(channel, undisturbed, tmp_path / "warm")) == (0, "")

    whole = timed(install)
    wanted = _content(undisturbed)
    for attempt, after in enumerate(moments(3, whole)):
        folder = tmp_path / ("warm" if cache == "warm" else f"cold-{attempt}")
        process = _start(channel, prefix, folder)
        killed(process, after, "parent")
        assert _finish(_start(channel, prefix, folder)) == (0, "")
        found = _content(prefix)
        found["conda-meta/pixi"] = wanted["conda-meta/pixi"]
        found["conda-meta/pixi_env_prefix"] = wanted["conda-meta/pixi_env_prefix"]
        assert found == wanted
        subprocess.run(["rm", "-rf", str(prefix)], check=True)


@pytest.mark.slow
def test_two_installations_of_one_prefix_wait_for_each_other(tmp_path: Path) -> None:
    channel = many(tmp_path / "channel", 100)
    both = [_start(channel, tmp_path / "env", tmp_path / "cache") for _ in range(2)]
    assert [_finish(process) for process in both] == [(0, "")] * 2
    assert len(list((tmp_path / "env" / "conda-meta").glob("*.json"))) == 100


@pytest.mark.slow
def test_two_prefixes_share_a_cold_cache(tmp_path: Path) -> None:
    channel = many(tmp_path / "channel", 100)
    both = [_start(channel, tmp_path / name, tmp_path / "cache") for name in ("one", "two")]
    assert [_finish(process) for process in both] == [(0, "")] * 2
    for name in ("one", "two"):
        assert len(list((tmp_path / name / "conda-meta").glob("*.json"))) == 100


_PARENT = """
import subprocess, sys
from pathlib import Path
from tests.tiny import ask, install, settings
from wisp.engine.gateway import ChannelAccess
from wisp.specs.records import PypiRecord

channel, prefix, cache = map(Path, sys.argv[1:])
access = ChannelAccess(settings(cache))
wheel = PypiRecord(location="https://host/x-1-py3-none-any.whl", name="x", version="1")
child = "import sys, time; print('up', flush=True); time.sleep(2); open(sys.argv[1], 'w').close()"

def slow_engine(work):
    words = [sys.executable, "-c", child, str(prefix / "written-late")]
    subprocess.run(words, pass_fds=(work.held,), check=True)

install(prefix, (*ask(channel, access, "python"), wheel), access, slow_engine)
"""


@pytest.mark.slow
def test_a_repair_waits_for_the_child_of_a_killed_parent(tmp_path: Path) -> None:
    """The child stands for uv, which goes on writing when only its parent is killed."""
    channel = make_channel(tmp_path / "channel", [tiny("python", "3.12.1")])
    prefix = tmp_path / "env"
    words = [sys.executable, "-c", _PARENT, str(channel), str(prefix), str(tmp_path / "cache")]
    parent = subprocess.Popen(words, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert not (prefix / "written-late").exists()
    assert _finish(_start(channel, prefix, tmp_path / "cache")) == (0, "")
    assert (prefix / "written-late").exists()


_DROPPING = """
import os, sys
from pathlib import Path
from tests.tiny import all_of, install, settings
from wisp.engine.gateway import ChannelAccess
from wisp.errors import WispError

channel, prefix, cache = map(Path, sys.argv[1:])
access = ChannelAccess(settings(cache))
records = all_of(channel, access)
install(cache / "warm-up", records, access)  # nobody may not read this interpreter's modules
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    install(prefix, records, access)
except WispError as error:
    print(error.message, *error.causes, *error.hints, sep="\\n")
"""


@pytest.mark.slow
def test_a_folder_that_may_not_be_written_is_one_clear_error(tmp_path: Path) -> None:
    """Root may write anywhere, so the process becomes nobody on the way."""
    channel = many(tmp_path / "channel", 2)
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder, "closed")
        closed.mkdir(mode=0o555)
        Path(folder).chmod(0o755)
        words = [str(channel), str(closed / "env"), str(tmp_path / "cache")]
        done = subprocess.run(
            [sys.executable, "-c", _DROPPING, *words],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        assert list(closed.iterdir()) == []
    message, reason, hint = done.stdout.splitlines()
    assert message.startswith("could not lock")
    assert reason == "Permission denied"
    assert "belongs to `root`" in hint


@pytest.mark.slow
def test_a_full_disk_is_one_clear_error_and_the_next_run_repairs(tmp_path: Path) -> None:
    big = tiny("big", files=(text("share/big.txt", "x" * 4_000_000),))
    channel = make_channel(tmp_path / "channel", [big])
    limited = "ulimit -f 1000; trap '' XFSZ; exec \"$@\""
    words = ["-m", "tests.unit.install.worker", str(channel)]
    words += [str(tmp_path / "env"), str(tmp_path / "cache")]
    done = subprocess.run(
        ["bash", "-c", limited, "bash", sys.executable, *words],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "disk space" in done.stderr
    assert "Traceback" not in done.stderr
    assert _finish(_start(channel, tmp_path / "env", tmp_path / "cache")) == (0, "")
    assert (tmp_path / "env" / "share" / "big.txt").stat().st_size == 4_000_000
