"""A shell that follows `cd`: typed into real shells at a terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.sandbox import CommandLine, Result

pytestmark = pytest.mark.slow

STARTS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
MANIFEST = """\
[workspace]
name = "{name}"
channels = []
platforms = ["linux-64"]
[activation]
scripts = ["hi.sh"]
"""


class Typist:
    """Types lines into a shell and reads what each prints."""

    def __init__(self, child: Any, status: str) -> None:
        self._child = child
        self.status = status
        self._count = 0

    def says(self, line: str) -> str:
        """Type a line; give what was printed between it and the prompt behind it."""
        self._count += 1
        end = f"end-{self._count}-"
        self._child.sendline(f"{line}\n echo {end[:3]}''{end[3:]}{self._count}")
        self._child.expect_exact(f"{end}{self._count}")
        found: str = self._child.before
        return found


@contextmanager
def following(name: str, wisp: CommandLine, folder: Path) -> Iterator[Typist]:
    """Start a shell that has read what `shell-init --follow-cd` prints."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    path = f"{wisp.executable.parent}{os.pathsep}{wisp.environment()['PATH']}"
    child = pexpect.spawn(
        program,
        STARTS[name],
        cwd=str(folder),
        env=wisp.environment({"PATH": path, "TERM": "dumb", "HISTFILE": "", "PS1": "$ "}),
        timeout=30,
        encoding="utf-8",
        dimensions=(50, 300),
        echo=False,
    )
    init = folder / f"init.{name}"
    init.write_text(wisp("shell-init", name, "--follow-cd", cwd=folder).success().stdout)
    typist = Typist(child, "$status" if name == "fish" else "$?")
    try:
        typist.says(f"source {init}")
        yield typist
    finally:
        child.close(force=True)


@pytest.fixture
def folder(tmp_path: Path, prepare: Callable[..., Result]) -> Path:
    """A folder with two workspaces, of which one is trusted."""
    for name in ("mine", "foreign"):
        inner = tmp_path / "all" / name / "deep" / "deeper"
        inner.mkdir(parents=True)
        root = tmp_path / "all" / name
        (root / "pixi.toml").write_text(MANIFEST.format(name=name))
        (root / "hi.sh").write_text(f"touch {root}/ran; export WHERE={name}\n")
        prepare("install", cwd=root).success()
        (root / ".pixi/envs/default/conda-meta").mkdir(parents=True, exist_ok=True)
        (root / "ran").unlink(missing_ok=True)
    prepare("trust", cwd=tmp_path / "all/mine").success()
    return tmp_path / "all"


@pytest.mark.parametrize("name", STARTS)
def test_a_workspace_is_active_as_long_as_one_is_in_it(
    wisp: CommandLine, folder: Path, name: str
) -> None:
    with following(name, wisp, folder) as shell:
        shell.says("/usr/bin/env -0 >before")
        shell.says(f"cd {folder}/mine/deep")
        assert "<mine>" in shell.says('echo "<$WHERE>"')
        shell.says(f"cd {folder}/mine/deep/deeper")
        assert "<mine>" in shell.says('echo "<$WHERE>"')
        shell.says(f"cd {folder}")
        assert "<>" in shell.says('echo "<$WHERE>"')
        shell.says("/usr/bin/env -0 >after")
    assert variables(folder / "after") == variables(folder / "before")


def variables(dump: Path) -> set[bytes]:
    """Return what `env -0` wrote, without what `cd` changes."""
    moved = (b"PWD=", b"OLDPWD=", b"_=")
    return {row for row in dump.read_bytes().split(b"\0") if not row.startswith(moved)}


