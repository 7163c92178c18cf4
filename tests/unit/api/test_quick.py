"""The fast lane answers what the whole program would, imports little, and gives way in doubt."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.forks import Forks
from tests.sandbox import CommandLine, Result, make_home
from wisp.api import snapshot

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"]
[activation.env]
GREETING = "hello $PIXI_PROJECT_NAME"
ODD = 'say "no",\tö \\'
[tasks]
plain = "env"
piped = "echo one | cat"
fails = "exit 7"
args = { cmd = "echo {{ a }}", args = [{ arg = "a", default = "x" }] }
cached = { cmd = "echo ran > out", inputs = ["pixi.toml"], outputs = ["out"] }
two = { cmd = "echo two", depends-on = ["piped"] }
loaded = "python -X importtime -c pass"
"""

#: What no quick answer may import, by the name of the package.
HEAVY = "rattler asyncio tomli json re pathlib typing dataclasses subprocess argparse enum"
FORBIDDEN = frozenset(HEAVY.split())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    return folder


def settle() -> None:
    """Let the clock move on, so that files written now are not taken for changed later."""
    time.sleep(0.1)


def imported(wisp: CommandLine, *words: str, cwd: Path) -> set[str]:
    """Return the packages that a command imports."""
    return {name.partition(".")[0] for name in wisp.imported(*words, cwd=cwd)}


def modules(wisp: CommandLine, *words: str, cwd: Path) -> set[str]:
    return wisp.imported(*words, cwd=cwd)


def was_quick(wisp: CommandLine, *words: str, cwd: Path) -> bool:
    return "wisp.cli.main" not in modules(wisp, *words, cwd=cwd)


def warm(wisp: CommandLine, workspace: Path) -> None:
    """Lock, then let a whole run write the snapshot."""
    wisp("run", "piped", cwd=workspace).success()
    settle()
    wisp("run", "piped", cwd=workspace).success()


@pytest.fixture(scope="module")
def lasting(
    tmp_path_factory: pytest.TempPathFactory, forks_if_wanted: Forks | None
) -> Iterator[tuple[CommandLine, Path]]:
    """A warm workspace for tests that look only, and its command line with a cache of its own."""
    folder = tmp_path_factory.mktemp("quick")
    wisp = CommandLine(make_home(folder / "home", folder / "cache"), forks=forks_if_wanted)
    workspace = folder / "ws"
    workspace.mkdir()
    (workspace / "pixi.toml").write_text(MANIFEST)
    warm(wisp, workspace)
    wisp("task", "list", cwd=workspace).success()
    yield wisp, workspace
    assert was_quick(wisp, "run", "piped", cwd=workspace)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "piped"),
        ("run", "two"),
        ("run", "fails"),
        ("run", "nosuchcommand"),
        ("run",),
        ("run", "-e", "default", "piped"),
        ("run", "-q", "args", "y"),
        ("run", "args", "y", "z"),
        ("run", "-q", "echo", "a  b"),
        ("shell-hook", "-s", "bash"),
        ("shell-hook", "-s", "fish"),
        ("shell-hook", "--json"),
        ("shell-hook", "-e", "default", "--json"),
        ("task", "list"),
    ],
)
def test_a_quick_answer_is_the_same_as_a_whole_one(
    lasting: tuple[CommandLine, Path], tmp_path: Path, words: tuple[str, ...]
) -> None:
    wisp, workspace = lasting
    quick = wisp(*words, cwd=workspace)
    # In another cache there is nothing to answer from.
    whole = wisp(*words, cwd=workspace, env={"PIXI_CACHE_DIR": str(tmp_path)})
    assert quick == whole


