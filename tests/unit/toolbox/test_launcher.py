"""The launcher as shells run it: what a tool sees is what was stored, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from wisp.toolbox.launcher import Launch, is_launcher, is_own_script, program, read_launch

#: Prints the arguments and the environment, ends of lines visible.
SHOW = "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done\nprintf 'END\\0'\nexec env -0\n"
SHELLS = [name for name in ("dash", "bash") if shutil.which(name)]
ODD = "line\nbreak \"quotes\" 'single' \\ back\\\\ tab\t cr\r $HOME `x` \x01\x1f ü € 🦊 "


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    folder = tmp_path / "my bin"
    (folder / "trampoline_configuration").mkdir(parents=True)
    tool = tmp_path / "env" / "bin" / "tool"
    tool.parent.mkdir(parents=True)
    tool.write_text(SHOW)
    tool.chmod(0o755)
    (folder / "tool").write_bytes(program())
    (folder / "tool").chmod(0o755)
    return folder


def configure(folder: Path, text: str) -> None:
    (folder / "trampoline_configuration" / "tool.json").write_text(text, encoding="utf-8")


def launch(folder: Path, **env: str) -> Launch:
    exe = folder.parent / "env" / "bin" / "tool"
    return Launch(exe=str(exe), path_diff=str(exe.parent), env=env)


def start(
    folder: Path, *words: str, shell: str = "", env: dict[str, str] | None = None
) -> tuple[list[bytes], dict[bytes, bytes]]:
    command = [*([shell] if shell else []), str(folder / "tool"), *words]
    done = subprocess.run(command, env=env or {"PATH": "/usr/bin:/bin"}, capture_output=True)
    assert done.returncode == 0, done.stderr
    arguments, _, dump = done.stdout.partition(b"END\0")
    pairs = (row.partition(b"=") for row in dump.split(b"\0") if row)
    return arguments.split(b"\0")[:-1], {name: value for name, _, value in pairs}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_tool_gets_its_arguments_and_the_stored_variables(bin_: Path, shell: str) -> None:
    configure(bin_, launch(bin_, ODD=ODD, EMPTY="", BRACES='}"{\\').text())
    arguments, variables = start(bin_, "a b", "", "*", ODD, shell=shell)
    assert arguments == [b"a b", b"", b"*", ODD.encode()]
    assert variables[b"ODD"].decode() == ODD
    assert (variables[b"EMPTY"], variables[b"BRACES"]) == (b"", b'}"{\\')


@pytest.mark.parametrize("indent", [None, 0, 4])
def test_any_spelling_of_the_configuration_is_read(bin_: Path, indent: int | None) -> None:
    stored = launch(bin_, A="1", exe="env", env="exe", path_diff="x")
    data = {"exe": stored.exe, "path_diff": stored.path_diff, "env": dict(stored.env)}
    turned = dict(reversed(data.items())) | {"more": "text"}
    configure(bin_, json.dumps(turned, indent=indent, ensure_ascii=indent == 4))
    variables = start(bin_)[1]
    names = (b"A", b"exe", b"env", b"path_diff")
    assert [variables[name] for name in names] == [b"1", b"env", b"exe", b"x"]
    assert b"more" not in variables


def test_variables_of_the_caller_stay_as_they_are(bin_: Path) -> None:
    configure(bin_, launch(bin_).text())
    caller = {b"PATH": b"/usr/bin:/bin", b"BYTES": b"\xff\xfe\n'\"", b"name": b"x", b"line": b"y"}
    done = subprocess.run([str(bin_ / "tool")], env=caller, capture_output=True)
    rows = dict(row.partition(b"=")[::2] for row in done.stdout[4:].split(b"\0") if row)
    assert {name: rows[name] for name in caller if name != b"PATH"} == {
        name: value for name, value in caller.items() if name != b"PATH"
    }
    ours = {name for name in rows.keys() - caller.keys() if name not in (b"PWD", b"_", b"SHLVL")}
    assert ours == {b"PIXI_BASE_PATH"}


def test_the_environment_comes_first_on_the_path(bin_: Path) -> None:
    stored = launch(bin_)
    configure(bin_, stored.text())
    variables = start(bin_)[1]
    assert os.fsdecode(variables[b"PATH"]) == f"{stored.path_diff}:/usr/bin:/bin"
    assert variables[b"PIXI_BASE_PATH"] == b"/usr/bin:/bin"


def test_a_tool_started_by_another_tool_keeps_what_that_one_added(bin_: Path) -> None:
    stored = launch(bin_)
    configure(bin_, stored.text())
    env = {"PATH": "/mine:/usr/bin:/bin", "PIXI_BASE_PATH": "/usr/bin:/bin"}
    variables = start(bin_, env=env)[1]
    assert os.fsdecode(variables[b"PATH"]) == f"/mine:{stored.path_diff}:/usr/bin:/bin"
    assert variables[b"PIXI_BASE_PATH"] == b"/usr/bin:/bin"


def test_links_to_a_tool_start_it_too(bin_: Path, tmp_path: Path) -> None:
    configure(bin_, launch(bin_, A="1").text())
    (tmp_path / "first").symlink_to("my bin/tool")
    (tmp_path / "second").symlink_to(tmp_path / "first")
    done = subprocess.run([str(tmp_path / "second")], env={"PATH": "/usr/bin:/bin"}, check=True)
    assert done.returncode == 0


def test_it_is_found_along_the_path(bin_: Path) -> None:
    configure(bin_, launch(bin_).text())
    env = {"PATH": f"{bin_}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", "tool x"], env=env, capture_output=True, check=True)
    assert done.stdout.startswith(b"x\0END\0")


@pytest.mark.parametrize("text", [None, "", "{", '{"exe": "', '{"path_diff": "x"}'])
def test_a_damaged_configuration_is_told(bin_: Path, text: str | None) -> None:
    if text is not None:
        configure(bin_, text)
    done = subprocess.run([str(bin_ / "tool")], capture_output=True, text=True)
    assert done.returncode == 127
    assert "global sync" in done.stderr
    assert read_launch(None if text is None else text.encode()) is None


def test_a_configuration_reads_back() -> None:
    stored = Launch(exe="/x", path_diff="/y", env={"A": ODD})
    assert read_launch(stored.text().encode()) == stored


@pytest.mark.parametrize("text", ["[]", '{"exe": 1}', '{"exe": "", "path_diff": "", "env": []}'])
def test_other_json_is_no_configuration(text: str) -> None:
    assert read_launch(text.encode()) is None


def test_the_program_is_told_from_what_somebody_wrote() -> None:
    assert program().endswith(b"\n\0")
    assert is_launcher(program())
    assert is_launcher(b"\x7fELF...")
    assert is_own_script(program()[:100])
    assert not is_launcher(program()[:-1])
    for foreign in (b"", b"#!/bin/sh\necho mine\n"):
        assert not is_launcher(foreign)
        assert not is_own_script(foreign)