@pytest.mark.parametrize("name", STARTS)
def test_nothing_of_a_workspace_runs_without_consent(
    wisp: CommandLine, folder: Path, name: str
) -> None:
    with following(name, wisp, folder) as shell:
        said = shell.says(f"cd {folder}/foreign\n true")
        assert "the workspace 'foreign' may be activated after `wisp trust`" in said
        assert "<>" in shell.says('echo "<$WHERE>"')
        assert not (folder / "foreign/ran").exists()
        shell.says("wisp trust")
        assert "<foreign>" in shell.says('echo "<$WHERE>"')
        # What was accepted is what the script said then.
        shell.says(f"cd {folder}/mine; echo 'export WHERE=changed' >{folder}/foreign/hi.sh")
        assert "<mine>" in shell.says('echo "<$WHERE>"')
        assert "after `wisp trust`" in shell.says(f"cd {folder}/foreign\n true")
        assert "<>" in shell.says('echo "<$WHERE>"')


def test_what_is_not_installed_is_told_and_then_active(wisp: CommandLine, folder: Path) -> None:
    shutil.rmtree(folder / "mine/.pixi/envs")
    with following("bash", wisp, folder) as shell:
        said = shell.says(f"cd {folder}/mine\n true")
        assert "is not installed: `wisp install`, then it is activated" in said
        shell.says("wisp install")
        shell.says("true")
        assert "<mine>" in shell.says('echo "<$WHERE>"')


@pytest.mark.parametrize("name", STARTS)
def test_what_is_activated_by_hand_stays_and_status_is_kept(
    wisp: CommandLine, folder: Path, name: str
) -> None:
    with following(name, wisp, folder) as shell:
        shell.says("wisp activate mine")
        shell.says(f"cd {folder}/foreign")
        assert "<mine>" in shell.says('echo "<$WHERE>"')
        shell.says("wisp deactivate")
        assert "<>" in shell.says('echo "<$WHERE>"')
        # The hook runs between these lines, and once it has something to do.
        shell.says(f"cd {folder}")
        assert "<7>" in shell.says(f"sh -c 'exit 7'\n echo \"<{shell.status}>\"")
        goes = f"cd {folder}/mine; sh -c 'exit 9'\n echo \"<{shell.status}> <$WHERE>\""
        assert "<9> <mine>" in shell.says(goes)


def test_a_faulty_workspace_is_told_and_left(wisp: CommandLine, folder: Path) -> None:
    with following("bash", wisp, folder) as shell:
        shell.says(f"cd {folder}/mine")
        assert "<mine>" in shell.says('echo "<$WHERE>"')
        (folder / "foreign/pixi.toml").write_text("[workspace]\nname = 1\n")
        assert "nothing is activated here" in shell.says(f"cd {folder}/foreign\n true")
        assert "<>" in shell.says('echo "<$WHERE>"')


@pytest.mark.parametrize("name", STARTS)
def test_the_prompt_tells_what_is_active(wisp: CommandLine, folder: Path, name: str) -> None:
    with following(name, wisp, folder) as shell:
        assert "(mine)" not in shell.says("true")
        shell.says(f"cd {folder}/mine")
        assert "(mine)" in shell.says("true\n true")
        shell.says(f"cd {folder}")
        shell.says("true")
        assert "(mine)" not in shell.says("true\n true")


def test_a_shell_without_prompts_to_tell_of_is_refused(wisp: CommandLine, tmp_path: Path) -> None:
    done = wisp("shell-init", "sh", "--follow-cd", cwd=tmp_path)
    assert done.code == 2
    assert "cannot follow `cd`" in done.stderr


@pytest.mark.parametrize("name", STARTS)
def test_a_folder_of_a_stranger_holds_no_shell_up(
    wisp: CommandLine, tmp_path: Path, name: str
) -> None:
    """A name of two lines, and a file of eight gigabytes that is one hole."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    odd = tmp_path / "two\nlines" / "deep"
    odd.mkdir(parents=True)
    with (odd / "pyproject.toml").open("wb") as file:
        file.truncate(8 << 30)
    init = tmp_path / "init"
    init.write_text(wisp("shell-init", name, "--follow-cd", cwd=tmp_path).success().stdout)
    limited = f'ulimit -v 2000000; exec {program} {STARTS[name][0]} -c "$0"'
    script = f"source {init}; __wisp_follow; echo went-on"
    done = subprocess.run(
        ["bash", "-c", limited, script],
        cwd=odd,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("went-on\n", "")
