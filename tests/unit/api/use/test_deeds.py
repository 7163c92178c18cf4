"""Captured runs: exit codes, streams, and texts that are one command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import channel, tiny
from wisp import (
    ManifestError,
    OneOffRequest,
    RunOptions,
    Session,
    SpecRequest,
    UsageError,
    WispError,
    Workspace,
)
from wisp.api.use.captured import captured

MANIFEST = """\
[workspace]
name = "work"
channels = ["{channel}"]
platforms = ["{platform}"]

[dependencies]
app = "*"

[environments]
other = []

[tasks.say]
cmd = "echo {{{{ what }}}}"
args = ["what"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    channel(tmp_path / "channel", [tiny("app", "1.0")])
    environ = {
        "HOME": str(tmp_path / "home"),
        "PIXI_CACHE_DIR": str(tmp_path / "cache"),
        "PATH": os.environ["PATH"],
        "PIXI_OVERRIDE_PLATFORM": "linux-64",
    }
    uri = (tmp_path / "channel").as_uri()
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST.format(channel=uri, platform="linux-64"))
    return Workspace.open(folder, cwd=folder, environ=environ)


def test_a_text_is_one_command_line_with_its_quotes(workspace: Workspace) -> None:
    done = workspace.run("echo 'a; b' && echo \"c && d\" >&2", capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a; b\n", "c && d\n")


def test_a_text_may_call_a_task_with_arguments(workspace: Workspace) -> None:
    assert workspace.run("say 'one'", capture_output=True).stdout == "one\n"


def test_words_stay_as_they_are(workspace: Workspace) -> None:
    done = workspace.run(["echo", "a  b", "$HOME"], capture_output=True)
    assert done.stdout == "a  b $HOME\n"


@pytest.mark.parametrize("word", ["$HOME", "echo a", "a;b"])
def test_a_single_word_stays_as_it_is_too(workspace: Workspace, word: str) -> None:
    done = workspace.run([word], capture_output=True)
    assert (done.returncode, done.stderr) == (127, f"{word}: command not found\n")


def test_a_word_may_be_a_path(workspace: Workspace, tmp_path: Path) -> None:
    program = tmp_path / "say it"
    program.write_text("#!/bin/sh\necho said\n")
    program.chmod(0o755)
    assert workspace.run([program], capture_output=True).stdout == "said\n"


def test_what_is_said_beside_options_counts_before_them(
    workspace: Workspace, tmp_path: Path
) -> None:
    options = RunOptions(program="wisp", cwd=tmp_path, environment="default")
    line = "echo $PIXI_ENVIRONMENT_NAME && pwd"
    done = workspace.run(
        line, environment="other", cwd=str(tmp_path / "work"), options=options, capture_output=True
    )
    assert done.stdout.split() == ["other", str(tmp_path / "work")]


def test_the_exit_code_is_that_of_the_command(workspace: Workspace) -> None:
    assert workspace.run("exit 7") == 7
    assert workspace.run("exit 7", capture_output=True).returncode == 7


def test_output_that_is_no_utf8_is_kept_as_far_as_it_can_be_read(workspace: Workspace) -> None:
    program = "import os; os.write(1, bytes([104, 105, 255, 10]))"
    done = workspace.run([sys.executable, "-c", program], capture_output=True)
    assert done.stdout == "hi\N{REPLACEMENT CHARACTER}\n"


def test_a_failure_gives_the_streams_back() -> None:
    before = [os.fstat(number).st_ino for number in (1, 2)]

    def fail() -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        captured(fail)
    assert [os.fstat(number).st_ino for number in (1, 2)] == before


def test_one_name_installs_that_environment_only(workspace: Workspace) -> None:
    report = workspace.install("default")
    assert list(report.outcomes) == ["default"]
    assert workspace.prefix("default").is_dir()
    assert not workspace.prefix("other").exists()


def test_entering_installs_what_is_missing_and_tells_the_variables(workspace: Workspace) -> None:
    variables = workspace.activation("default")
    assert variables["PIXI_ENVIRONMENT_NAME"] == "default"
    assert (workspace.prefix("default") / "share" / "app.txt").is_file()


def test_a_removed_file_of_a_package_is_put_back_by_reinstall(workspace: Workspace) -> None:
    workspace.install()
    file = workspace.prefix() / "share" / "app.txt"
    file.unlink()
    workspace.reinstall(packages=["app"])
    assert file.read_text() == "app 1.0\n"


def test_cleaning_takes_one_environment_or_all_and_never_the_lock(workspace: Workspace) -> None:
    workspace.install(["default", "other"])
    freed = workspace.clean(environment="default").freed
    assert freed > 0
    assert not workspace.prefix("default").exists()
    assert workspace.prefix("other").is_dir()
    workspace.clean()
    assert not workspace.prefix("other").exists()
    assert workspace.lock_path.is_file()


def test_one_name_may_be_a_text_wherever_there_may_be_several(
    workspace: Workspace, tmp_path: Path
) -> None:
    report = workspace.install(skip="app")
    assert report.chosen.skip == ("app",)
    workspace.edit.add_environment("more", "default")
    assert workspace.show.explicit_specs("default", "linux-64").keys() == {
        "default_linux-64_conda_spec.txt"
    }
    session = Session.open(environ=workspace.opened.environ)
    wanted = SpecRequest(specs="app", channels=(tmp_path / "channel").as_uri())
    made = session.environment(wanted, str(tmp_path / "tool"))
    assert [record.name for record in made.records] == ["app"]
    assert made.prefix == tmp_path / "tool"


@pytest.mark.parametrize(
    "deed",
    [
        lambda workspace: workspace.edit.add("app", table="dependences"),
        lambda workspace: workspace.edit.move_platform("linux-64", "last"),
        lambda workspace: workspace.edit.set_field("names", "w"),
        lambda workspace: workspace.edit.unset_field("names"),
        lambda workspace: workspace.show.packages(sort_by="names"),
        lambda workspace: workspace.show.bill().written("cyclon"),
        lambda workspace: Session.open(environ=workspace.opened.environ).clean_caches("condas"),
        lambda workspace: Session.open(environ=workspace.opened.environ).configure(
            "tls-no-verify",
            "true",
            level="globally",  # type: ignore[arg-type]
        ),
    ],
)
def test_a_word_that_is_none_of_those_meant_is_refused(workspace: Workspace, deed: Any) -> None:
    before = workspace.manifest.path.read_text()
    with pytest.raises(UsageError, match="is none of"):
        deed(workspace)
    assert workspace.manifest.path.read_text() == before


@pytest.mark.parametrize(
    "deed",
    [
        lambda workspace: workspace.update(platforms="osx-arm64"),
        lambda workspace: workspace.show.explicit_specs((), "osx-arm64"),
        lambda workspace: workspace.show.why("app", (), "osx-arm64"),
    ],
)
def test_a_platform_that_no_environment_supports_is_refused(
    workspace: Workspace, deed: Any
) -> None:
    with pytest.raises(ManifestError, match="no environment supports platform 'osx-arm64'"):
        deed(workspace)


@pytest.mark.parametrize(
    "deed",
    [
        lambda session, folder: session.one_off(OneOffRequest(command=()), folder),
        lambda session, _: session.tools().lock("linux"),
        lambda session, folder: session.search("/", cwd=folder),
    ],
)
def test_what_makes_no_sense_without_a_workspace_is_refused(
    workspace: Workspace, tmp_path: Path, deed: Any
) -> None:
    with pytest.raises(WispError, match=r"neither a command|is no platform|not a valid channel"):
        deed(Session.open(environ=workspace.opened.environ), tmp_path)
