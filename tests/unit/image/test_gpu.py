from __future__ import annotations

import pytest

from wisp.errors import UsageError
from wisp.image.gpu import gpu_variables, pretended_driver
from wisp.image.named_bases import cuda_of, reference_of
from wisp.platforms import Platform, VirtualPackage

CPU = Platform("linux-64", "linux-64")


def gpu(version: str) -> Platform:
    return Platform("gpu", "linux-64", (VirtualPackage("__cuda", version),))


@pytest.mark.parametrize(
    ("version", "wanted"), [("12", "12.0"), ("12.4", "12.4"), ("12.4.1", "12.4")]
)
def test_a_platform_with_cuda_asks_engines_for_a_gpu(version: str, wanted: str) -> None:
    assert gpu_variables(gpu(version)) == {
        "NVIDIA_VISIBLE_DEVICES": "all",
        "NVIDIA_DRIVER_CAPABILITIES": "compute,utility",
        "NVIDIA_REQUIRE_CUDA": f"cuda>={wanted}",
    }
    assert pretended_driver(gpu(version)) == {"CONDA_OVERRIDE_CUDA": version}


def test_a_platform_without_does_not() -> None:
    assert gpu_variables(CPU) == {}
    assert pretended_driver(CPU) == {}


@pytest.mark.parametrize(
    ("platform", "base", "wanted"),
    [
        (CPU, "cuda-11", "11.8"),
        (gpu("12"), "cuda-12.8-devel", "12.8"),
        (gpu("13"), "cuda-12", "13.0"),
    ],
)
def test_the_newest_driver_that_anything_needs_is_asked_for(
    platform: Platform, base: str, wanted: str
) -> None:
    assert gpu_variables(platform, base)["NVIDIA_REQUIRE_CUDA"] == f"cuda>={wanted}"


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("cuda-12", "docker.io/nvidia/cuda:12.9.1-base-ubuntu24.04"),
        ("cuda-12.8-runtime", "docker.io/nvidia/cuda:12.8.1-runtime-ubuntu24.04"),
        ("cuda-11-cudnn-devel", "docker.io/nvidia/cuda:11.8.0-cudnn-devel-ubuntu22.04"),
        ("mine", "corp.example/base:1"),
        ("./cuda-12", "./cuda-12"),
        ("debian:trixie-slim", "debian:trixie-slim"),
        ("cuda-samples", "cuda-samples"),
    ],
)
def test_a_name_stands_for_an_image(name: str, reference: str) -> None:
    assert reference_of(name, {"mine": "corp.example/base:1"}) == reference


def test_names_of_a_workspace_come_first() -> None:
    assert reference_of("cuda-12", {"cuda-12": "corp.example/cuda"}) == "corp.example/cuda"
    assert cuda_of("cuda-12") == "12.9"
    assert cuda_of("mine") is None


@pytest.mark.parametrize("name", ["cuda-12.7", "cuda-9", "cuda-12-tiny"])
def test_a_name_of_nothing_says_what_there_is(name: str) -> None:
    with pytest.raises(UsageError, match=f"no base `{name}`") as caught:
        reference_of(name, {})
    assert "`cuda-12.8`" in caught.value.hints[0]
