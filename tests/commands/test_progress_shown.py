"""What somebody sees at a terminal while packages are on their way, and when all is done."""

from __future__ import annotations

import json
from pathlib import Path

import pexpect
import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.slow

#: What the display has of every sort: a size, and the time that work lasts.
SIZE = r"[\d.]+ [KM]iB"


def make_workspace(folder: Path, forge: Forge, server: Server, more: str = "") -> Path:
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{server.url}/main"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-options]\nindex-url = "{server.url}/simple"\n{more}'
    )
    return folder


def terminal(wisp: CommandLine, *words: str, cwd: Path, **more: str) -> pexpect.spawn[str]:
    environ = {**wisp.environment(), "TERM": "xterm-256color", **more}
    size = (30, 140)
    return pexpect.spawn(
        str(wisp.executable),
        list(words),
        cwd=str(cwd),
        env=environ,
        dimensions=size,
        encoding="utf-8",
        timeout=120,
    )


def end(child: pexpect.spawn[str]) -> str:
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert child.before is not None
    return child.before


def test_a_conda_download_tells_name_bytes_speed_and_a_host_that_stalls(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "w", forge, forge_server)
    forge_server.held.add("python-")
    child = terminal(cold_wisp, "install", cwd=folder)
    child.expect(rf"downloading [━╌]+ {SIZE} of {SIZE} {SIZE}/s python")
    child.expect(r"nothing for \d+ s from localhost")
    forge_server.go_on.set()
    child.expect(r"The default environment has been installed\.")
    child.expect(rf"Locked \d+ packages, installed \d+ \(\d+ conda\), downloaded {SIZE} in \d")
    end(child)


def test_a_pypi_download_tells_name_bytes_and_speed(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    folder = make_workspace(
        tmp_path / "w", forge, forge_server, '[pypi-dependencies]\npygments = "*"\nsix = "*"\n'
    )
    cold_wisp("lock", cwd=folder).success()
    forge_server.held.add("pygments-")
    child = terminal(cold_wisp, "install", cwd=folder)
    child.expect(rf"downloading [━╌]+ {SIZE} of {SIZE} {SIZE}/s pygments")
    child.expect(r"nothing for \d+ s from localhost")
    forge_server.go_on.set()
    child.expect(r"[Ii]nstalled \d+ packages \(\d+ conda, 2 PyPI\), downloaded")
    end(child)


def test_what_uv_says_of_a_failure_is_the_same_at_a_terminal(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    folder = make_workspace(
        tmp_path / "w", forge, forge_server, '[pypi-dependencies]\nsix = "==99"\n'
    )
    piped = cold_wisp("lock", cwd=folder)
    child = terminal(cold_wisp, "lock", cwd=folder)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == piped.code == 1
    told = [line for line in piped.stderr.splitlines() if "six" in line]
    assert told
    for line in told:
        assert line in (child.before or "")


def test_nothing_is_drawn_where_nobody_looks_on(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "w", forge, forge_server)
    done = cold_wisp("install", cwd=folder).success()
    assert done.stderr == "✔ The default environment has been installed.\n"
    (folder / "pixi.lock").unlink()
    assert "Locked" in cold_wisp("install", "-v", cwd=folder).success().stderr


@pytest.mark.parametrize("words", [("--no-progress",), ("-q",)])
def test_a_display_can_be_refused(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path, words: tuple[str]
) -> None:
    folder = make_workspace(tmp_path / "w", forge, forge_server)
    child = terminal(cold_wisp, "install", *words, cwd=folder)
    assert "downloading" not in end(child)


def test_a_task_gets_a_clean_terminal_after_the_summary(
    cold_wisp: CommandLine, forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "w", forge, forge_server)
    child = terminal(cold_wisp, "run", "python", "-c", "print('begun')", cwd=folder)
    child.expect(r"Locked \d+ packages, installed [^\r\n]*\r\n")
    assert end(child).strip() == "begun"


def test_repodata_that_comes_slowly_tells_bytes_and_speed(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    """rattler tells nothing of it; what shows is how its cache grows."""
    site = channel(tmp_path / "site" / "main", [tiny("base")])
    (record,) = json.loads((site / "noarch/repodata.json").read_text())["packages.conda"].values()
    for name in ("noarch", "linux-64"):
        file = site / name / "repodata.json"
        repodata = json.loads(file.read_text())
        for number in range(6000):
            more = record | {"name": f"other-{number}", "depends": [f"none-{number}"]}
            repodata["packages.conda"][f"other-{number}-1.0-0.conda"] = more
        for old in (site / name).glob("repodata*"):
            old.unlink()
        file.write_text(json.dumps(repodata))
    folder = tmp_path / "w"
    folder.mkdir()
    with Server(tmp_path / "site") as server:
        (folder / "pixi.toml").write_text(
            f'[workspace]\nname = "w"\nchannels = ["{server.url}/main"]\n'
            'platforms = ["linux-64"]\n[dependencies]\nbase = "*"\n'
        )
        server.held.add("repodata.json")
        child = terminal(cold_wisp, "lock", cwd=folder)
        child.expect(rf"reading repodata {SIZE} {SIZE}/s")
        child.expect(r"asking localhost")
        server.go_on.set()
        child.expect("Updated lock file")
        end(child)
