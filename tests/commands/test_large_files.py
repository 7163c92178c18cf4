"""PyPI packages from git repositories that keep files in Git LFS, with the real `git lfs`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.unit.wheelhouse import make_project
from tools.forge.build import Forge

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        subprocess.run(["git", "lfs", "version"], capture_output=True, check=False).returncode != 0,
        reason="needs git-lfs (Debian: apt-get install git-lfs)",
    ),
]

CODE = f'WORD = "{"hello" * 40}"\n'


def git(wisp: CommandLine, folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(
        ["git", *identity, *words], cwd=folder, env=wisp.environment(), check=True,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(wisp: CommandLine, tmp_path: Path) -> str:
    """URL of a bare repository with a project whose module is an object of Git LFS."""
    project = make_project(tmp_path / "project", "big")
    (project / "big.py").write_text(CODE)
    bare = tmp_path / "big.git"
    git(wisp, project, "init", "--quiet")
    git(wisp, project, "lfs", "install", "--skip-repo")
    git(wisp, project, "lfs", "track", "big.py")
    git(wisp, project, "add", ".")
    git(wisp, project, "commit", "--quiet", "-m", "x")
    git(wisp, tmp_path, "clone", "--quiet", "--bare", str(project), str(bare))
    git(wisp, project, "remote", "add", "origin", bare.as_uri())
    git(wisp, project, "lfs", "push", "--all", "origin", "main")
    return bare.as_uri()


def make_workspace(folder: Path, forge: Forge, source: str) -> Path:
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-dependencies]\nbig = {source}\n'
    )
    return folder


def installed_text(workspace: Path) -> str:
    [module] = (workspace / ".pixi/envs/default").glob("lib/python3*/site-packages/big.py")
    return module.read_text()


def test_large_files_are_fetched_and_the_lock_says_so(
    wisp: CommandLine, tmp_path: Path, forge: Forge, repository: str
) -> None:
    source = f'{{ git = "{repository}", branch = "main", lfs = true }}'
    workspace = make_workspace(tmp_path / "w", forge, source)
    wisp("install", cwd=workspace).success()
    assert installed_text(workspace) == CODE
    assert (
        f"- pypi: git+{repository}?branch=main&lfs=true#" in (workspace / "pixi.lock").read_text()
    )
    assert wisp("lock", "--check", cwd=workspace).code == 0
    done = wisp("run", "python", "-c", "import big; print(big.WORD)", cwd=workspace).success()
    assert done.stdout == "hello" * 40 + "\n"


def test_without_the_key_pointers_stay_and_adding_it_makes_the_lock_stale(
    wisp: CommandLine, tmp_path: Path, forge: Forge, repository: str
) -> None:
    workspace = make_workspace(tmp_path / "w", forge, f'{{ git = "{repository}" }}')
    wisp("install", cwd=workspace).success()
    assert installed_text(workspace).startswith("version https://git-lfs.github.com/spec/")
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('.git" }', '.git", lfs = true }'))
    assert wisp("install", "--locked", cwd=workspace).code == 1
    wisp("install", cwd=workspace).success()
    assert installed_text(workspace) == CODE
