from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from rattler import Subdir

from wisp.engine import host


def test_the_own_subdir_is_the_one_that_rattler_finds() -> None:
    assert host.detected_subdir() == str(Subdir.current())


@pytest.mark.parametrize(
    ("system", "machine", "subdir"),
    [
        ("linux", "aarch64", "linux-aarch64"),
        ("linux", "ppc64le", "linux-ppc64le"),
        ("linux", "i686", "linux-32"),
        ("darwin", "arm64", "osx-arm64"),
        ("darwin", "x86_64", "osx-64"),
        ("win32", "AMD64", "win-64"),
        ("win32", "ARM64", "win-arm64"),
    ],
)
def test_machines_have_condas_names(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, subdir: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(host, "_machine", lambda: machine)
    assert host.detected_subdir() == subdir


def test_an_override_counts_only_if_it_names_a_platform() -> None:
    assert host.subdir({"PIXI_OVERRIDE_PLATFORM": "osx-arm64"}) == "osx-arm64"
    assert host.subdir({"PIXI_OVERRIDE_PLATFORM": "amiga"}) == host.detected_subdir()
    assert host.invalid_override({"PIXI_OVERRIDE_PLATFORM": "amiga"}) == "amiga"
    assert host.invalid_override({"PIXI_OVERRIDE_PLATFORM": "win-64"}) is None
    assert host.invalid_override({}) is None


def provided(environ: dict[str, str]) -> dict[str, str]:
    return {package.name: package.version for package in host.virtual_packages(environ)}


def test_virtual_packages_obey_condas_variables() -> None:
    environ = {"CONDA_OVERRIDE_CUDA": "12.4", "CONDA_OVERRIDE_GLIBC": "2.31"}
    found = provided(environ)
    assert (found["__cuda"], found["__glibc"]) == ("12.4", "2.31")
    assert "__cuda" not in provided(environ | {"CONDA_OVERRIDE_CUDA": ""})


def test_an_amd_gpu_is_there_or_not_and_its_architecture_only_with_it() -> None:
    there = {"CONDA_OVERRIDE_AMDGPU": "0", "CONDA_OVERRIDE_AMDGPU_ARCH": "9.0.10"}
    found = provided(there)
    assert (found["__amdgpu"], found["__amdgpu_arch"]) == ("0", "9.0.10")
    none = provided(there | {"CONDA_OVERRIDE_AMDGPU": ""})
    assert not none.keys() & {"__amdgpu", "__amdgpu_arch"}


def test_two_environments_have_overrides_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "11.0")
    before = dict(os.environ)
    assert provided({"CONDA_OVERRIDE_CUDA": "12.4"})["__cuda"] == "12.4"
    assert "__cuda" not in provided({"CONDA_OVERRIDE_CUDA": ""})
    # The process's own override is none of an environment that does not have it.
    assert provided({}).get("__cuda") != "11.0"
    assert dict(os.environ) == before


@pytest.mark.parametrize("value", ["12.4 ", ">=12", "1.0=abc"])
def test_an_override_that_is_no_version_is_left_out_and_named(value: str) -> None:
    heard: dict[str, str] = {}
    environ = {"CONDA_OVERRIDE_CUDA": value, "CONDA_OVERRIDE_GLIBC": "2.31"}
    found = {
        one.name: one.version
        for one in host.virtual_packages(environ, lambda name, reason: heard.update({name: reason}))
    }
    assert found["__glibc"] == "2.31"
    assert found.get("__cuda") == provided({}).get("__cuda")
    assert list(heard) == ["CONDA_OVERRIDE_CUDA"]
    assert value in heard["CONDA_OVERRIDE_CUDA"]


def test_a_local_disk_is_not_remote(tmp_path: Path) -> None:
    assert not host.is_remote(tmp_path / "not" / "there")
