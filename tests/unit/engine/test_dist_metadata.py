from __future__ import annotations

import os
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.unit.wheelhouse import damaged_wheel, make_project, make_wheel
from tools.forge.serve import Server
from wisp.engine.dist_metadata import MetadataReader
from wisp.engine.http import HttpClient
from wisp.engine.local_metadata import sdist_metadata
from wisp.engine.pylock import PylockFile, PylockGit, PylockPackage
from wisp.engine.uv import Uv, visible_environment
from wisp.errors import FetchError
from wisp.specs.settings import Network
from wisp.trust import LARGEST


@pytest.fixture
def reader(tmp_path: Path) -> MetadataReader:
    """A reader whose uv has an empty cache, so that nothing is known beforehand."""
    from uv import find_uv_bin

    uv = Uv(
        executable=find_uv_bin(),
        cache_dir=tmp_path / "uv",
        environment=visible_environment(os.environ, Network()),
        offline=True,
    )
    return MetadataReader(uv, HttpClient(Network(), {}), Path(sys.executable))


def remote(url: str) -> tuple[PylockPackage, PylockFile]:
    file = PylockFile(url.rpartition("/")[2], url, {})
    return PylockPackage(name="demo", version="1.0", wheels=(file,)), file


def test_metadata_beside_a_wheel_is_preferred(reader: MetadataReader, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "site", "demo", requires=["in-the-wheel"])
    beside = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: Beside (>=2)\n"
    wheel.with_name(f"{wheel.name}.metadata").write_text(beside)
    with Server(tmp_path / "site") as server:
        found = reader.read(*remote(f"{server.url}/{wheel.name}"))
        assert server.requests == [f"GET /{wheel.name}.metadata"]
    assert found.requires_dist == ("beside>=2",)


def test_else_the_metadata_is_read_out_of_the_wheel(reader: MetadataReader, tmp_path: Path) -> None:
    padding = os.urandom(300_000).hex()
    wheel = make_wheel(tmp_path / "site", "demo", requires=["in-the-wheel"], text=padding)
    with Server(tmp_path / "site") as server:
        assert reader.read(*remote(f"{server.url}/{wheel.name}")).requires_dist == ("in-the-wheel",)


def test_a_file_that_is_gone_is_an_error(reader: MetadataReader, tmp_path: Path) -> None:
    with Server(tmp_path) as server, pytest.raises(FetchError, match="could not fetch"):
        reader.read(*remote(f"{server.url}/demo-1.0-py3-none-any.whl"))


@pytest.mark.parametrize("kind", ["not a zip", "damaged", "large"])
def test_a_broken_wheel_is_an_error(reader: MetadataReader, tmp_path: Path, kind: str) -> None:
    wheel = tmp_path / "demo-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not a zip")
    if kind == "damaged":
        damaged_wheel(wheel, "demo-1.0.dist-info/METADATA")
    if kind == "large":
        with ZipFile(wheel, "w", ZIP_DEFLATED) as archive:
            archive.writestr("demo-1.0.dist-info/METADATA", bytes(LARGEST + 1))
    file = PylockFile("demo-1.0-py3-none-any.whl", str(tmp_path / "demo-1.0-py3-none-any.whl"), {})
    with pytest.raises(FetchError, match="no readable metadata"):
        reader.read(PylockPackage(name="demo", archive=file), file)


def test_a_folder_without_static_metadata_is_built(reader: MetadataReader, tmp_path: Path) -> None:
    project = make_project(tmp_path / "p", "demo")
    text = (project / "pyproject.toml").read_text()
    dynamic = text.replace('version = "1.0"', 'dynamic = ["version", "dependencies"]')
    (project / "pyproject.toml").write_text(dynamic)
    with (project / "backend.py").open("a") as backend:
        backend.write('METADATA += "Requires-Dist: six\\n"\n')
    package = PylockPackage(name="demo", directory=project)
    assert reader.read(package, None).requires_dist == ("six",)


def test_a_checkout_that_uv_lost_is_an_error(reader: MetadataReader) -> None:
    package = PylockPackage(name="demo", git=PylockGit("https://h/r", "a" * 40))
    with pytest.raises(FetchError, match="left no checkout"):
        reader.read(package, None)


@pytest.mark.parametrize(
    ("version", "more", "trusted"),
    [("2.1", "", False), ("2.2", "", True), ("2.2", "Dynamic: Requires-Dist\n", False)],
)
def test_packed_metadata_is_trusted_only_where_it_says_what_is_dynamic(
    tmp_path: Path, version: str, more: str, trusted: bool
) -> None:
    (tmp_path / "setup.py").write_text("")
    text = f"Metadata-Version: {version}\nName: a\nVersion: 1\nRequires-Dist: b\n{more}"
    (tmp_path / "PKG-INFO").write_text(text)
    found = sdist_metadata(tmp_path)
    assert (found is not None) is trusted
    assert found is None or found.requires_dist == ("b",)
