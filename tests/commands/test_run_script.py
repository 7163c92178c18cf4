"""Python scripts with a PEP 723 block: run, locked, edited."""

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

BODY = "import json, os, sys\nprint(json.dumps([sys.argv, os.getcwd(), sys.prefix]))\n"


@pytest.fixture
def script(tmp_path: Path, forge: Forge, forge_server: Server) -> Path:
    """A script on the forge's channel, that needs nothing but Python."""
    block = f"""\
# /// script
# requires-python = "=={forge.minor}.*"
#
# [tool.pixi.workspace]
# channels = ["{forge.url}"]
#
# [tool.pixi.workspace.pypi-options]
# index-url = "{forge_server.url}/simple"
# ///
"""
    folder = tmp_path / "scripts"
    folder.mkdir()
    file = folder / "show-me.py"
    file.write_text(block + BODY)
    return file


def test_a_script_runs_where_it_is_called_and_leaves_nothing_beside_it(
    wisp: CommandLine, script: Path, elsewhere: Path
) -> None:
    done = wisp("run", "--script", str(script), "--", "a b", "-x", cwd=elsewhere).success()
    words, folder, prefix = json.loads(done.stdout)
    assert words == [str(script), "a b", "-x"]
    assert folder == str(elsewhere)
    assert Path(prefix).parent == wisp.home.cache / "cached-envs-v0"
    name, _, digest = Path(prefix).name.rpartition("-")
    assert (name, len(digest)) == ("show-me", 16)
    assert names_beside(script) == {"show-me.py"}
    assert not list(elsewhere.iterdir())
    listed = wisp("list", "--json", "--script", str(script), cwd=elsewhere).success()
    assert "python" in {row["name"] for row in json.loads(listed.stdout)}
    assert names_beside(script) == {"show-me.py"}


def test_a_script_knows_nothing_of_the_workspace_around_it(wisp: CommandLine, script: Path) -> None:
    (script.parent / "pixi.toml").write_text("[workspace]\nchannels = []\nplatforms = []\n")
    active = {
        "PIXI_IN_SHELL": "1",
        "PIXI_PROJECT_ROOT": str(script.parent),
        "PIXI_ENVIRONMENT_NAME": "gpu",
    }
    wisp("run", "--script", script.name, cwd=script.parent, env=active).success()
    assert names_beside(script) == {"show-me.py", "pixi.toml"}


def test_a_lock_is_demanded_written_and_kept_up_to_date(
    wisp: CommandLine, script: Path, elsewhere: Path
) -> None:
    run = ("run", "--script", str(script))
    for option in ("--locked", "--frozen"):
        refused = wisp(*run[:1], option, *run[1:], cwd=elsewhere)
        assert (refused.code, refused.stdout) == (1, "")
        assert f"run `wisp lock --script {script}` to make one" in refused.stderr
    wisp("lock", "--script", str(script), cwd=elsewhere).success()
    lock = script.with_name("show-me.py.pixi.lock")
    before = lock.read_text()
    wisp(*run[:1], "--locked", *run[1:], cwd=elsewhere).success()
    assert lock.read_text() == before
    script.write_text(script.read_text().replace("# ///\nimport", "# ///\nimport six\nimport"))
    add = ("--pypi", "six", "--script", str(script))
    wisp("add", *add, cwd=elsewhere).success()
    assert "six" in lock.read_text()
    assert '# dependencies = ["six' in script.read_text()
    wisp(*run[:1], "--locked", *run[1:], cwd=elsewhere).success()
    script.write_text(script.read_text().replace("import six\n", ""))
    wisp("remove", *add, cwd=elsewhere).success()
    assert lock.read_text() == before


def test_without_a_lock_edits_make_none(wisp: CommandLine, script: Path) -> None:
    wisp("add", "six", "--script", script.name, cwd=script.parent).success()
    assert '# six = "*"' in script.read_text()
    for command in ("tree", "list"):
        looked = wisp(command, "--script", script.name, cwd=script.parent).success()
        assert ("six" in looked.stdout, looked.stderr) == (True, "")
    assert names_beside(script) == {"show-me.py"}


def test_a_script_of_the_web_is_fetched_and_gone_afterwards(
    wisp: CommandLine, script: Path, elsewhere: Path
) -> None:
    with Server(script.parent) as server:
        url = f"{server.url}/show-me.py"
        done = wisp("run", "--script", url, "one", cwd=elsewhere).success()
        missing = wisp("run", "--script", url + "x", cwd=elsewhere)
    words, folder, prefix = json.loads(done.stdout)
    assert (words[1:], folder) == (["one"], str(elsewhere))
    assert not Path(words[0]).exists()
    assert Path(prefix).name.startswith("show-me-")
    assert missing.code == 1
    assert "404" in missing.stderr


