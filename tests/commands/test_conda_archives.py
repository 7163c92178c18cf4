"""Conda packages by URL and by path, past all channels."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]

ARCHIVE = "greeter-1.1-0.conda"


def make_workspace(folder: Path, forge: Forge, source: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f"[dependencies]\ngreeter = {source}\n"
    )
    return folder


def url_of(server: Server, archive: str = ARCHIVE) -> str:
    # rattler takes a URL of the host `localhost` for a path.
    return f"{server.url.replace('localhost', '127.0.0.1')}/main/noarch/{archive}"


@pytest.mark.parametrize("kind", ["url", "path"])
def test_an_archive_is_locked_installed_and_there_again_offline(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server, kind: str
) -> None:
    shutil.copy(forge.main / "noarch" / ARCHIVE, tmp_path)
    where = url_of(forge_server) if kind == "url" else f"../{ARCHIVE}"
    # What no digest vouches for is not kept in the cache that others trust.
    digest = sha256((tmp_path / ARCHIVE).read_bytes()).hexdigest() if kind == "url" else None
    known = f', sha256 = "{digest}"' if digest else ""
    workspace = make_workspace(tmp_path / "w", forge, f'{{ {kind} = "{where}"{known} }}')
    cold_wisp("lock", cwd=workspace).success()
    assert (
        f"conda: {where if kind == 'url' else tmp_path / ARCHIVE}\n"
        in (workspace / "pixi.lock").read_text()
    )
    # Newer ones are in the channel, and what the archive depends on comes from there.
    listed = cold_wisp("list", "--fields", "name,version", cwd=workspace).success().stdout
    assert [line.split() for line in listed.splitlines()[1:]] == [
        ["greeter", "1.1"],
        ["greeter-words", "1.5"],
    ]
    cold_wisp("install", cwd=workspace).success()
    assert "greeter-1.1-0.json" in {
        file.name for file in (workspace / ".pixi/envs/default/conda-meta").iterdir()
    }
    shutil.rmtree(workspace / ".pixi")
    asked = len(forge_server.requests)
    cold_wisp("run", "--offline", "--locked", "true", cwd=workspace).success()
    assert len(forge_server.requests) == asked


@pytest.mark.parametrize("digest", [f'sha256 = "{"0" * 64}"', f'md5 = "{"0" * 32}"'])
def test_an_archive_with_another_digest_is_refused(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server, digest: str
) -> None:
    source = f'{{ url = "{url_of(forge_server)}", {digest} }}'
    workspace = make_workspace(tmp_path / "w", forge, source)
    done = cold_wisp("lock", cwd=workspace)
    assert done.code == 1
    assert f"failed to read the package `{url_of(forge_server)}`" in done.stderr
    assert "hash mismatch" in done.stderr
    assert not (workspace / "pixi.lock").exists()


def test_an_archive_that_is_not_there_is_named(
    wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server
) -> None:
    for source, named in (
        (f'{{ url = "{url_of(forge_server, "no-1-0.conda")}" }}', "noarch/no-1-0.conda`"),
        ('{ path = "packages/no-1-0.conda" }', f"`{tmp_path}/w/packages/no-1-0.conda`"),
    ):
        workspace = make_workspace(tmp_path / "w", forge, source)
        done = wisp("lock", cwd=workspace, env={"PIXI_NO_WRAP": "1"})
        assert done.code == 1
        assert "failed to read the package" in done.stderr
        assert named in done.stderr


def test_what_is_no_archive_is_refused(wisp: CommandLine, tmp_path: Path, forge: Forge) -> None:
    workspace = make_workspace(tmp_path / "w", forge, '{ path = "greeter-1-0.conda" }')
    (workspace / "greeter-1-0.conda").write_text("no archive")
    done = wisp("lock", cwd=workspace, env={"PIXI_NO_WRAP": "1"})
    assert (done.code, "failed to read the package" in done.stderr) == (1, True)
