"""The server: what it answers, and what goes wrong on demand."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools.forge.serve import Server


def fetch(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named)) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("0123456789")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/index.json").write_text("{}")
    return tmp_path


def test_an_unchanged_file_is_not_sent_again(folder: Path) -> None:
    with Server(folder) as server:
        code, body, headers = fetch(f"{server.url}/a.txt")
        assert (code, body) == (200, b"0123456789")
        assert fetch(f"{server.url}/a.txt", If_None_Match=headers["ETag"])[:2] == (304, b"")
        (folder / "a.txt").write_text("changed")
        assert fetch(f"{server.url}/a.txt", If_None_Match=headers["ETag"])[:2] == (200, b"changed")


@pytest.mark.parametrize(
    ("asked", "code", "body"),
    [("bytes=2-4", 206, b"234"), ("bytes=7-", 206, b"789"), ("bytes=-2", 206, b"89")],
)
def test_ranges_are_served(folder: Path, asked: str, code: int, body: bytes) -> None:
    with Server(folder) as server:
        assert fetch(f"{server.url}/a.txt", Range=asked)[:2] == (code, body)


def test_nothing_outside_the_folder_is_served(folder: Path) -> None:
    with Server(folder / "sub") as server:
        assert fetch(f"{server.url}/../a.txt")[0] == 404
        assert fetch(f"{server.url}/%2e%2e/a.txt")[0] == 404


def test_troubles_and_latency_are_had_on_demand(folder: Path) -> None:
    with Server(folder, latency=0.05) as server:
        server.troubles["a.txt"] = 503
        start = time.monotonic()
        assert fetch(f"{server.url}/a.txt")[0] == 503
        assert time.monotonic() - start >= 0.05
        server.troubles.clear()
        assert fetch(f"{server.url}/a.txt")[0] == 200
        assert server.requests == ["GET /a.txt"] * 2


def test_uv_resolves_from_the_package_index(forge_server: Server, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("requests\nrich\n")
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "in.txt", "-q"]
    command += ["--no-config", "--no-header", "--no-annotate", "--python", sys.executable]
    command += ["--index-url", f"{forge_server.url}/simple", "--cache-dir", str(tmp_path / "c")]
    command += ["--exclude-newer", "2024-10-10T00:00:00Z"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {"requests==2.32.3", "rich==13.7.1"} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("platform", "needs"), [("windows", "colorama"), ("linux", "six"), ("macos", "six")]
)
def test_uv_finds_a_wheel_for_every_platform(
    forge_server: Server, tmp_path: Path, platform: str, needs: str
) -> None:
    (tmp_path / "in.txt").write_text("forge-native\n")
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "in.txt", "-q"]
    command += ["--no-config", "--no-header", "--python", sys.executable, "--no-annotate"]
    command += ["--index-url", f"{forge_server.url}/simple", "--cache-dir", str(tmp_path / "c")]
    command += ["--python-platform", platform, "--only-binary", ":all:"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.partition("==")[0] for line in done.stdout.split()] in (
        [needs, "forge-native"],
        ["forge-native", needs],
    )


def test_uv_builds_the_source_distribution(forge_server: Server, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "forge-source", "-q"]
    command += ["--no-config", "--python", sys.executable, "--target", str(tmp_path / "t")]
    command += ["--index-url", f"{forge_server.url}/simple", "--cache-dir", str(tmp_path / "c")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "t/forge_source.py").is_file()


def test_the_package_index_speaks_json(forge_server: Server) -> None:
    code, body, headers = fetch(f"{forge_server.url}/simple/requests/")
    assert (code, headers["Content-Type"]) == (200, "application/vnd.pypi.simple.v1+json")
    assert {"2.31.0", "2.32.3"} == set(json.loads(body)["versions"])