def test_the_variables_of_a_quick_run_are_those_of_a_whole_one(
    wisp: CommandLine, workspace: Path
) -> None:
    warm(wisp, workspace)
    quick = wisp("run", "-q", "plain", cwd=workspace).success()
    shutil.rmtree(wisp.home.cache / "wisp-snapshots")
    whole = wisp("run", "-q", "plain", cwd=workspace).success()
    assert sorted(quick.stdout.splitlines()) == sorted(whole.stdout.splitlines())
    assert "GREETING=hello w" in quick.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("run", "plain"),
        ("task", "list"),
        ("shell-hook", "-s", "bash"),
        ("shell-hook", "--json"),
        ("--version",),
    ],
)
def test_a_quick_answer_imports_nothing_heavy(
    lasting: tuple[CommandLine, Path], words: tuple[str, ...]
) -> None:
    wisp, workspace = lasting
    found = imported(wisp, *words, cwd=workspace)
    assert found & FORBIDDEN == set()
    assert "minijinja" not in found
    if words[0] != "task":
        assert "wisp" in found or words == ("--version",)


def test_scripts_that_need_the_shell_load_it_and_nothing_more(
    lasting: tuple[CommandLine, Path],
) -> None:
    wisp, workspace = lasting
    found = imported(wisp, "run", "two", cwd=workspace)
    assert found & FORBIDDEN <= {"enum"}  # what `signal` needs
    assert was_quick(wisp, "run", "two", cwd=workspace)


@pytest.mark.parametrize("way", ["variable", "script", "package"])
def test_a_program_in_a_folder_that_activation_adds_is_run_quickly(
    wisp: CommandLine, workspace: Path, way: str
) -> None:
    added = 'export PATH="$PIXI_PROJECT_ROOT/tools:$PATH"\n'
    manifest = MANIFEST + 'own = "own-tool"\n'
    if way == "variable":
        manifest = manifest.replace("GREETING", 'PATH = "$PIXI_PROJECT_ROOT/tools:$PATH"\nGREETING')
    if way == "script":
        manifest = manifest.replace(
            "[activation.env]", '[activation]\nscripts = ["adds.sh"]\n[activation.env]'
        )
    (workspace / "adds.sh").write_text(added)
    (workspace / "pixi.toml").write_text(manifest)
    (workspace / "tools").mkdir()
    (workspace / "tools" / "own-tool").write_text("#!/bin/sh\necho own\n")
    (workspace / "tools" / "own-tool").chmod(0o755)
    warm(wisp, workspace)
    if way == "package":
        scripts = workspace / ".pixi/envs/default/etc/conda/activate.d"
        scripts.mkdir(parents=True)
        (scripts / "adds.sh").write_text(added)
    assert wisp("run", "-q", "own", cwd=workspace).success().stdout == "own\n"
    assert was_quick(wisp, "run", "-q", "own", cwd=workspace)


@pytest.mark.parametrize(
    "change",
    [
        lambda ws, home: (ws / "pixi.toml").write_text(MANIFEST + 'new = "true"\n'),
        lambda ws, home: (ws / "pixi.lock").write_text("version: 7\n"),
        lambda ws, home: (ws / ".pixi/config.toml").write_text("offline = true\n"),
        lambda ws, home: (home / ".pixi/config.toml").write_text("offline = true\n"),
        lambda ws, home: (ws / "pyproject.toml").write_text(""),
    ],
    ids=["manifest", "lock", "workspace config", "user config", "another manifest"],
)
def test_whatever_changes_ends_the_trust(
    wisp: CommandLine, workspace: Path, change: Callable[[Path, Path], object]
) -> None:
    warm(wisp, workspace)
    assert was_quick(wisp, "run", "piped", cwd=workspace)
    (wisp.home.path / ".pixi").mkdir(exist_ok=True)
    change(workspace, wisp.home.path)
    assert not was_quick(wisp, "run", "piped", cwd=workspace)


@pytest.mark.parametrize(
    "variables", [{"CONDA_OVERRIDE_CUDA": "12"}, {"PIXI_FROZEN": "true"}, {"PIXI_OFFLINE": "1"}]
)
def test_variables_that_matter_end_the_trust(
    wisp: CommandLine, workspace: Path, variables: dict[str, str]
) -> None:
    warm(wisp, workspace)
    other = replace(wisp, variables=variables)
    assert not was_quick(other, "run", "piped", cwd=workspace)


def test_a_file_that_was_only_touched_is_still_trusted(wisp: CommandLine, workspace: Path) -> None:
    warm(wisp, workspace)
    os.utime(workspace / "pixi.toml")
    assert was_quick(wisp, "run", "piped", cwd=workspace)


