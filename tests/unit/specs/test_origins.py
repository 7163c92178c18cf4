from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.specs.locations import GitLocation
from wisp.specs.origins import (
    DirectFile,
    GitCheckout,
    IndexFile,
    LocalFolder,
    archive_origin,
    git_text,
    git_url,
    origin_of,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOCATIONS = {
    "https://h/simple/x-1-py3-none-any.whl": IndexFile("https://h/simple/x-1-py3-none-any.whl"),
    "https://h/x-1.tar.gz": IndexFile("https://h/x-1.tar.gz"),
    "direct+https://h/x.zip": DirectFile("https://h/x.zip"),
    "direct+https://h/x.zip#subdirectory=a/b": DirectFile("https://h/x.zip", "a/b"),
    "./wheels/x-1-py3-none-any.whl": DirectFile("./wheels/x-1-py3-none-any.whl"),
    "../x-1.tgz": DirectFile("../x-1.tgz"),
    "./x": LocalFolder("./x"),
    "/w/x.y": LocalFolder("/w/x.y"),
    f"git+https://h/r#{COMMIT}": GitCheckout(GitLocation("https://h/r"), COMMIT),
    f"git+ssh://git@h/r.git?tag=v1#{COMMIT}": GitCheckout(
        GitLocation("ssh://git@h/r.git", "tag", "v1"), COMMIT
    ),
    f"git+https://h/r?subdirectory=p&branch=main&lfs=true#{COMMIT}": GitCheckout(
        GitLocation("https://h/r", "branch", "main", "p", lfs=True), COMMIT
    ),
}


@pytest.mark.parametrize("text", LOCATIONS)
def test_a_location_says_where_a_package_comes_from_and_is_spelled_back(text: str) -> None:
    assert origin_of(text) == LOCATIONS[text]
    assert str(origin_of(text)) == text


@settings(deadline=None)
@given(
    st.sampled_from(["https://h/r", "ssh://git@h/o/r", "file:///srv/r.git"]),
    st.sampled_from([(None, None), ("branch", "main"), ("tag", "v1.0"), ("rev", COMMIT)]),
    st.sampled_from([None, "sub", "a/b"]),
    st.booleans(),
)
def test_checkouts_read_back_as_they_were_spelled(
    url: str, reference: tuple[object, str | None], part: str | None, large: bool
) -> None:
    kind, name = reference
    source = GitLocation(url, kind, name, part, True if large else None)  # type: ignore[arg-type]
    origin = GitCheckout(source, COMMIT)
    assert origin_of(str(origin)) == origin
    assert origin.has_large_files is large


@pytest.mark.parametrize(
    ("text", "is_local", "is_wheel"),
    [
        ("https://h/x-1-py3-none-any.whl", False, True),
        ("https://h/x-1-py3-none-any.whl#sha256=00", False, True),
        ("https://h/x-1.tar.gz", False, False),
        ("direct+https://h/x-1-py3-none-any.whl", False, True),
        ("./x-1-py3-none-any.whl", True, True),
        ("./x", True, False),
        (f"git+file:///r#{COMMIT}", False, False),
    ],
)
def test_it_is_known_what_lies_here_and_what_needs_no_build(
    text: str, is_local: bool, is_wheel: bool
) -> None:
    origin = origin_of(text)
    assert (origin.is_local, origin.is_wheel) == (is_local, is_wheel)


def test_file_names_are_unquoted_in_urls_only() -> None:
    url = "https://h/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl?x=1"
    assert IndexFile(url).file_name == "torch-2.0+cpu-cp311-cp311-linux_x86_64.whl"
    assert DirectFile("./a%20b.whl").file_name == "a%20b.whl"


def test_paths_start_at_the_lock() -> None:
    assert LocalFolder("../x").path(Path("/w/s")) == "/w/x"
    assert DirectFile("/abs/x.whl").path(Path("/w")) == "/abs/x.whl"


def test_built_conda_packages_are_archives_whatever_they_are_called() -> None:
    assert archive_origin("/c/noarch/x-1-0.conda") == DirectFile("/c/noarch/x-1-0.conda")
    assert archive_origin("https://c/noarch/x-1-0.conda") == IndexFile(
        "https://c/noarch/x-1-0.conda"
    )


def test_git_locations_are_spelled_as_locks_spell_them() -> None:
    full = GitLocation("https://h/r", "tag", "v1", "sub", lfs=True)
    assert git_text(full) == "git+https://h/r?subdirectory=sub&tag=v1&lfs=true"
    assert git_text(GitLocation("https://h/r")) == "git+https://h/r"
    assert git_url("git@h:o/r") == "ssh://git@h/o/r"
    assert git_text(GitLocation("https://user:secret@h/r")) == "git+https://h/r"
    assert git_text(GitLocation("git@h:o/r")) == "git+ssh://git@h/o/r"
