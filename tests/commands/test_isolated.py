"""Variables for Python are for what wisp starts: wisp itself heeds none of them."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]
[tasks]
show = "env"
two = { cmd = "env", depends-on = ["one"] }
one = "true"
nested = { cmd = "wisp run show", env = { PYTHONPATH = "hostile", PYTHONHOME = "/gone" } }
"""
#: Whatever imports one of these ends at once.
NAMES = (
    "json",
    "enum",
    "re",
    "typing",
    "sitecustomize",
    "usercustomize",
    "wisp",
    "rich",
    "rattler",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    (folder / "hostile").mkdir(parents=True)
    (folder / "pixi.toml").write_text(MANIFEST)
    for name in NAMES:
        (folder / "hostile" / f"{name}.py").write_text("print('obeyed')\nraise SystemExit(99)\n")
    return folder


@pytest.mark.parametrize("words", [("run", "two"), ("run", "-j2", "two"), ("run", "show")])
@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONPATH": "hostile"},
        {"PYTHONEXECUTABLE": "/gone/python"},
        {"PYTHONPATH": "/nowhere:hostile", "PYTHONSAFEPATH": "1"},
        {"PYTHONHOME": "/gone"},
        {"PYTHONPLATLIBDIR": "gone"},
        {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"},
        {"PYTHONSTARTUP": "hostile/json.py", "PYTHONINSPECT": "1"},
        {"PYTHONVERBOSE": "1", "PYTHONIOENCODING": "latin-1"},
        {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
    ],
)
def test_variables_for_python_reach_the_task_alone(
    wisp: CommandLine, workspace: Path, words: tuple[str, ...], variables: dict[str, str]
) -> None:
    wisp("--version", cwd=workspace).success()
    for _ in range(2):  # the whole program, then the fast lane
        done = wisp(*words, cwd=workspace, env=variables).success()
        shown = [line.rpartition("| ")[2] for line in done.stdout.splitlines()]
        assert {f"{name}={value}" for name, value in variables.items()} <= set(shown)
        assert "obeyed" not in done.stdout + done.stderr
        assert "import " not in done.stderr


def test_a_task_may_hand_them_to_wisp_again(wisp: CommandLine, workspace: Path) -> None:
    path = f"{wisp.executable.parent}:/usr/bin:/bin"
    shown = wisp("run", "nested", cwd=workspace, env={"PATH": path}).success().stdout
    assert "PYTHONHOME=/gone" in shown.splitlines()


@pytest.mark.parametrize(
    "words", [("info",), ("task", "list"), ("shell-hook",), ("list", "--help")]
)
def test_other_commands_heed_none_either(
    wisp: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    wisp("run", "one", cwd=workspace).success()
    plain = wisp(*words, cwd=workspace).success()
    variables = {"PYTHONPATH": str(workspace / "hostile"), "PYTHONHOME": "/gone"}
    assert wisp(*words, cwd=workspace, env=variables).success().stdout == plain.stdout


def launcher(folder: Path) -> Path:
    """Write the launcher as an installer does: its first line names a Python, without options."""
    source = Path(__file__).parents[2] / "bin" / "wisp"
    rest = source.read_text().partition("\n")[2]
    path = folder / "wisp"
    path.write_text(f"#!{sys.executable}\n{rest}")
    path.chmod(0o755)
    return path


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **variables}
    return subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("variables", [{}, {"PYTHONPATH": "{hostile}"}, {"PYTHONUTF8": "1"}])
def test_the_first_start_improves_a_launcher(
    tmp_path: Path, workspace: Path, variables: dict[str, str]
) -> None:
    path = launcher(tmp_path)
    (tmp_path / "pixi").symlink_to("wisp")
    environment = {n: v.format(hostile=workspace / "hostile") for n, v in variables.items()}
    environment.pop("PYTHONPATH", None)
    said = run(tmp_path / "pixi", "--version", **environment)
    assert (said.returncode, said.stdout) == (0, "pixi 0.85.0\n")
    assert path.read_text().partition("\n")[0] == f"#!{sys.executable} -I"
    assert path.stat().st_mode & 0o777 == 0o755
    for misleading in ("PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__"):
        said = run(path, "--version", **{misleading: "/gone"})
        assert said.stdout.startswith("wisp "), said.stderr
    said = run(path, "--version", PYTHONHOME="/gone", PYTHONPATH=str(workspace / "hostile"))
    assert said.stdout.startswith("wisp ")


def test_a_launcher_that_cannot_be_written_begins_anew(tmp_path: Path) -> None:
    path = launcher(tmp_path)
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for name in ("json", "wisp", "typing"):
        (hostile / f"{name}.py").write_text("raise SystemExit(99)\n")
    before = path.read_text()
    limited = ["bash", "-c", 'ulimit -f 0; exec "$@"', "bash"]
    said = run(*limited, path, "--version", PYTHONPATH=str(hostile), PYTHONDEVMODE="1")
    assert said.stdout.startswith("wisp "), said.stderr
    assert path.read_text() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith("wisp.")] == []


@pytest.mark.parametrize("text", ["#!/bin/sh\n", "#!{python} -X utf8\n", "#!{python}\nprint()\n"])
def test_what_is_no_plain_launcher_is_left_alone(tmp_path: Path, text: str) -> None:
    from wisp.cli.isolation import improve

    path = tmp_path / "wisp"
    path.write_text(text.format(python=sys.executable))
    improve(str(path))
    improve(str(tmp_path / "absent"))
    assert path.read_text() == text.format(python=sys.executable)


def test_python_can_run_wisp_as_a_module(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(99)\n")
    (tmp_path / "typing.py").write_text("raise SystemExit(99)\n")
    done = subprocess.run(
        [sys.executable, "-m", "wisp", "--version"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("wisp "), done.stderr


def test_a_folder_on_the_path_of_imports_may_hold_wisp(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    import wisp

    source = str(Path(wisp.__file__).parents[1])
    said = run(bare / "bin" / "python", "-m", "wisp", "--version", PYTHONPATH=source)
    assert said.stdout.startswith("wisp "), said.stderr
