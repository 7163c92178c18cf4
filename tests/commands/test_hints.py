"""What hints advise is done, word for word, in the situation that shows them, and helps."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

_COMMAND = re.compile(r"`wisp ([^`]+)`")


def advised(text: str) -> list[str]:
    """Return the words of the one command that a text advises."""
    (command,) = _COMMAND.findall(text)
    return shlex.split(command)


def test_without_a_manifest_init_is_advised(wisp: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    failed = wisp("task", "list", cwd=folder)
    assert failed.code == 1
    wisp(*advised(failed.stderr), cwd=folder).success()
    wisp("task", "list", cwd=folder).success()


def test_beside_a_pyproject_its_format_is_advised(wisp: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "library"\nversion = "1"\n')
    failed = wisp("task", "list", cwd=folder)
    words = advised(failed.stderr)
    undecided = wisp("init", cwd=folder)
    assert undecided.code == 1
    assert "--format pyproject" in undecided.stderr
    wisp(*words, cwd=folder).success()
    wisp("task", "list", cwd=folder).success()


def test_an_unknown_environment_is_answered_with_those_there_are(
    wisp: CommandLine, tmp_path: Path
) -> None:
    wisp("init", "w", cwd=tmp_path).success()
    for words in (("run", "-e", "nope", "x"), ("install", "-e", "nope"), ("list", "-e", "nope")):
        failed = wisp(*words, cwd=tmp_path / "w")
        assert failed.code == 1
        assert failed.stderr.rstrip().endswith(": default")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("numpy = >=1.26", 'numpy = ">=1.26"'),
        ("numpy: 1.*", 'numpy = "1.*"'),
        ("numpy == 1.26", 'numpy = "==1.26"'),
        ("numpy", 'numpy = "*"'),
    ],
)
def test_a_line_written_as_advised_can_be_read(
    wisp: CommandLine, tmp_path: Path, before: str, after: str
) -> None:
    wisp("init", "w", cwd=tmp_path).success()
    manifest = tmp_path / "w" / "pixi.toml"
    sound = manifest.read_text()
    text = sound if "[dependencies]\n" in sound else f"{sound}\n[dependencies]\n"
    manifest.write_text(text.replace("[dependencies]\n", f"[dependencies]\n{before}\n"))
    failed = wisp("workspace", "name", "get", cwd=manifest.parent)
    assert failed.code == 1
    assert f"write `{after}`" in failed.stderr
    manifest.write_text(text.replace("[dependencies]\n", f"[dependencies]\n{after}\n"))
    wisp("workspace", "name", "get", cwd=manifest.parent).success()


def test_a_misspelled_setting_is_set_as_advised(wisp: CommandLine, tmp_path: Path) -> None:
    failed = wisp("config", "set", "--global", "default-chanels", '["a"]', cwd=tmp_path)
    assert failed.code == 1
    (near,) = re.findall(r"did you mean `([^`]+)`", failed.stderr)
    wisp("config", "set", "--global", near, '["a"]', cwd=tmp_path).success()


def test_a_misspelled_platform_is_added_as_advised(wisp: CommandLine, tmp_path: Path) -> None:
    wisp("init", "w", cwd=tmp_path).success()
    add = ("workspace", "platform", "add", "--no-install")
    failed = wisp(*add, "win64", cwd=tmp_path / "w")
    assert failed.code == 1
    (near,) = re.findall(r"Did you mean '([^']+)'", failed.stderr)
    wisp(*add, near, cwd=tmp_path / "w").success()


def test_where_the_default_feature_is_left_out_the_hint_names_a_feature(
    wisp: CommandLine, tmp_path: Path
) -> None:
    wisp("init", "w", cwd=tmp_path).success()
    (tmp_path / "requirements.txt").write_text("click\n")
    folder = tmp_path / "w"
    wisp("import", "../requirements.txt", "--feature", "web", cwd=folder).success()
    failed = wisp("lock", cwd=folder)
    assert failed.code == 1
    assert "wisp add python --feature web" in " ".join(failed.stderr.split())


def test_of_near_names_those_of_tasks_come_first(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[tasks]\nlint = "true"\n'
    )
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("luit", "lnti"):
        (programs / name).touch(0o755)
    env = {"PATH": f"{programs}{os.pathsep}/usr/bin:/bin"}
    failed = wisp("run", "lnit", cwd=tmp_path, env=env)
    assert failed.code == 127
    assert "did you mean `lint` or `l" in failed.stderr


def test_a_program_that_may_not_be_run_is_not_offered_for_itself(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\n'
    )
    (tmp_path / "mytool").touch(0o644)
    failed = wisp("run", "mytool", cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert failed.code == 127
    assert "`mytool`" not in failed.stderr


@pytest.mark.parametrize("name", ["a" * 300, "a" * 300 + ".py"])
def test_a_command_that_can_be_no_file_is_not_found_as_others(
    wisp: CommandLine, tmp_path: Path, name: str
) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\n'
    )
    failed = wisp("run", name, cwd=tmp_path)
    assert failed.code == 127
    assert "refused" not in failed.stderr


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[dependencies]\nrust = "*"\n[tasks]\ntest = "true"\n'
    )
    return tmp_path


def test_what_is_removed_under_a_wrong_name_is_answered_with_the_near_one(
    wisp: CommandLine, small: Path
) -> None:
    refused = wisp("remove", "rustt", cwd=small)
    assert refused.code == 1
    assert "did you mean 'rust'?" in refused.stderr
    assert "Did you mean `test`?" in wisp("task", "remove", "tets", cwd=small).stderr
    assert "id you mean" not in wisp("task", "remove", "quux", cwd=small).stderr
    assert "id you mean" not in wisp("remove", "zlib", cwd=small).stderr
