from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.lock.samples import CHANNEL, conda, lock_of, wheel
from wisp.errors import LockFileError
from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import adopt_platforms
from wisp.lock.model import LockFile, LockPlatform
from wisp.lock.read import read
from wisp.lock.select import index_of, locked_environment
from wisp.platforms import Platform, VirtualPackage, bare
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.locations import PathLocation
from wisp.specs.pypi import PypiOptions, PypiRequirement, PypiSpec

OLD = """\
version: 6
environments:
  default:
    channels: []
    packages:
      linux-64:
      - conda: https://example.org/conda/linux-64/lib-1.0-0.conda
packages:
- conda: https://example.org/conda/linux-64/lib-1.0-0.conda
"""
ROOT = Path("/w")
CUDA = Platform("gpu", "linux-64", (VirtualPackage("__cuda", "12"),))


def test_a_locked_environment_has_all_that_installing_needs() -> None:
    found = locked_environment(lock_of(conda("lib")), "default", "linux-64", ROOT)
    assert found.records == (conda("lib"),)
    assert found.channels == (f"{CHANNEL}/",)
    assert found.platform == bare("linux-64")
    assert found.virtual_packages[0] == "__unix=0=0"


def test_what_no_lock_tells_of_wheels_comes_from_the_inputs() -> None:
    options = PypiOptions(no_build=("lib",), index_url="https://example.org/other")
    inputs = EnvironmentInputs(
        environment="default",
        platform=bare("linux-64"),
        root=ROOT,
        pypi_dependencies=(
            PypiRequirement("My.App", PypiSpec(location=PathLocation("app", editable=True))),
            PypiRequirement("tool", PypiSpec(location=PathLocation("tool"))),
        ),
        pypi_options=options,
    )
    found = locked_environment(lock_of(), "default", "linux-64", ROOT, inputs)
    assert found.root == ROOT
    assert found.editable == {"my-app"}
    assert found.pypi_options == options


def test_without_inputs_the_options_are_the_indexes_of_the_lock() -> None:
    lock = lock_of(indexes=(DEFAULT_INDEX, "https://example.org/more"))
    found = locked_environment(lock, "default", "linux-64", ROOT)
    assert found.editable == frozenset()
    assert found.pypi_options.index_url is None
    assert found.pypi_options.extra_index_urls == ("https://example.org/more",)


def test_what_a_platform_promises_besides_the_defaults_is_declared() -> None:
    row = LockPlatform("gpu", "linux-64", tuple(map(str, CUDA.virtual_packages())))
    lock = LockFile(platforms=(row,), environments=lock_of().environments)
    found = locked_environment(lock, "default", "gpu", ROOT)
    assert found.platform == CUDA
    assert found.virtual_packages == row.virtual_packages
    assert found.records == ()


def test_an_unknown_environment_is_an_error() -> None:
    with pytest.raises(LockFileError, match="requested environment: 'other'"):
        locked_environment(lock_of(), "other", "linux-64", ROOT)


def test_files_without_an_index_came_from_the_first_one() -> None:
    environment = lock_of(wheel("attrs"), indexes=("https://example.org/simple",)).environments
    assert index_of(wheel("attrs"), environment["default"]) == "https://example.org/simple"
    assert index_of(wheel("attrs"), lock_of().environments["default"]) == DEFAULT_INDEX


def test_old_locks_take_over_the_rich_platform_of_each_environment() -> None:
    lock = adopt_platforms(read(OLD, "x"), {"default": (CUDA,)})
    found = locked_environment(lock, "default", "gpu", ROOT)
    assert [record.name for record in found.records] == ["lib"]
    assert "__cuda=12" in found.virtual_packages


def test_old_locks_keep_a_platform_that_the_environment_has_by_its_subdir() -> None:
    lock = read(OLD, "x")
    platforms = {"default": (CUDA, bare("linux-64"))}
    assert adopt_platforms(lock, platforms).environments == lock.environments
