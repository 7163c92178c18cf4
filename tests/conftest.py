"""Fixtures that every test may use: the forge's channels, an isolated home, the command line."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.forks import Forks
from tests.sandbox import CommandLine, Home, make_home
from tools.forge.build import DEFAULT_CACHE, Forge, build
from tools.forge.serve import Server

if TYPE_CHECKING:
    from wisp.engine.uv import Uv

# What a script starts in the background ignores interrupts, and so would every command of a test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def forge() -> Forge:
    """The forge's channels, built by the first test that asks (FORGE_CACHE moves them)."""
    return build(Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE)))


@pytest.fixture(scope="session")
def forge_port() -> Iterator[int]:
    """A port for the forge alone: bound, but not listened at, which Linux lets servers do then."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        port: int = kept.getsockname()[1]
        if sys.platform != "linux":
            kept.close()
        yield port


@pytest.fixture
def forge_server(forge: Forge, forge_port: int) -> Iterator[Server]:
    """The forge over HTTP: `/main`, `/second` and the package index `/simple`.

    Each test has a server of its own at the address of the one before: what the shared cache
    holds of that address serves the next test too.
    """
    with Server(forge.folder, forge_port) as server:
        yield server


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache root that outlives a test, so that archives are fetched and unpacked once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path: Path, shared_cache: Path) -> Home:
    """An empty home folder; its cache is the shared one."""
    return make_home(tmp_path / "home", shared_cache)


@pytest.fixture
def cold_home(tmp_path: Path) -> Home:
    """An empty home folder with an empty cache."""
    return make_home(tmp_path / "cold-home", tmp_path / "cold-cache")


@pytest.fixture
def forks_if_marked(request: pytest.FixtureRequest) -> Forks | None:
    """Forks for the commands of a test that is marked `forked`; others run their launcher."""
    if request.node.get_closest_marker("forked") is None:
        return None
    forks: Forks | None = request.getfixturevalue("forks_if_wanted")
    return forks


@pytest.fixture
def wisp(home: Home, forks_if_marked: Forks | None) -> CommandLine:
    """The real command line in `home`: `wisp("lock", cwd=folder).success()`."""
    return CommandLine(home, forks=forks_if_marked)


@pytest.fixture(scope="session")
def lasting_wisp(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, forks_if_wanted: Forks | None
) -> CommandLine:
    """The command line in a home that outlives a test, to make what many tests take a copy of."""
    home = make_home(tmp_path_factory.mktemp("lasting") / "home", shared_cache)
    return CommandLine(home, forks=forks_if_wanted)


@pytest.fixture(scope="session")
def forge_address(forge_port: int) -> str:
    """Host and port of `forge_server`, for manifests that are written before it runs."""
    return f"localhost:{forge_port}"


@pytest.fixture(scope="session")
def lock_served(
    tmp_path_factory: pytest.TempPathFactory,
    lasting_wisp: CommandLine,
    forge: Forge,
    forge_port: int,
) -> Callable[..., Path]:
    """Lock a manifest while the forge is served, to take copies of: `lock_served(manifest)`."""

    def lock(manifest: str, folder: Path | None = None) -> Path:
        folder = folder or tmp_path_factory.mktemp("locked")
        (folder / "pixi.toml").write_text(manifest)
        with Server(forge.folder, forge_port):
            lasting_wisp("lock", cwd=folder).success()
        return folder

    return lock


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The command line, loaded once (`tests.forks`)."""
    with Forks(tmp_path_factory.mktemp("forks")) as forks:
        yield forks


@pytest.fixture(scope="session")
def forks_if_wanted(request: pytest.FixtureRequest) -> Forks | None:
    """The same; nothing where `WISP_TEST_FORKS=no` has commands run their launcher, as in CI."""
    if os.environ.get("WISP_TEST_FORKS") == "no":
        return None
    forks: Forks = request.getfixturevalue("forks")
    return forks


@pytest.fixture
def prepare(forks_if_wanted: Forks | None, home: Home) -> CommandLine:
    """Run in `home` what comes before a test: `prepare("install", cwd=folder).success()`."""
    return CommandLine(home, forks=forks_if_wanted)


@pytest.fixture
def pixi(home: Home, forks_if_marked: Forks | None) -> CommandLine:
    """The same command line, called by Pixi's name."""
    return CommandLine(home, "pixi", forks=forks_if_marked)


@pytest.fixture
def cold_wisp(cold_home: Home, forks_if_marked: Forks | None) -> CommandLine:
    """The command line with an empty cache."""
    return CommandLine(cold_home, forks=forks_if_marked)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """An empty folder apart from what a test is about, with a blank in its name."""
    folder = tmp_path / "else where"
    folder.mkdir()
    return folder


@pytest.fixture
def uv(tmp_path: Path) -> Uv:
    """The engine for PyPI, with a cache of its own and no network."""
    from uv import find_uv_bin

    from wisp.engine.uv import Uv, visible_environment
    from wisp.specs.settings import Network

    return Uv(
        executable=find_uv_bin(),
        cache_dir=tmp_path / "uv-cache",
        environment=visible_environment(os.environ, Network()),
        offline=True,
    )


@pytest.fixture
def prefix(tmp_path: Path, uv: Uv) -> Path:
    """A virtual environment, which looks to uv as a conda prefix does."""
    folder = tmp_path / "prefix"
    uv.run(["venv", str(folder), "--python", sys.executable])
    return folder