def test_a_script_of_stdin_gets_its_words(wisp: CommandLine, script: Path, elsewhere: Path) -> None:
    text = script.read_text() + "print('it''s', \"$HOME\")\n"
    refused = wisp("run", "--locked", "--script", "-", cwd=elsewhere, stdin=text)
    assert (refused.code, refused.stdout) == (1, "")
    done = wisp("run", "--script", "-", "one", "two", cwd=elsewhere, stdin=text).success()
    first, second = done.stdout.splitlines()
    assert json.loads(first)[0] == ["-c", "one", "two"]
    assert second == "its $HOME"


def test_what_is_no_script_is_refused(wisp: CommandLine, elsewhere: Path) -> None:
    (elsewhere / "plain.py").write_text("print(1)\n")
    (elsewhere / "text.txt").write_text("print(1)\n")
    told = "does not contain a PEP 723 metadata block"
    for done, words in (
        (wisp("run", "-s", "plain.py", cwd=elsewhere), f"plain.py {told}"),
        (wisp("run", "-s", "-", cwd=elsewhere, stdin="print(1)"), f"stdin {told}"),
        (
            wisp("run", "--experimental", "-s", "-", cwd=elsewhere, stdin="print(1)"),
            "stdin does not contain a script metadata block",
        ),
        (wisp("run", "-s", "none.py", cwd=elsewhere), "does not exist"),
        (wisp("run", "-s", "text.txt", cwd=elsewhere), "not a Python file"),
        (
            wisp("list", "-s", "http://x.test/a.py", cwd=elsewhere),
            "`http://x.test/a.py` is no file",
        ),
        (wisp("lock", "-s", "-", cwd=elsewhere, stdin="print(1)"), "`-` is no file"),
    ):
        assert done.code == 1
        assert words in done.stderr


@pytest.mark.parametrize("option", [("-e", "default"), ("--skip-deps",)])
def test_options_that_mean_nothing_for_scripts_are_refused(
    wisp: CommandLine, script: Path, option: tuple[str, ...]
) -> None:
    done = wisp("run", *option, "--script", script.name, cwd=script.parent)
    assert done.code == 1
    assert "`wisp run --script` does not support" in done.stderr
    assert "A script has one implicit default run environment" in done.stderr


def test_the_name_of_a_script_is_enough_and_all_that_follows_is_its_own(
    wisp: CommandLine, script: Path
) -> None:
    words = ["run", script.name, "-e", "x", "--frozen", "--"]
    done = wisp(*words, cwd=script.parent).success()
    assert json.loads(done.stdout)[0] == [script.name, *words[2:]]
    plain = script.with_name("plain.py")
    plain.write_text("print('plain')\n")
    assert wisp("run", plain.name, cwd=script.parent).code == 1


def test_a_task_of_that_name_comes_first(wisp: CommandLine, script: Path, forge: Forge) -> None:
    (script.parent / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        '[tasks]\n"show-me.py" = "echo task"\n'
    )
    for _ in range(2):
        done = wisp("run", script.name, cwd=script.parent).success()
        assert done.stdout == "task\n"
    (script.parent / "pixi.toml").write_text("[workspace\n")
    wisp("run", script.name, cwd=script.parent).success()


def test_a_script_may_start_itself(wisp: CommandLine, script: Path) -> None:
    shebang = f"#!/usr/bin/env -S {wisp.executable} run --script\n"
    script.write_text(shebang + script.read_text())
    script.chmod(0o755)
    done = subprocess.run(
        [script, "a b"], env=wisp.environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[0] == [str(script), "a b"]


PLAIN = "# /// script\n# requires-python = '>=3.9'\n# dependencies = ['click>=8']\n# ///\n"


@pytest.fixture
def cut_off(wisp: CommandLine, forge_server: Server) -> CommandLine:
    """Somebody whose only channel is out of reach, while the index is not."""
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f"default-channels = ['{forge_server.url}/no-such-channel']\n")
    wisp.variables["UV_DEFAULT_INDEX"] = f"{forge_server.url}/simple"
    return wisp


