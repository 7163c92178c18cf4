"""The real package index: what only it can show. Skipped where it cannot be reached."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wisp.engine.dist_metadata import MetadataReader
from wisp.engine.http import HttpClient
from wisp.engine.uv import Uv, visible_environment
from wisp.errors import FetchError
from wisp.layout import DEFAULT_INDEX
from wisp.platforms import bare
from wisp.solve.pypi import PypiResolver
from wisp.solve.pypi_question import PypiRequest
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.pypi import PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.specs.settings import Network

pytestmark = pytest.mark.slow

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> PypiResolver:
    from uv import find_uv_bin

    http = HttpClient(Network(), os.environ)
    index = os.environ.get("UV_DEFAULT_INDEX") or DEFAULT_INDEX
    try:
        http.get(f"{index}/six/")
    except FetchError as error:
        pytest.skip(f"the package index cannot be reached: {error.causes}")
    uv = Uv(
        executable=find_uv_bin(),
        cache_dir=tmp_path_factory.mktemp("uv"),
        environment=visible_environment(os.environ, Network()),
        default_index=os.environ.get("UV_DEFAULT_INDEX"),
    )
    return PypiResolver(uv, MetadataReader(uv, http, Path(sys.executable)))


def resolve(resolver: PypiResolver, subdir: str, *names: str) -> dict[str, PypiRecord]:
    python = CondaRecord(
        location=f"https://c/{subdir}/python-3.12.7-h0_0_cpython.conda",
        name="python",
        version="3.12.7",
        build="h0_0_cpython",
        build_number=0,
        subdir=subdir,
    )
    request = PypiRequest(
        requirements=tuple(PypiRequirement(name, PypiSpec()) for name in names),
        platform=bare(subdir),
        root=Path("/nowhere"),
        conda=(python,),
        exclude_newer=ExcludeNewer(default=datetime(2025, 6, 1, tzinfo=UTC)),
    )
    return {record.name: record for record in resolver.resolve(request)}


def test_one_machine_locks_for_every_platform(resolver: PypiResolver) -> None:
    found = {subdir: resolve(resolver, subdir, "click", "markupsafe") for subdir in PLATFORMS}
    assert {subdir: "colorama" in records for subdir, records in found.items()} == {
        "linux-64": False,
        "linux-aarch64": False,
        "osx-arm64": False,
        "win-64": True,
    }
    wheels = {subdir: records["markupsafe"].location for subdir, records in found.items()}
    assert wheels["linux-64"].endswith("manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
    assert wheels["linux-aarch64"].endswith("manylinux_2_17_aarch64.manylinux2014_aarch64.whl")
    assert wheels["osx-arm64"].endswith("macosx_11_0_arm64.whl")
    assert wheels["win-64"].endswith("win_amd64.whl")
    assert len({records["markupsafe"].sha256 for records in found.values()}) == len(PLATFORMS)


def test_records_are_complete_and_respect_the_cut_off(resolver: PypiResolver) -> None:
    click = resolve(resolver, "win-64", "click")["click"]
    assert click == PypiRecord(
        location=click.location,
        name="click",
        version="8.2.1",
        sha256="61a3265b914e850b85317d0b3109c7f8cd35a670f963866005d6ef1d5175a12b",
        requires_dist=("colorama ; sys_platform == 'win32'",),
        requires_python=">=3.10",
    )


def test_an_sdist_without_wheels_is_recorded_as_such(resolver: PypiResolver) -> None:
    docopt = resolve(resolver, "linux-64", "docopt")["docopt"]
    assert docopt.location.endswith("docopt-0.6.2.tar.gz")
    assert docopt.requires_dist == ()
