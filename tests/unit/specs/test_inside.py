from __future__ import annotations

import pytest

from wisp.specs.inside import (
    UnsafePathError,
    inside,
    is_inside,
    is_plain_name,
    plain_name,
    site_packages,
)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b",
        "bin/x.y",
        ".hidden",
        "..a",
        "a..",
        "a/...",
        "a/..b/c",
        "lib/x y",
        "é/ü",
        "man3/A::B.3",
        "a\\x2db",
    ],
)
def test_paths_inside(path: str) -> None:
    assert inside(path, "it") == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/..", "a/../b", "a/./b", "a/.",
        "C:/a", "C:a", "a\\..\\b", "\\\\h\\s", "..\\a", "\\a", "a\x00", "a\nb", "a\x7f",
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere(path: str) -> None:
    assert not is_inside(path)
    with pytest.raises(UnsafePathError, match="it names"):
        inside(path, "it")


@pytest.mark.parametrize(
    "path",
    [
        "lib/python3.13t/site-packages",
        "lib/pypy3.9/site-packages",
        "Lib/site-packages",
        "Lib\\site-packages",
    ],
)
def test_where_pythons_have_their_modules(path: str) -> None:
    assert site_packages(path, "it") == path


@pytest.mark.parametrize("name", ["numpy", "ruamel.yaml", "_x", "1.0+cu12", "1!2.0", "a-b"])
def test_names(name: str) -> None:
    assert plain_name(name, "it") == name


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "a b", "a\n", "é", "a\\b", "a:b"])
def test_what_is_no_name(name: str) -> None:
    assert not is_plain_name(name)
    with pytest.raises(UnsafePathError):
        plain_name(name, "it")
