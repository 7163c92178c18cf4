"""`exec` with packages of a certain day, and with a lock file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.toolchannel import dated_channel, tool, tool_channel
from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


@pytest.fixture
def dated(tmp_path: Path) -> str:
    """A channel whose `say` has a version of 2020 and one of 2023."""
    return dated_channel(tmp_path / "dated", "say")


@pytest.fixture
def configuration(cold_wisp: CommandLine) -> Path:
    path = cold_wisp.home.path / ".config" / "pixi" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("cutoff", "answer"), [("2021-06-01", "say 1.0\n"), ("1d", "say 2.0\n"), (None, "say 2.0\n")]
)
def test_what_came_after_the_cut_off_does_not_exist(
    cold_wisp: CommandLine, dated: str, tmp_path: Path, cutoff: str | None, answer: str
) -> None:
    words = ["--exclude-newer", cutoff] if cutoff else []
    for _ in range(2):
        done = cold_wisp("exec", "-c", dated, *words, "say", cwd=tmp_path)
        assert done.success().stdout == answer


@pytest.mark.parametrize(
    "text", ['exclude-newer = "2021-06-01"', '[exclude-newer]\ncutoff = "2021-06-01"']
)
def test_a_cut_off_may_be_configured_and_a_call_names_another(
    cold_wisp: CommandLine, dated: str, configuration: Path, tmp_path: Path, text: str
) -> None:
    call = ["exec", "-c", dated]
    assert cold_wisp(*call, "say", cwd=tmp_path).success().stdout == "say 2.0\n"
    configuration.write_text(text)
    assert cold_wisp(*call, "say", cwd=tmp_path).success().stdout == "say 1.0\n"
    other = cold_wisp(*call, "--exclude-newer", "2024-01-01", "say", cwd=tmp_path)
    assert other.success().stdout == "say 2.0\n"


def test_the_configured_cut_off_holds_for_global_tools(
    cold_wisp: CommandLine, dated: str, configuration: Path, tmp_path: Path
) -> None:
    configuration.write_text('exclude-newer = "2021-06-01"')
    done = cold_wisp("global", "install", "-c", dated, "say", cwd=tmp_path)
    assert "say: 1.0" in done.success().stdout


def test_a_cut_off_that_is_none_is_refused(
    cold_wisp: CommandLine, dated: str, tmp_path: Path
) -> None:
    done = cold_wisp("exec", "-c", dated, "--exclude-newer", "soon", "say", cwd=tmp_path)
    assert done.code == 2
    assert "'soon' is neither a date, a time nor a duration" in done.stderr


def test_a_lock_is_written_once_and_decides_from_then_on(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "channel"
    url = channel(folder, [tiny("say", "1.0", files=(tool("say", "1.0"),))]).as_uri()
    words = ["exec", "-c", url, "--lock", "say.lock", "say"]
    assert cold_wisp(*words, cwd=tmp_path).success().stdout == "say 1.0\n"
    text = (tmp_path / "say.lock").read_text()
    assert "say-1.0-0.conda" in text
    tool_channel(folder)  # has version 2.0 now
    cold_wisp("clean", "cache", "--exec", cwd=tmp_path).success()
    for more in ([], ["--locked"], ["--locked", "--force-reinstall"]):
        done = cold_wisp(*words[:-1], *more, "say", cwd=tmp_path)
        assert done.success().stdout == "say 1.0\n"
    assert (tmp_path / "say.lock").read_text() == text
    changed = cold_wisp(*words[:-1], "--spec", "say>=2", "say", cwd=tmp_path)
    assert changed.success().stdout == "say 2.0\n"
    assert "say-2.0-0.conda" in (tmp_path / "say.lock").read_text()


@pytest.mark.parametrize("there", [False, True])
def test_a_lock_that_does_not_fit_is_refused_where_it_must(
    cold_wisp: CommandLine, dated: str, tmp_path: Path, there: bool
) -> None:
    lock = tmp_path / "say.lock"
    if there:
        cold_wisp("exec", "-c", dated, "--lock", "say.lock", "say", cwd=tmp_path).success()
    before = lock.read_bytes() if there else None
    words = ["exec", "-c", dated, "--lock", "say.lock", "--locked", "--spec", "say<2", "say"]
    done = cold_wisp(*words, cwd=tmp_path)
    assert (done.code, done.stdout) == (1, "")
    expected = "is not what is asked for" if there else "there is no lock file"
    assert expected in done.stderr
    assert (lock.read_bytes() if lock.exists() else None) == before
    assert cold_wisp("exec", "--locked", "say", cwd=tmp_path).code == 2


def test_a_repeated_call_with_a_lock_reads_none(
    cold_wisp: CommandLine, dated: str, tmp_path: Path
) -> None:
    words = ["exec", "-c", dated, "--lock", "say.lock", "--", "say"]
    cold_wisp(*words, cwd=tmp_path).success()
    loaded = cold_wisp.imported(*words, cwd=tmp_path)
    assert "wisp.api.quick_exec" in loaded
    assert not loaded & {"rattler", "wisp.cli.main", "wisp.lock.read", "pathlib"}
    # Once the lock is another one, so is the answer.
    cold_wisp(
        "exec", "-c", dated, "--lock", "old.lock", "-s", "say=1", "say", cwd=tmp_path
    ).success()
    (tmp_path / "say.lock").write_bytes((tmp_path / "old.lock").read_bytes())
    assert cold_wisp(*words, cwd=tmp_path).success().stdout == "say 1.0\n"


def test_platforms_that_others_have_locked_stay(cold_wisp: CommandLine, tmp_path: Path) -> None:
    url = tool_channel(tmp_path / "channel")
    words = ["exec", "-c", url, "--lock", "say.lock", "--force-reinstall"]
    cold_wisp(*words, "--platform", "osx-arm64", "say", cwd=tmp_path)
    cold_wisp(*words, "say", cwd=tmp_path).success()
    text = (tmp_path / "say.lock").read_text()
    assert "name: osx-arm64" in text
    assert "name: linux-64" in text or "name: linux-aarch64" in text


def test_wheels_are_locked_too(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, configuration: Path, tmp_path: Path
) -> None:
    configuration.write_text(f'[pypi-config]\nindex-url = "{forge_server.url}/simple"\n')
    words = ["exec", "-c", forge.url, "--pypi", "click>=8", "--lock", "click.lock", "python", "-c"]
    code = "import click; print(click.__name__)"
    for _ in range(2):
        assert cold_wisp(*words, code, cwd=tmp_path).success().stdout == "click\n"
    assert "click-8" in (tmp_path / "click.lock").read_text()
