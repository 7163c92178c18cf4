"""Hints whose situation takes a server that refuses, or something gone, are told and true."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.commands.test_auth_served import KINDS, SECRET, Guarded
from tests.commands.test_hints_followed import advised, words_of
from tests.commands.toolchannel import tool_channel
from tests.registry import PASSWORD, USER, Registry
from tests.sandbox import CommandLine, Result
from tests.tiny import channel, tiny
from tools.forge.archive import text
from tools.forge.serve import Server
from wisp.cli.unknown import _ELSEWHERE

pytestmark = pytest.mark.forked

BASE = '[workspace]\nname = "w"\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'


def write(folder: Path, channel: str = "", *lines: str) -> Path:
    """Make a workspace with one channel, or none."""
    folder.mkdir(exist_ok=True)
    base = BASE.format(channel=channel) if channel else BASE.replace('"{channel}"', "")
    (folder / "pixi.toml").write_text(base + "".join(f"{line}\n" for line in lines))
    return folder


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """A channel behind a password; its host is `localhost`."""
    tool_channel(tmp_path / "site" / "channel")
    handler = partial(Guarded, directory=str(tmp_path / "site"), wanted=KINDS["password"][1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/channel"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("run", ["lock", "doctor"])
def test_a_channel_behind_a_password_is_read_after_the_login(
    cold_wisp: CommandLine, guarded: str, tmp_path: Path, run: str
) -> None:
    folder = write(tmp_path / "w", guarded, "[dependencies]", 'say = "*"')
    told = cold_wisp(run, cwd=folder)
    assert told.code == 1
    # Where nothing can be locked yet, the doctor says also how the lock will come about.
    login, *others = advised(told.stdout + told.stderr)
    assert login == "auth login localhost"
    assert others == (["lock"] if run == "doctor" else ["auth status localhost"])
    credential = ["--username", "me", "--password", SECRET]
    cold_wisp(*words_of(login, {}), *credential, cwd=folder).success()
    cold_wisp("auth", "status", "localhost", cwd=folder).success()
    cold_wisp("lock", cwd=folder).success()
    if run == "doctor":
        assert not advised(cold_wisp("doctor", cwd=folder).stdout)


def test_a_file_that_left_its_channel_is_replaced_by_an_update(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    channel(site / "main", [tiny("base", "1.0")])
    with Server(site) as server:
        folder = write(tmp_path / "w", f"{server.url}/main", "[dependencies]", 'base = "*"')
        cold_wisp("lock", cwd=folder).success()
        shutil.rmtree(site / "main")
        channel(site / "main", [tiny("base", "1.1")])
        told = cold_wisp("install", cwd=folder)
        assert told.code == 1
        assert advised(told.stderr) == ["update"]
        cold_wisp("update", cwd=folder).success()
        cold_wisp("install", cwd=folder).success()


def test_a_registry_takes_an_image_after_the_login(wisp: CommandLine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", "", "[tool.wisp.image]", 'base = "rootfs"')
    (folder / "rootfs" / "lib").mkdir(parents=True)
    libc = folder / "rootfs" / "lib" / "libc.so.6"
    libc.write_text("GNU C Library stable release version 2.39.\n")
    with Registry(login="basic") as registry:
        push = ("image", "build", "--no-code", "--push", "-t", f"{registry.address}/me/tool:1")
        told = wisp(*push, cwd=folder)
        assert told.code == 1
        assert advised(told.stderr) == ["auth login REGISTRY"]
        words = words_of("auth login REGISTRY", {"REGISTRY": registry.address})
        wisp(*words, "--username", USER, "--password", PASSWORD, cwd=folder).success()
        wisp(*push, cwd=folder).success()


def test_an_environment_without_a_kernel_gets_one(wisp: CommandLine, tmp_path: Path) -> None:
    url = channel(tmp_path / "channel", [tiny("ipykernel"), tiny("python", "3.13.1")]).as_uri()
    folder = write(
        tmp_path / "w", url, "[feature.lab.dependencies]", 'python = "*"', "[environments]",
        'lab = { features = ["lab"], no-default-feature = true }',
    )  # fmt: skip
    for name, hint in (("default", "add ipykernel"), ("lab", "add --feature FEATURE ipykernel")):
        told = wisp("kernels", "install", "-e", name, cwd=folder)
        assert told.code == 1
        assert hint in advised(told.stderr)
        wisp(*words_of(hint, {"FEATURE": "lab"}), "--no-install", cwd=folder).success()
        wisp("kernels", "install", "-e", name, cwd=folder).success()


def test_a_tool_that_could_not_be_put_in_order_is_tried_again(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    tool_channel(site / "main")
    with Server(site) as server:
        install = ("global", "install", "-c", f"{server.url}/main")
        cold_wisp(*install, "say", cwd=tmp_path).success()
        # As a killed command leaves it: a note of what was begun, and nothing of it done.
        home = cold_wisp.home.path / ".pixi"
        (home / "envs" / ".wisp-unfinished").write_text("say\n")
        shutil.rmtree(home / "envs" / "say")
        shutil.rmtree(cold_wisp.home.cache)
        (site / "main").rename(site / "away")
        told = cold_wisp("global", "uninstall", "nope", cwd=tmp_path)
        assert "global sync" in advised(told.stderr)
        (site / "away").rename(site / "main")
        cold_wisp("global", "sync", cwd=tmp_path).success()
        assert "exposes: new-say, say" in cold_wisp("global", "list", cwd=tmp_path).success().stdout


SAY = "#!/bin/sh\necho said $1\n"


def test_a_shell_that_cannot_be_activated_gets_a_new_one(wisp: CommandLine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w")
    other = tmp_path / "nu"
    shutil.copy(shutil.which("sh") or "/bin/sh", other)
    done = subprocess.run(
        [str(other), "-c", f"{wisp.executable} activate; exit 3"],
        cwd=folder,
        env=wisp.environment({"SHELL": str(other)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert advised(done.stderr) == ["shell"]
    wisp("shell", cwd=folder).success()


FILLED = {"NAME": "base", "FILE": "recipe.yaml", "tool": "base"}


@pytest.mark.parametrize("word", _ELSEWHERE)
def test_the_command_that_stands_for_one_of_elsewhere_can_be_run(
    word: str, cold_wisp: CommandLine, tmp_path: Path
) -> None:
    builder = text("bin/rattler-build", SAY, executable=True)
    python = text("bin/python", SAY, executable=True)
    url = channel(
        tmp_path / "channel",
        [tiny("base"), tiny("rattler-build", files=(builder,)), tiny("python", files=(python,))],
    ).as_uri()
    cold_wisp("config", "set", "--global", "default-channels", f'["{url}"]', cwd=tmp_path).success()
    folder = write(
        tmp_path / "w",
        url,
        "[dependencies]",
        'base = "*"',
        'python = "*"',
        "[tasks]",
        'test = "true"',
    )
    told = cold_wisp(word, cwd=folder)
    assert told.code == 2
    for command in advised(told.stderr):
        words = words_of(command, FILLED)
        done = _run(cold_wisp, command, words, folder)
        assert done.code == (4 if command == "shell" else 0), done.stderr


def _run(wisp: CommandLine, command: str, words: list[str], folder: Path) -> Result:
    """Run what was advised, where that makes sense and with what it is to be about."""
    if command in {"init", "init NAME"}:
        folder = folder.parent / "elsewhere"
        folder.mkdir(exist_ok=True)
    elif command == "global uninstall":
        wisp("global", "install", "rattler-build", cwd=folder).success()
        words = [*words, "rattler-build"]
    elif command == "shell":
        return wisp(*words, cwd=folder, stdin="exit 4\n")
    elif command == "add --pypi NAME":
        words = [*words, "--frozen", "--no-install"]
    elif command in {"global", "exec"} or command.startswith("workspace "):
        words = [*words, "--help"]  # groups of commands, of which the reader chooses one
    return wisp(*words, cwd=folder)
