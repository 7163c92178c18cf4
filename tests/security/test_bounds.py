"""Files without an end, and locks made to take long: refused at once, in words."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result
from tests.tiny import channel, tiny
from tests.unit.wheelhouse import make_wheel
from tools.forge.archive import text
from tools.forge.build import Forge
from wisp.errors import LockFileError, ManifestError
from wisp.exchange.foreign import read_text
from wisp.lock.read import read
from wisp.lock.yaml import parse
from wisp.manifest.read import load_text
from wisp.trust import found_bytes, found_text

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64"]
[tasks]
hi = "echo hi"
"""
COMMANDS = [("task", "list"), ("list", "--frozen"), ("install",)]
FILES = ("pixi.toml", "pixi.lock", ".pixi/config.toml")
PLACES = [
    *FILES,
    ".pixi/envs/default/conda-meta/pixi",
    ".pixi/envs/default/conda-meta/.pixi-environment-fingerprint",
]
MEMORY = 2 << 30


def workspace(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    return folder


def bounded(wisp: CommandLine, *words: str, cwd: Path) -> Result:
    """Run a command with little memory, which fails the test if it takes a minute."""
    done = subprocess.run(
        (str(wisp.executable), *words),
        cwd=cwd,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    return Result(words, done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("kind", ["device", "pipe", "huge"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_file_without_end_ends_the_command_or_counts_as_absent(
    wisp: CommandLine, tmp_path: Path, place: str, kind: str, words: tuple[str, ...]
) -> None:
    folder = workspace(tmp_path / "w")
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "device":
        # A node of our own: a fault that writes through the link must not harm the machine's.
        node = tmp_path / "zero"
        try:
            os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except OSError:
            pytest.skip("making a device needs root")
        target.symlink_to(node)
    else:
        with target.open("wb") as file:
            file.truncate(8 << 30)
    result = bounded(wisp, *words, cwd=folder)
    assert result.code in (0, 1)
    assert "Traceback" not in result.stderr
    assert "bug" not in result.stderr


def test_only_files_that_end_are_read(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.write_bytes(b"a\r\nb\rc")
    assert found_bytes(small, 6) == b"a\r\nb\rc"
    assert found_text(small) == small.read_text() == "a\nb\nc"
    with pytest.raises(OSError, match="larger"):
        found_bytes(small, 5)
    with pytest.raises(OSError, match="regular"):
        found_bytes("/dev/zero")
    assert found_bytes(os.devnull) == b""


def test_a_pipe_that_the_user_names_is_read(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"name: x\n")
    os.close(writer)
    assert read_text(Path(f"/dev/fd/{reader}")) == "name: x\n"
    os.close(reader)
    with pytest.raises(ManifestError, match="larger than 16 MB"):
        read_text(Path("/dev/zero"))


def lock(packages: str = "[]", platforms: str = "- name: linux-64", chosen: str = "[]") -> str:
    return (
        f"version: 7\nplatforms:\n{platforms}\nenvironments:\n  default:\n    channels: []\n"
        f"    packages:\n      linux-64: {chosen}\npackages: {packages}\n"
    )


def scalar(lines: int) -> str:
    return lock("\n- conda: 'x" + "\n    it''s a long story" * lines + "'")


def locations(count: int) -> str:
    url = "https://x.example/noarch/a-1-0.conda"
    entry = f"\n- conda: {url}\n  sha256: {'0' * 64}"
    return lock(entry * count, chosen=f"\n      - conda: {url}" * count)


def platforms(count: int) -> str:
    return lock(platforms="\n".join(f"- name: p{i}\n  subdir: linux-64" for i in range(count)))


@pytest.mark.parametrize("made", [scalar, locations, platforms])
def test_reading_a_lock_is_linear(made: object) -> None:
    def seconds(count: int) -> float:
        text = made(count)  # type: ignore[operator]
        best = 9e9
        for _ in range(3):
            before = time.process_time()
            with contextlib.suppress(LockFileError):
                read(text, "pixi.lock")
            best = min(best, time.process_time() - before)
        return best

    # Eight times as much takes eight times as long, not sixty-four times.
    assert seconds(8000) < 24 * max(seconds(1000), 0.002)


@pytest.mark.parametrize("line", ["pl" + "+" * 300 + "{{", "a " * 50_000 + "="])
def test_a_hint_for_a_slip_takes_no_time(tmp_path: Path, line: str) -> None:
    """Found by fuzzing: a key of many odd signs once took longer than anybody would wait."""
    before = time.process_time()
    with pytest.raises(ManifestError):
        load_text(f"[workspace]\n{line} = 1\n", tmp_path / "pixi.toml", "pixi")
    assert time.process_time() - before < 20


def test_a_lock_nested_without_end_is_damaged() -> None:
    deep = "version: 7\n" + "".join(f"{'  ' * i}a:\n" for i in range(3000))
    with pytest.raises(LockFileError, match="deep"):
        read(deep, "pixi.lock")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s\n    one''s own'", "it's one's own"),
        ("'a\n    '' b'", "a ' b"),
        ('"a \\" b\n    c"', 'a " b c'),
    ],
)
def test_a_quoted_scalar_ends_where_its_quote_ends(text: str, value: str) -> None:
    assert parse(f"a:\n  b: {text}\n  c: d\n", "pixi.lock") == {"a": {"b": value, "c": "d"}}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("secrets.env", ("run", "with")),
        (".pixi/envs/default/conda-meta/state", ("shell-hook", "--frozen")),
        (".dockerignore", ("image", "dockerfile")),
    ],
)
def test_a_pipe_that_a_workspace_names_is_not_waited_for(
    wisp: CommandLine, tmp_path: Path, place: str, words: tuple[str, ...]
) -> None:
    named = '[tool.wisp.tasks.with]\nenv-file = "secrets.env"\n'
    (tmp_path / "pixi.toml").write_text(f'{MANIFEST}with = "echo said"\n{named}')
    wisp("install", cwd=tmp_path).success()
    (tmp_path / place).unlink(missing_ok=True)
    os.mkfifo(tmp_path / place)
    done = wisp(*words, cwd=tmp_path)
    assert (done.code, "regular file" in done.stderr) == (1, True), done.stderr


def test_a_pipe_in_place_of_what_a_task_remembers_is_not_waited_for(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pixi.toml").write_text(f'{MANIFEST}u = {{ cmd = "echo u", inputs = ["in"] }}\n')
    (tmp_path / "in").touch()
    wisp("run", "u", cwd=tmp_path).success()
    (kept,) = (tmp_path / ".pixi" / "task-cache-v0").iterdir()
    kept.unlink()
    os.mkfifo(kept)
    done = wisp("run", "u", cwd=tmp_path, timeout=60).success()
    assert (done.stdout, "ignoring the task cache" in done.stderr) == ("u\n", True)


@pytest.mark.parametrize("place", ["local/pyproject.toml", "local/setup.cfg", "pyproject.toml"])
@pytest.mark.parametrize("words", [("lock",), ("list",), ("install", "--frozen")], ids=" ".join)
def test_a_pipe_in_a_local_project_is_not_given_to_uv(
    wisp: CommandLine, tmp_path: Path, forge: Forge, place: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\npython = "*"\n[pypi-dependencies]\nlocal = { path = "local" }\n'
    )
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "pyproject.toml").write_text('[project]\nname = "local"\nversion = "1"\n')
    if words[-1] == "--frozen":
        wisp("lock", cwd=tmp_path).success()
    (tmp_path / place).unlink(missing_ok=True)
    os.mkfifo(tmp_path / place)
    done = wisp(*words, cwd=tmp_path, timeout=120)
    assert done.code == 1
    assert f"could not read `{tmp_path / place}`" in done.stderr


@pytest.mark.parametrize("way", ["path", "url"])
@pytest.mark.parametrize(
    "words", [("lock",), ("list",), ("install", "--frozen"), ("pack", "--frozen")], ids=" ".join
)
def test_a_pipe_in_the_place_of_an_archive_is_not_given_to_uv(
    wisp: CommandLine, tmp_path: Path, forge: Forge, way: str, words: tuple[str, ...]
) -> None:
    """Row 313."""
    wheel = make_wheel(tmp_path, "alpha")
    named = f'path = "{wheel.name}"' if way == "path" else f'url = "{wheel.as_uri()}"'
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\npython = "*"\n[pypi-dependencies]\nalpha = {{ {named} }}\n'
    )
    if words[-1] == "--frozen":
        wisp("lock", cwd=tmp_path).success()
    wheel.unlink()
    os.mkfifo(wheel)
    done = wisp(*words, cwd=tmp_path, timeout=120)
    assert done.code == 1
    assert f"`{wheel}`" in done.stderr


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("good-1.0-0.conda", ("install", "--frozen")),
        ("good-1.0-0.conda", ("pack", "--frozen")),
        ("repodata.json", ("update",)),
        ("repodata.json", ("search", "good")),
    ],
)
def test_a_pipe_in_a_local_channel_is_not_given_to_rattler(
    wisp: CommandLine, tmp_path: Path, place: str, words: tuple[str, ...]
) -> None:
    """Row 314."""
    made = channel(tmp_path / "channel", [tiny("good")])
    wisp("init", "-c", made.as_uri(), "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "good", cwd=tmp_path).success()
    pipe = made / "noarch" / place
    pipe.unlink()
    os.mkfifo(pipe)
    done = wisp(*words, cwd=tmp_path, timeout=60)
    assert done.code == 1
    assert f"could not read `{pipe}`" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("what", ["cache", "tools"])
def test_a_pipe_among_our_own_files_holds_nobody_up(
    wisp: CommandLine, tmp_path: Path, what: str
) -> None:
    program = text("bin/good", "#!/bin/sh\necho good\n", executable=True)
    made = channel(tmp_path / "channel", [tiny("good", files=(program,))])
    words = ("global", "install", "-c", made.as_uri(), "good")
    env = {"PIXI_CACHE_DIR": str(tmp_path / "cache")}
    wisp(*words, cwd=tmp_path, env=env).success()
    pipe = tmp_path / "cache" / "pkgs" / "good-1.0-0.lock"
    if what == "tools":
        pipe = wisp.home.path / ".pixi" / "bin" / "trampoline_configuration" / "good.json"
    pipe.unlink()
    os.mkfifo(pipe)
    wisp(*words, "--force-reinstall", cwd=tmp_path, env=env).success()
    wisp("global", "sync", cwd=tmp_path, env=env).success()
