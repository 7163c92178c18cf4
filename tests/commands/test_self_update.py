"""`self-update`: a wisp that uv or pip installed from an index replaces itself, for real."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Home
from tools.forge.serve import Server

ROOT = Path(__file__).parents[2]
BEFORE, AFTER, NIGHTLY = "0.0.8", "0.0.9", "0.0.10.dev1"
UV = str(Path(sys.executable).with_name("uv"))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package index with two releases and a nightly build of wisp, for `Server`."""
    folder = tmp_path_factory.mktemp("releases")
    source = folder / "source"
    source.mkdir()
    for name in ("src", "bin"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    page = folder / "index/simple/wisp-env"
    page.mkdir(parents=True)
    layout = source / "src/wisp/layout.py"
    text = layout.read_text()
    for version in (BEFORE, AFTER, NIGHTLY):
        lines = [
            f'VERSION = "{version}"' if line.startswith("VERSION = ") else line
            for line in text.splitlines()
        ]
        layout.write_text("\n".join(lines) + "\n")
        run(UV, "build", "--wheel", "--quiet", "--out-dir", str(page), str(source))
    files = [
        {
            "filename": wheel.name,
            "url": wheel.name,
            "hashes": {"sha256": sha256(wheel.read_bytes()).hexdigest()},
        }
        for wheel in sorted(page.glob("*.whl"))
    ]
    document = {"meta": {"api-version": "1.1"}, "name": "wisp-env", "files": files}
    (page / "index.json").write_text(json.dumps(document))
    return folder / "index"


def run(*words: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, env=env, cwd=cwd, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["uv tool", "uv pip", "pip"])
def test_the_tool_that_installed_it_replaces_it(
    tool: str, releases: Path, tmp_path: Path, home: Home
) -> None:
    uv_cache = run(UV, "cache", "dir").strip()
    # To compile takes pip twice as long as all else, and hardly any of it is run.
    variables = {**home.variables, "UV_CACHE_DIR": uv_cache, "PIP_COMPILE": "0"}
    with Server(releases) as server:
        index = f"{server.url}/simple"
        wisp = installed(tool, index, tmp_path, variables)
        update = (str(wisp), "self-update", "--from-url", index)
        assert run(str(wisp), "--version", env=variables) == f"wisp {BEFORE}\n"

        planned = run(*update, "--dry-run", env=variables)
        assert "wisp-env" in planned
        assert run(str(wisp), "--version", env=variables) == f"wisp {BEFORE}\n"

        run(*update, env=variables, cwd=among_traps(tmp_path))
        assert run(str(wisp), "--version", env=variables) == f"wisp {AFTER}\n"

        again = subprocess.run(update, capture_output=True, text=True, env=variables, check=True)
        assert f"wisp is already up-to-date (version {AFTER})" in again.stderr

        run(*update, "--nightly", env=variables)
        assert run(str(wisp), "--version", env=variables) == f"wisp {NIGHTLY}\n"

        run(*update, "--version", BEFORE, env=variables)
        assert run(str(wisp), "--version", env=variables) == f"wisp {BEFORE}\n"


def among_traps(folder: Path) -> Path:
    """Make a folder with what each tool would believe that runs there."""
    traps = folder / "traps"
    traps.mkdir()
    (traps / "pip.py").write_text("raise SystemExit('a trap')\n")
    (traps / "uv.toml").write_text('index-url = "http://localhost:1/simple"\noffline = true\n')
    return traps


def installed(tool: str, index: str, folder: Path, variables: dict[str, str]) -> Path:
    """Install the first release by a tool; gives the program."""
    wanted = f"wisp-env=={BEFORE}"
    if tool == "uv tool":
        places = {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
        words = (UV, "tool", "install", "--python", sys.executable, "--index", index, wanted)
        run(*words, env=variables | places)
        return folder / "bin/wisp"
    seed = ("--seed",) if tool == "pip" else ()
    run(UV, "venv", *seed, "--python", sys.executable, str(folder / "venv"), env=variables)
    python = str(folder / "venv/bin/python")
    run(UV, "pip", "install", "--python", python, "--index", index, wanted, env=variables)
    return folder / "venv/bin/wisp"


def test_what_runs_from_sources_says_how(wisp: CommandLine, tmp_path: Path) -> None:
    refused = wisp("self-update", "--version", "99.0", cwd=tmp_path)
    assert refused.code == 1
    assert "wisp was installed from file://" in refused.stderr


def test_offline_fails_at_once(wisp: CommandLine, tmp_path: Path) -> None:
    refused = wisp("self-update", "--offline", cwd=tmp_path)
    assert refused.code == 1
    assert "offline mode is on" in refused.stderr


def test_what_is_no_version_is_refused(wisp: CommandLine, tmp_path: Path) -> None:
    refused = wisp("self-update", "--version", "newest", cwd=tmp_path)
    assert refused.code == 2
    assert "'newest' is no version" in refused.stderr


def test_builds_of_the_main_branch_are_refused_where_there_are_none(
    wisp: CommandLine, tmp_path: Path
) -> None:
    page = tmp_path / "index/simple/wisp-env"
    page.mkdir(parents=True)
    files = [
        {"filename": f"wisp_env-{version}-py3-none-any.whl", "url": "x", "hashes": {}}
        for version in ("0.9.0.dev3", "0.9.0")
    ]
    (page / "index.json").write_text(json.dumps({"files": files}))
    with Server(tmp_path / "index") as server:
        index = f"{server.url}/simple"
        refused = wisp("self-update", "--nightly", "--from-url", index, cwd=tmp_path)
    assert refused.code == 1
    assert "has no build of the main branch that is newer than release 0.9.0" in refused.stderr
    both = wisp("self-update", "--nightly", "--version", "1.0", cwd=tmp_path)
    assert both.code == 2
    assert "cannot be used with" in both.stderr
