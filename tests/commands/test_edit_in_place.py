"""Edits of manifests that lie in difficult places, from the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

MANIFEST = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
EDITED = MANIFEST + '\n[tasks]\nb = "echo b"\n'
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to give files away"
)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "w" / "pixi.toml"
    file.parent.mkdir()
    file.write_text(MANIFEST)
    return file


def test_a_hard_link_stays(wisp: CommandLine, manifest: Path) -> None:
    other = manifest.with_name("same.toml")
    other.hardlink_to(manifest)
    wisp("task", "add", "b", "echo b", cwd=manifest.parent).success()
    assert other.read_text() == EDITED
    assert other.samefile(manifest)


@needs_root
def test_owner_and_group_stay(wisp: CommandLine, manifest: Path) -> None:
    os.chown(manifest, 65534, 65534)
    manifest.chmod(0o664)
    wisp("task", "add", "b", "echo b", cwd=manifest.parent).success()
    found = manifest.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65534, 0o664)
    assert manifest.read_text() == EDITED


@needs_root
def test_a_mounted_file_is_edited(wisp: CommandLine, manifest: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.toml"
    source.write_text(MANIFEST)
    mount = ["mount", "--bind", str(source), str(manifest)]
    command = f"{' '.join(mount)} && exec {wisp.executable} task add b 'echo b'"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command],
        cwd=manifest.parent,
        env=wisp.home.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"no mounts here: {done.stderr.strip()}")
    assert (done.returncode, source.read_text(), manifest.read_text()) == (0, EDITED, MANIFEST)


_KILLED = """
import os, signal, sys
from pathlib import Path
from wisp.engine import journals, rewriting
def pour(file, data):
    file.seek(0); file.write(data[:70]); file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
rewriting.pour = pour
from wisp.cli.main import main
main(["wisp", "task", "add", "b", "echo b"])
"""


def test_the_next_command_repairs_what_a_kill_left(wisp: CommandLine, manifest: Path) -> None:
    """The kill strikes while the file itself is written over."""
    manifest.write_text("# a comment of our own, long enough to be hit\n" + MANIFEST)
    before = manifest.read_text()
    manifest.with_name("same.toml").hardlink_to(manifest)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED], cwd=manifest.parent, env=wisp.home.variables, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    wisp("workspace", "name", "get", cwd=manifest.parent).success()
    assert manifest.read_text() == before
    wisp("task", "add", "b", "echo b", cwd=manifest.parent).success()
    assert manifest.read_text().endswith('b = "echo b"\n')


def test_what_no_platform_runs_is_locked_and_not_installed(
    wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    wisp("init", "-p", "osx-arm64", "-c", forge.main.as_uri(), "w", cwd=tmp_path).success()
    folder = tmp_path / "w"
    done = wisp("add", "greeter-words", cwd=folder).success()
    assert "no platform of it runs on this machine" in done.stderr
    assert "osx-arm64" in (folder / "pixi.lock").read_text()
    assert not (folder / ".pixi/envs").exists()
    wisp("remove", "greeter-words", cwd=folder).success()
    assert "greeter-words" not in (folder / "pixi.toml").read_text()


def test_init_heeds_the_configuration_of_its_folder(wisp: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "w" / ".pixi" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('default-channels = ["bioconda"]\n')
    wisp("init", "w", cwd=tmp_path).success()
    assert 'channels = ["bioconda"]' in (tmp_path / "w" / "pixi.toml").read_text()
