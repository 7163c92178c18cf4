"""A home that we may not enter, as `HOME=/root` in a container of other users, or no folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result
from tests.tiny import channel, tiny
from wisp.exchange.kernelspec import FILE, LAUNCHERS, PACKAGE, Kernel

#: Root may look everywhere, unless it gives that up.
MORTAL = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
WORDS = (
    ("run", "greet"),
    ("install",),
    ("list",),
    ("tree",),
    ("info",),
    ("lock",),
    ("add", "two"),
    ("search", "two"),
    ("shell-hook",),
    ("task", "list"),
    ("config", "list"),
    ("auth", "status"),
    ("global", "list"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    url = channel(tmp_path / "channel", [tiny("one"), tiny("two")]).as_uri()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\none = "*"\n[tasks]\ngreet = { cmd = "echo hello" }\n'
    )
    return folder


@pytest.fixture(params=["closed", "below", "file"])
def unusable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    closed = tmp_path / "closed"
    if request.param == "file":
        closed.write_text("")
        yield closed
        return
    closed.mkdir(mode=0)
    yield closed / "home" if request.param == "below" else closed
    closed.chmod(0o700)


def run(wisp: CommandLine, home: Path, words: Sequence[str], cwd: Path) -> Result:
    before: tuple[str, ...] = ()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may look everywhere")
        before = MORTAL
    own = ("XDG_", "PIXI_", "HOME")
    kept = {n: value for n, value in wisp.environment().items() if not n.startswith(own)}
    done = subprocess.run(
        [*before, str(wisp.executable), *words],
        cwd=cwd,
        env=kept | {"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Result(tuple(words), done.returncode, done.stdout, done.stderr)


def test_all_works_as_without_a_home(
    wisp: CommandLine, workspace: Path, unusable: Path, tmp_path: Path
) -> None:
    once = ("exec", "-c", (tmp_path / "channel").as_uri(), "-s", "one", "true")
    for words in (*WORDS, once, *WORDS):
        done = run(wisp, unusable, words, workspace).success()
        assert "refused" not in done.stderr
        assert "ermission denied" not in done.stderr, words


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_whose_folder_it_is_that_nobody_else_may_look_into_is_told(
    wisp: CommandLine, workspace: Path
) -> None:
    wisp("install", cwd=workspace).success()
    (workspace / ".pixi" / "config.toml").write_text("offline = false\n")
    closed = workspace / ".pixi"
    os.chown(closed, 4321, 4321)
    closed.chmod(0o700)
    for words in (("list",), ("clean",), ("config", "set", "--local", "offline", "true")):
        done = subprocess.run(
            [*MORTAL, str(wisp.executable), *words],
            cwd=workspace,
            env=wisp.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert f"`{closed}` belongs to user 4321, who can let the group read it" in done.stderr
        assert "Errno" not in done.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pixi.toml", ("list",)),
        ("pixi.toml", ("run", "greet")),
        ("../pixi.toml", ("list",)),
        ("pixi.lock", ("list",)),
        (".pixi/config.toml", ("config", "set", "--local", "offline", "true")),
    ],
)
def test_a_link_into_a_closed_folder_ends_in_one_error(
    wisp: CommandLine, workspace: Path, name: str, words: Sequence[str]
) -> None:
    closed, link = workspace / "closed", workspace / name
    link.parent.mkdir(exist_ok=True)
    closed.mkdir()
    if link.exists():
        link.rename(closed / link.name)
    (closed / link.name).touch()
    link.symlink_to(closed / link.name)
    if name.startswith("../"):
        (workspace / "pixi.toml").unlink()
    closed.chmod(0)
    try:
        done = run(wisp, workspace, words, workspace)
    finally:
        closed.chmod(0o700)
    assert done.code == 1
    assert done.stderr.count("Error:") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert f"leads to `{closed / link.name}`, where `{closed}` belongs to" in done.stderr
    assert "chmod" not in done.stderr


def test_who_may_not_write_is_not_told_how_to_read(
    wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home of mine"
    kernel = home / ".local" / "share" / "jupyter" / "kernels" / "a"
    kernel.mkdir(parents=True)
    written = Kernel(name="a", shown="A", manifest=workspace / "pixi.toml", environment="default")
    (kernel / FILE).write_text(written.text("wisp", LAUNCHERS[PACKAGE]))
    for folder, words, told in (
        (kernel, ("kernels", "remove", "a"), f"could not remove `{kernel}`"),
        (home, ("config", "edit", "--global"), f"could not create `{home}/"),
    ):
        folder.chmod(0o555)
        try:
            done = run(wisp, home, words, workspace)
        finally:
            folder.chmod(0o755)
        assert done.code == 1
        assert told in done.stderr
        assert f"check the permissions of `{folder}`" in done.stderr
        assert "chmod" not in done.stderr
