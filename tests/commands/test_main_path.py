"""From nothing to a running task, on real packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rattler

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.slow

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server) -> Path:
    """A workspace on the forge's channel and index, for four platforms."""
    folder = tmp_path / "ws"
    platforms = [word for name in PLATFORMS for word in ("-p", name)]
    wisp("init", str(folder), "-c", forge.url, *platforms, cwd=tmp_path).success()
    manifest = folder / "pixi.toml"
    options = f'\n[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
    manifest.write_text(manifest.read_text() + options)
    return folder


def everything_below(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, size and time of change of every file, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        if not path.is_dir():
            found[str(path.relative_to(folder))] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found


def test_conda_and_pypi_packages_from_manifest_to_task(
    workspace: Path, wisp: CommandLine, forge: Forge
) -> None:
    wisp("add", f"python={forge.minor}", "numpy", cwd=workspace).success()
    wisp("add", "--pypi", "rich", cwd=workspace).success()
    code = "import numpy, rich; print(numpy.__name__, rich.__name__)"
    wisp("task", "add", "show", f'python -c "{code}"', cwd=workspace).success()
    assert wisp("run", "-q", "show", cwd=workspace).success().stdout == "numpy rich\n"

    lock = rattler.LockFile.from_path(workspace / "pixi.lock")
    environment = lock.default_environment()
    assert environment is not None
    assert {p.name for p in environment.platforms()} == set(PLATFORMS)
    back = workspace / "again.lock"
    lock.to_path(back)
    assert back.read_bytes() == (workspace / "pixi.lock").read_bytes()


def test_wheels_and_markers_differ_per_platform(
    workspace: Path, wisp: CommandLine, forge: Forge
) -> None:
    wisp("add", f"python={forge.minor}", "--no-install", cwd=workspace).success()
    wisp("add", "--pypi", "forge-native", "forge-source", "--no-install", cwd=workspace).success()
    rows = {}
    for platform in PLATFORMS:
        listed = wisp(
            "list", "--json", "--no-install", "--platform", platform, cwd=workspace
        ).success()
        rows[platform] = {
            row["name"]: row["url"].rpartition("/")[2]
            for row in json.loads(listed.stdout)
            if row["kind"] == "pypi"
        }
    tags = {"linux-64": "x86_64", "linux-aarch64": "aarch64", "osx-arm64": "arm64"}
    for platform, tag in (tags | {"win-64": "win_amd64"}).items():
        assert rows[platform]["forge_native"].endswith(f"{tag}.whl")
        assert rows[platform]["forge_source"].endswith(".tar.gz")
        assert ("colorama" in rows[platform]) == (platform == "win-64")


def test_a_second_install_touches_nothing(workspace: Path, wisp: CommandLine, forge: Forge) -> None:
    wisp("add", f"python={forge.minor}", "numpy", cwd=workspace).success()
    wisp("add", "--pypi", "rich", cwd=workspace).success()
    before = everything_below(workspace)
    wisp("install", cwd=workspace).success()
    assert everything_below(workspace) == before


def test_a_second_run_needs_no_channel_and_no_network(
    workspace: Path, wisp: CommandLine, forge: Forge, forge_server: Server
) -> None:
    wisp("add", f"python={forge.minor}", cwd=workspace).success()
    package = workspace / "pkg"
    (package / "src" / "local").mkdir(parents=True)
    (package / "src" / "local" / "__init__.py").write_text("word = 'here'\n")
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "local"\nversion = "1.0"\n'
    )
    manifest = workspace / "pixi.toml"
    text = manifest.read_text()
    manifest.write_text(text + '\n[pypi-dependencies]\nlocal = { path = "pkg", editable = true }\n')
    command = ("run", "-q", "python", "-c", "import local; print(local.word)")
    assert wisp(*command, cwd=workspace).success().stdout == "here\n"
    forge_server.stop()
    nowhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    assert wisp(*command, cwd=workspace, env=nowhere).success().stdout == "here\n"


def test_files_of_conda_packages_survive_the_pypi_step(
    workspace: Path, wisp: CommandLine, forge: Forge
) -> None:
    wisp("add", f"python={forge.minor}", "numpy", cwd=workspace).success()
    prefix = workspace / ".pixi/envs/default"
    before = {
        path: path.read_bytes()
        for path in (prefix / "lib").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    wisp("add", "--pypi", "rich", cwd=workspace).success()
    assert before
    assert all(path.read_bytes() == content for path, content in before.items())


def test_extraneous_packages_go_and_foreign_ones_stay(
    workspace: Path, wisp: CommandLine, forge: Forge
) -> None:
    wisp("add", f"python={forge.minor}", "pip", cwd=workspace).success()
    wisp("add", "--pypi", "six", cwd=workspace).success()
    site = next((workspace / ".pixi/envs/default/lib").glob("python*/site-packages"))
    foreign = site / "foreign-1.0.dist-info"
    foreign.mkdir()
    (foreign / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (foreign / "INSTALLER").write_text("pip\n")
    (foreign / "RECORD").write_text("")
    assert (site / "six.py").exists()
    wisp("remove", "--pypi", "six", cwd=workspace).success()
    assert not (site / "six.py").exists()
    assert foreign.exists()
