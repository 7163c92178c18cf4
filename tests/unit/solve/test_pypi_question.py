from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import tomli

from wisp.engine.uv_compile import CompileQuestion
from wisp.errors import SolveError
from wisp.platforms import Platform, VirtualPackage, bare
from wisp.solve.pypi_question import (
    NoPythonError,
    PypiRequest,
    question_for,
    required_python,
    requirement_line,
    uv_platform,
)
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.locations import GitLocation, PathLocation, UrlLocation
from wisp.specs.pypi import FindLinks, PypiOptions, PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, PypiRecord

ROOT = Path("/ws")


def python(version: str = "3.12.4", build: str = "h1_0_cpython") -> CondaRecord:
    return CondaRecord(
        location=f"https://c/linux-64/python-{version}-{build}.conda",
        name="python",
        version=version,
        build=build,
        build_number=0,
        subdir="linux-64",
    )


def need(name: str, **fields: object) -> PypiRequirement:
    return PypiRequirement(name, PypiSpec(**fields))  # type: ignore[arg-type]


def ask(*requirements: PypiRequirement, **fields: object) -> CompileQuestion:
    values = {"platform": bare("linux-64"), "root": ROOT, "conda": (python(),), **fields}
    request = PypiRequest(requirements=requirements, **values)  # type: ignore[arg-type]
    return question_for(request, {})


@pytest.mark.parametrize(
    ("requirement", "line"),
    [
        (need("Foo"), "Foo"),
        (need("foo", version=">=1,<2", extras=("a", "b")), "foo[a,b]>=1,<2"),
        (need("foo", marker="os_name == 'nt'"), "foo ; os_name == 'nt'"),
        (need("foo", location=PathLocation("../my lib")), "foo @ file:///my%20lib"),
        (need("foo", location=PathLocation("/abs/x.whl")), "foo @ file:///abs/x.whl"),
        (
            need("foo", location=UrlLocation("https://h/f.zip", subdirectory="s")),
            "foo @ https://h/f.zip#subdirectory=s",
        ),
    ],
)
def test_requirements_become_lines(requirement: PypiRequirement, line: str) -> None:
    assert requirement_line(requirement, ROOT) == line


def test_only_what_needs_a_source_goes_into_a_project() -> None:
    question = ask(
        need("plain", version=">=1"),
        need("pinned", version="==2", index="https://i/simple"),
        need("repo", location=GitLocation("git@h:o/r.git", "branch", "dev", "sub", lfs=True)),
    )
    assert question.requirements == "plain>=1\n"
    project = tomli.loads(question.pyproject or "")
    assert project["project"]["dependencies"] == ["pinned==2", "repo"]
    assert project["tool"]["uv"]["sources"] == {
        "pinned": {"index": "index-0"},
        "repo": {
            "git": "ssh://git@h/o/r.git",
            "branch": "dev",
            "subdirectory": "sub",
            "lfs": True,
        },
    }
    [index] = project["tool"]["uv"]["index"]
    assert index == {"name": "index-0", "url": "https://i/simple", "explicit": True}


def test_a_locked_commit_stays_until_its_reference_changes_or_it_is_unlocked() -> None:
    locked = PypiRecord(location="git+https://h/r?branch=main#abc", name="repo", version="1")
    main = need("repo", location=GitLocation("https://h/r", "branch", "main"))
    other = need("repo", location=GitLocation("https://h/r", "branch", "dev"))

    def source(requirement: PypiRequirement, **fields: object) -> object:
        text = ask(requirement, previous=(locked,), **fields).pyproject
        return tomli.loads(text or "")["tool"]["uv"]["sources"]["repo"]

    assert source(main) == {"git": "https://h/r", "rev": "abc"}
    assert source(other) == {"git": "https://h/r", "branch": "dev"}
    assert source(main, unpin=frozenset({"repo"})) == {"git": "https://h/r", "branch": "main"}


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        (bare("linux-64"), "x86_64-manylinux_2_28"),
        (Platform("p", "linux-64", (VirtualPackage("__glibc", "2.17"),)), "x86_64-manylinux_2_17"),
        (Platform("p", "linux-64", (VirtualPackage("__glibc", "2.30"),)), "x86_64-manylinux_2_28"),
        (Platform("p", "linux-64", (VirtualPackage("__glibc", "2.99"),)), "x86_64-manylinux_2_40"),
        (
            Platform("p", "linux-64", (VirtualPackage("__musl", "1.2"),)),
            "x86_64-unknown-linux-musl",
        ),
        (bare("linux-aarch64"), "aarch64-manylinux_2_28"),
        (bare("osx-arm64"), "aarch64-apple-darwin"),
        (bare("win-64"), "x86_64-pc-windows-msvc"),
    ],
)
def test_platforms_have_uv_names(platform: Platform, name: str) -> None:
    assert uv_platform(platform) == name


def test_a_platform_without_uv_name_is_refused() -> None:
    with pytest.raises(SolveError, match="linux-ppc64le"):
        uv_platform(bare("linux-ppc64le"))


def test_macos_promises_its_version_by_a_variable() -> None:
    declared = Platform("mac", "osx-arm64", (VirtualPackage("__osx", "14.5"),))
    assert ask(platform=declared).variables == (("MACOSX_DEPLOYMENT_TARGET", "14.5"),)
    assert ask().variables == ()


def test_options_reach_uv() -> None:
    options = PypiOptions(
        index_url="https://i/simple",
        extra_index_urls=("https://e/simple",),
        find_links=(FindLinks(path="links"), FindLinks(url="https://l")),
        no_build=("a",),
        no_binary=True,
        no_build_isolation=("b",),
        index_strategy="unsafe-best-match",
        prerelease_mode="allow",
    )
    cutoff = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=1)))
    newer = ExcludeNewer(default=cutoff, pypi_packages={"c": datetime(2025, 1, 1, tzinfo=UTC)})
    words = ask(options=options, exclude_newer=newer, strategy="lowest-direct").options
    pairs = list(zip(words[:-3:2], words[1:-3:2], strict=True))
    assert pairs == [
        ("--python-version", "3.12.4"),
        ("--python-platform", "x86_64-manylinux_2_28"),
        ("--default-index", "https://i/simple"),
        ("--index", "https://e/simple"),
        ("--find-links", "/ws/links"),
        ("--find-links", "https://l"),
        ("--index-strategy", "unsafe-best-match"),
        ("--prerelease", "allow"),
        ("--resolution", "lowest-direct"),
        ("--exclude-newer", "2026-01-02T02:00:00Z"),
        ("--exclude-newer-package", "c=2025-01-01T00:00:00Z"),
    ]
    assert words[-3:] == ("--only-binary=a", "--no-binary=:all:", "--no-build-isolation-package=b")


def test_folders_alone_give_nothing_to_keep() -> None:
    assert ask(previous=(PypiRecord(location="./", name="me"),)).previous is None


def test_equal_requests_are_one_question() -> None:
    assert ask(need("a")) == ask(need("a"))
    assert hash(ask(need("a"))) == hash(ask(need("a")))
    assert ask(need("a")) != ask(need("a"), strategy="lowest")


def test_pypi_packages_need_a_python() -> None:
    with pytest.raises(NoPythonError, match="no Python"):
        required_python(())