def test_where_no_channel_can_be_reached_pypi_and_a_python_of_the_machine_do(
    cut_off: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "plain.py"
    file.write_text(
        f"{PLAIN}import os, sys, click\n"
        "print(click.__name__, sys.argv[1:], os.environ['MINE'])\nsys.exit(3)\n"
    )
    done = cut_off("run", "plain.py", "a", "--b", cwd=tmp_path, env={"MINE": "yes"})
    assert (done.code, done.stdout) == (3, "click ['a', '--b'] yes\n")
    assert done.stderr.count("no conda channel can be reached") == 1


def test_such_a_script_has_the_whole_path_but_its_python_is_of_the_machine(
    cut_off: CommandLine, tmp_path: Path
) -> None:
    """What a script starts is found as its shell finds it; what runs the script is not."""
    (tmp_path / "plain.py").write_text(f"{PLAIN}import os\nprint(os.environ['PATH'])\n")
    for name in ("python", "python3"):
        (tmp_path / name).write_text("#!/bin/sh\n/usr/bin/touch ran\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    done = cut_off("run", "plain.py", cwd=tmp_path, env={"PATH": ".:bin:/usr/bin:/bin"}).success()
    assert done.stdout.endswith(":.:bin:/usr/bin:/bin\n")
    assert not (tmp_path / "ran").exists()


def test_a_notebook_runs_there_too(cut_off: CommandLine, tmp_path: Path) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    pinned = PLAIN.removesuffix("# ///\n") + "# [tool.uv]\n# ///\n"
    for name, block, told in (
        ("plain.ipynb", PLAIN, "its environment needs `nbformat`"),
        ("pinned.ipynb", pinned, "no-such-channel"),
    ):
        cells = [{**cell, "id": "a", "source": block}]
        data = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / name).write_text(json.dumps(data))
        done = cut_off("run", name, cwd=tmp_path)
        assert (done.code, told in done.stderr) == (1, True)
        on_uv = done.stderr.count("no conda channel can be reached")
        assert on_uv == (name == "plain.ipynb")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("# ///\n", "# [tool.pixi.dependencies]\n# zlib = '*'\n# ///\n"), []),
        ((">=3.9", ">=3.99"), []),
        (("", ""), ["--locked"]),
    ],
)
def test_what_conda_or_a_lock_has_to_decide_waits_for_them(
    cut_off: CommandLine, tmp_path: Path, change: tuple[str, str], words: list[str]
) -> None:
    file = tmp_path / "plain.py"
    file.write_text(PLAIN.replace(*change) if change[0] else PLAIN)
    done = cut_off("run", *words, "plain.py", cwd=tmp_path)
    assert (done.code, done.stdout) == (1, "")


def test_activation_of_a_script_is_edited_in_its_block(
    wisp: CommandLine, script: Path, elsewhere: Path
) -> None:
    words = ["workspace", "activation", "env"]
    wisp(*words, "set", "--script", str(script), "MINE=yes", cwd=elsewhere).success()
    assert '# [tool.pixi.activation.env]\n# MINE = "yes"\n# ///\n' in script.read_text()
    script.write_text(script.read_text() + "print(os.environ['MINE'])\n")
    done = wisp("run", "--script", str(script), cwd=elsewhere).success()
    assert done.stdout.splitlines()[-1] == "yes"
    wisp(*words, "remove", "--script", str(script), "MINE", cwd=elsewhere).success()
    assert "activation" not in script.read_text()


def test_what_was_solved_for_a_script_is_used_while_it_fits(
    wisp: CommandLine, forge: Forge, tmp_path: Path, elsewhere: Path
) -> None:
    def block(*needs: str) -> str:
        rows = "".join(f"# {need}\n" for need in needs)
        tables = f'# [tool.pixi.workspace]\n# channels = ["{forge.url}"]\n'
        return f"# /// script\n{tables}# [tool.pixi.dependencies]\n# python = '*'\n{rows}# ///\n"

    def greeter() -> str:
        rows = json.loads(wisp("list", "--json", *named, cwd=elsewhere).success().stdout)
        return str(next(row["version"] for row in rows if row["name"] == "greeter"))

    file = tmp_path / "remembered.py"
    named = ("--script", str(file))
    file.write_text(block("greeter = '1.*'") + BODY)
    wisp("install", *named, cwd=elsewhere).success()
    ((memory),) = (wisp.home.cache / "cached-envs-v0").glob("remembered-*.lock")
    first = memory.stat().st_mtime_ns
    prefix = json.loads(wisp("run", *named, cwd=elsewhere).success().stdout)[2]
    assert Path(prefix).with_name(f"{Path(prefix).name}.lock") == memory
    assert memory.stat().st_mtime_ns == first

    file.write_text(block("greeter = '*'") + BODY)  # what was solved fits that too
    wisp("run", *named, cwd=elsewhere).success()
    assert memory.stat().st_mtime_ns == first
    changed = wisp("update", "--json", *named, cwd=elsewhere).success().stdout
    assert "greeter" in changed
    assert "greeter-2." in memory.read_text()
    assert "already up-to-date" in wisp("update", *named, cwd=elsewhere).success().stderr
    file.write_text(block("greeter = '1.*'") + BODY)
    wisp("run", *named, cwd=elsewhere).success()
    assert "greeter-1." in memory.read_text()

    memory.write_text("nonsense: [")
    wisp("run", *named, cwd=elsewhere).success()
    assert "greeter-1." in memory.read_text()
    refused = wisp("install", "--locked", *named, cwd=elsewhere)
    assert refused.code == 1
    assert "there is no lock file" in refused.stderr
    assert {one.name for one in tmp_path.iterdir()} >= {"remembered.py"}
    assert not file.with_name("remembered.py.pixi.lock").exists()

    wisp("lock", *named, cwd=elsewhere).success()
    memory.unlink()
    wisp("install", "--locked", *named, cwd=elsewhere).success()
    wisp("update", *named, cwd=elsewhere).success()
    assert not memory.exists()
    assert greeter().startswith("1.")
