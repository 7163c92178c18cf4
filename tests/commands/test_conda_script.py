"""Scripts of any language with a conda-script block: run, locked, edited, begun."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.trees import names_beside
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]


def block(forge: Forge, entrypoint: str, *tables: str, comment: str = "#") -> str:
    lines = (
        "/// conda-script",
        f'channels = ["{forge.url}"]',
        f"entrypoint = {entrypoint}",
        *tables,
        "/// end-conda-script",
    )
    return "".join(f"{comment} {line}".rstrip() + "\n" for line in lines)


@pytest.fixture
def on(wisp: CommandLine, tmp_path: Path) -> CommandLine:
    """Somebody who has switched conda-scripts on."""
    words = ("config", "set", "experimental.conda-script", "true", "--global")
    wisp(*words, cwd=tmp_path).success()
    return wisp


@pytest.fixture
def shell_script(tmp_path: Path, forge: Forge) -> Path:
    folder = tmp_path / "my scripts"
    folder.mkdir()
    file = folder / "show.sh"
    text = block(forge, "'sh ${SCRIPT} fixed'", "", "[dependencies]", 'greeter = "2.*"')
    file.write_text(f'{text}greeter\necho "$0|$*|$PWD"\n')
    return file


def test_a_script_runs_where_it_is_called_with_what_follows(
    on: CommandLine, shell_script: Path, elsewhere: Path
) -> None:
    done = on("run", "--script", str(shell_script), "a b", "-x", "$HOME", cwd=elsewhere).success()
    assert done.stdout == f"hello 2.0 \n{shell_script}|fixed a b -x $HOME|{elsewhere}\n"
    assert names_beside(shell_script) == {"show.sh"}
    assert not list(elsewhere.iterdir())


def test_its_name_alone_does_where_that_is_switched_on(on: CommandLine, shell_script: Path) -> None:
    done = on("run", shell_script.name, "--x", cwd=shell_script.parent).success()
    assert done.stdout.endswith(f"fixed --x|{shell_script.parent}\n")


def test_a_task_of_that_name_comes_first_also_where_all_is_remembered(
    on: CommandLine, shell_script: Path, forge: Forge
) -> None:
    folder = shell_script.parent
    (folder / "other.sh").write_text(shell_script.read_text())
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        '[tasks]\n"show.sh" = "echo task"\n'
    )
    for _ in range(2):
        assert on("run", "show.sh", cwd=folder).success().stdout == "task\n"
        assert on("run", "other.sh", cwd=folder).success().stdout.startswith("hello 2.0")


def test_without_the_switch_it_is_told_how_to_switch_it_on(
    wisp: CommandLine, shell_script: Path
) -> None:
    folder = shell_script.parent
    for command in ("run", "list", "lock", "install", "tree"):
        refused = wisp(command, "--script", "show.sh", cwd=folder)
        assert (refused.code, refused.stdout) == (1, "")
        assert "not switched on" in refused.stderr
        assert "wisp config set experimental.conda-script true --global" in refused.stderr
    assert wisp("run", "show.sh", cwd=folder).code == 1
    assert wisp("init", "--script", "new.c", cwd=folder).code == 1
    for words in (("--script", "show.sh"), ("show.sh",)):
        done = wisp("run", "--experimental", *words, cwd=folder).success()
        assert done.stdout.startswith("hello 2.0")
    assert names_beside(shell_script) == {"show.sh"}


def test_a_file_of_another_language_keeps_what_it_makes(
    on: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    """The C of this test is compiled by a copy, as no compiler is at hand."""
    file = tmp_path / "main.c"
    entrypoint = (
        '{ unix = "cp ${SCRIPT} ${CACHE}/main && wc -l ${CACHE}/main", '
        'linux-64 = "cp ${SCRIPT} ${CACHE}/$(greeter x) && ls \\"${CACHE}\\"", win = "nothing" }'
    )
    file.write_text(
        block(forge, entrypoint, "[dependencies]", "greeter = '*'", comment="//") + "int x;\n"
    )
    refused = on("run", "-s", "main.c", cwd=tmp_path)  # the output is two words more
    assert refused.code != 0
    quoted = file.read_text().replace("$(greeter x)", '\\"$(greeter x)\\"')
    file.write_text(quoted)
    for _ in range(2):
        done = on("run", "-s", "main.c", cwd=tmp_path).success()
        assert done.stdout == "hello 2.0 x\n"


def test_a_python_file_may_have_either_block(on: CommandLine, tmp_path: Path, forge: Forge) -> None:
    file = tmp_path / "main.py"
    tables = (
        "[dependencies]",
        f'python = "{forge.minor}.*"',
        "greeter = '*'",
        "[tool.pixi.dependencies]",
        "greeter = '<2'",
        "[tool.pixi.activation.env]",
        'MINE = "yes"',
    )
    body = "import json, os, sys\nprint(json.dumps([sys.argv, sys.prefix, os.environ['MINE']]))\n"
    file.write_text(block(forge, '"python ${SCRIPT}"', *tables) + body + "sys.exit(7)\n")
    done = on("run", "main.py", "one", cwd=tmp_path)
    words, prefix, mine = json.loads(done.stdout)
    assert (words, mine, done.code) == ([str(file), "one"], "yes", 7)
    assert Path(prefix).parent == on.home.cache / "cached-envs-v0"
    rows = json.loads(on("list", "--json", "--script", "main.py", cwd=tmp_path).success().stdout)
    assert {row["name"]: row["version"] for row in rows}["greeter"].startswith("1.")


def test_it_is_locked_added_to_and_taken_from(on: CommandLine, shell_script: Path) -> None:
    folder, named = shell_script.parent, ("--script", "show.sh")
    before = shell_script.read_text()
    refused = on("run", "--locked", *named, cwd=folder)
    assert (refused.code, refused.stdout) == (1, "")
    on("lock", *named, cwd=folder).success()
    assert names_beside(shell_script) == {"show.sh", "show.sh.pixi.lock"}
    lock = folder / "show.sh.pixi.lock"
    on("run", "--locked", *named, cwd=folder).success()
    on("add", *named, "python", cwd=folder).success()
    assert '# greeter = "2.*"\n# python = ">=' in shell_script.read_text()
    assert "python" in lock.read_text()
    on("remove", *named, "python", cwd=folder).success()
    assert shell_script.read_text() == before
    for words, told in (
        (("add", "--platform", "linux-64", "six"), "do not support `--platform`"),
        (("add", "--git", "https://x.test/a", "a"), "do not support `--git`"),
        (("add", "--path", ".", "a"), "do not support `--path`"),
        (("remove", "--platform", "linux-64", "greeter"), "do not support `--platform`"),
    ):
        done = on(words[0], *named, *words[1:], cwd=folder)
        assert (done.code, told in done.stderr) == (1, True), done.stderr
    assert shell_script.read_text() == before
    for command in ("tree", "install", "update"):
        on(command, *named, cwd=folder).success()
    assert "greeter" in on("why", *named, "greeter-words", cwd=folder).success().stdout


def test_a_script_of_the_web_keeps_the_ending_of_its_name(
    on: CommandLine, shell_script: Path, elsewhere: Path
) -> None:
    with Server(shell_script.parent) as server:
        done = on("run", "--script", f"{server.url}/show.sh", "one", cwd=elsewhere).success()
    path, words, folder = done.stdout.splitlines()[-1].split("|")
    assert (Path(path).name, words, folder) == ("show.sh", "fixed one", str(elsewhere))
    assert not Path(path).exists()
    again = on("run", "-s", "-", "two", cwd=elsewhere, stdin=shell_script.read_text()).success()
    assert "|fixed two|" in again.stdout


def test_a_script_may_start_itself(on: CommandLine, shell_script: Path) -> None:
    shebang = f"#!/usr/bin/env -S {on.executable} run --script\n"
    shell_script.write_text(shebang + shell_script.read_text())
    shell_script.chmod(0o755)
    done = subprocess.run(
        [shell_script, "a b"], env=on.environment(), capture_output=True, text=True, check=True
    )
    assert f"{shell_script}|fixed a b|" in done.stdout


def test_what_goes_wrong_ends_it(on: CommandLine, tmp_path: Path, forge: Forge) -> None:
    file = tmp_path / "x.sh"
    for entrypoint, code, told in (
        ("'false && echo no'", 1, ""),
        ("'sh -c \"exit 9\"'", 9, ""),
        ("'no-such-command x'", 127, "`no-such-command` of the entrypoint was not found"),
        ("'./x.sh'", 126, "could not be started"),
        ("'echo ${NOT_SET_AT_ALL}'", 1, "`NOT_SET_AT_ALL` of the entrypoint is not set"),
        ("'echo $(false)'", 1, ""),
        ("'$(true)'", 1, "has no words left"),
        ("{ win = 'echo' }", 1, "says nothing for linux-64"),
        ("'echo a | cat'", 1, "there are no pipes"),
    ):
        file.write_text(block(forge, entrypoint))
        done = on("run", "-s", "x.sh", cwd=tmp_path)
        assert (done.code, done.stdout, told in done.stderr) == (code, "", True), done.stderr
    file.write_text(block(forge, "'echo said'"))
    dry = on("run", "-n", "-s", "x.sh", cwd=tmp_path).success()
    assert (dry.stdout, "echo said" in dry.stderr) == ("", True)


def test_one_is_begun_by_its_name_and_runs(on: CommandLine, tmp_path: Path, forge: Forge) -> None:
    words = ("init", "-c", forge.url, "--script")
    on(*words, "new.py", "--format", "conda-script", cwd=tmp_path).success()
    assert on("run", "new.py", cwd=tmp_path).success().stdout == "Hello!\n"
    on(*words, "plain.py", cwd=tmp_path).success()
    assert (tmp_path / "plain.py").read_text().startswith("# /// script\n")
    there = tmp_path / "there.lua"
    there.write_text("#!/usr/bin/env lua\r\nprint(1)\r\n")
    on(*words, "there.lua", cwd=tmp_path).success()
    told = there.read_bytes().decode()
    assert told.startswith("#!/usr/bin/env lua\r\n-- /// conda-script\r\n-- channels")
    assert told.endswith("-- /// end-conda-script\r\n\r\nprint(1)\r\n")
    for more, code, words_told in (
        (("new.py",), 1, "is already a conda-script"),
        (("there.lua",), 1, "is already a conda-script"),
        (("plain.py", "--format", "conda-script"), 1, "is already a PEP 723 script"),
        (("x.unknown", "--format", "conda-script"), 1, ".cpp"),
        (("x.unknown",), 1, ".cpp"),
        (("x.c", "--format", "pep723"), 1, "is not a Python script"),
        (("x.c", "--format", "pixi"), 2, "cannot be used with"),
    ):
        done = on(*words, *more, cwd=tmp_path)
        assert (done.code, words_told in done.stderr) == (code, True), done.stderr
    assert on("init", "--format", "conda-script", cwd=tmp_path).code == 2