def test_a_change_of_the_same_size_and_time_is_seen(wisp: CommandLine, workspace: Path) -> None:
    """The snapshot is written right after the manifest, within one tick of the clock."""
    wisp("run", "piped", cwd=workspace).success()
    manifest = workspace / "pixi.toml"
    manifest.write_text(MANIFEST.replace("echo one", "echo two"))
    assert wisp("run", "-q", "piped", cwd=workspace).success().stdout == "two\n"
    manifest.write_text(MANIFEST.replace("echo one", "echo six"))
    assert wisp("run", "-q", "piped", cwd=workspace).success().stdout == "six\n"


def test_files_are_read_again_only_while_their_times_prove_nothing(
    wisp: CommandLine, workspace: Path
) -> None:
    warm(wisp, workspace)
    settle()
    wisp("run", "piped", cwd=workspace).success()
    known = snapshot.read(str(workspace), wisp.environment())
    assert known is not None
    stamps = [*known.base["files"].values(), *known.ready["default"]["files"].values()]
    assert stamps
    assert all(stamp is None or stamp[1] != -1 for stamp in stamps)


def test_a_digest_tells_files_and_folders_apart_by_what_is_in_them(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("one")
    folder.mkdir()
    before = snapshot.observe([str(file), str(folder)], 0)
    assert snapshot.unchanged(before)
    file.write_text("two")
    assert not snapshot.unchanged({str(file): before[str(file)]})
    (folder / "new").touch()
    assert not snapshot.unchanged({str(folder): before[str(folder)]})


def test_a_damaged_snapshot_is_written_anew(wisp: CommandLine, workspace: Path) -> None:
    warm(wisp, workspace)
    for file in (wisp.home.cache / "wisp-snapshots").iterdir():
        file.write_bytes(b"\x00rubbish")
    assert wisp("run", "-q", "piped", cwd=workspace).success().stdout == "one\n"
    assert was_quick(wisp, "run", "piped", cwd=workspace)


def test_other_options_are_left_to_the_whole_program(wisp: CommandLine, workspace: Path) -> None:
    warm(wisp, workspace)
    wisp("task", "list", cwd=workspace).success()
    assert not was_quick(wisp, "run", "--frozen", "piped", cwd=workspace)
    assert not was_quick(wisp, "run", "--dry-run", "piped", cwd=workspace)
    assert not was_quick(wisp, "task", "list", "--json", cwd=workspace)


def test_a_quick_run_works_from_a_folder_below(wisp: CommandLine, workspace: Path) -> None:
    warm(wisp, workspace)
    (workspace / "sub").mkdir()
    assert was_quick(wisp, "run", "piped", cwd=workspace / "sub")
    out = wisp("run", "-q", "pwd", cwd=workspace / "sub").success().stdout
    assert out == f"{workspace}/sub\n"


def test_inputs_and_outputs_are_looked_at_in_the_fast_lane(
    wisp: CommandLine, workspace: Path
) -> None:
    warm(wisp, workspace)
    assert "can be skipped" not in wisp("run", "cached", cwd=workspace).success().stderr
    assert "can be skipped" in wisp("run", "cached", cwd=workspace).success().stderr
    (workspace / "out").unlink()
    assert "can be skipped" not in wisp("run", "cached", cwd=workspace).success().stderr


def test_the_name_it_is_called_by_decides_what_it_says(
    wisp: CommandLine, pixi: CommandLine, tmp_path: Path
) -> None:
    assert wisp("--version", cwd=tmp_path) == Result(("wisp", "--version"), 0, "wisp 0.1.0\n", "")
    assert pixi("-V", cwd=tmp_path).stdout == "pixi 0.85.0\n"


def test_a_task_list_as_data_is_that_of_the_manifest(wisp: CommandLine, workspace: Path) -> None:
    listed = json.loads(wisp("task", "list", "--json", cwd=workspace).success().stdout)
    assert {task["name"] for task in listed[0]["features"][0]["tasks"]} >= {"plain", "cached"}
