"""Where scripts of the web come from."""

from __future__ import annotations

import pytest

from wisp.api.use.scripts import gist_of, script_of_gist
from wisp.errors import FetchError


@pytest.mark.parametrize(
    ("url", "gist"),
    [
        ("https://gist.github.com/someone/0a1b", "0a1b"),
        ("https://gist.github.com/someone/0a1b/", "0a1b"),
        ("https://gist.github.com/someone/0a1b/raw", None),
        ("https://example.org/someone/0a1b", None),
        ("https://gist.github.com/", None),
    ],
)
def test_pages_of_gists_are_told_from_files(url: str, gist: str | None) -> None:
    assert gist_of(url) == gist


def test_the_only_python_file_of_a_gist_is_meant() -> None:
    files = {"a.md": {"raw_url": "x"}, "b.py": {"raw_url": "y"}}
    assert script_of_gist({"files": files}, "u") == ("b.py", "y")


def test_the_only_file_of_a_gist_is_meant_whatever_it_is_written_in() -> None:
    assert script_of_gist({"files": {"a.R": {"raw_url": "x"}}}, "u") == ("a.R", "x")


@pytest.mark.parametrize("names", [(), ("a.md", "b.md"), ("a.py", "b.py")])
def test_a_gist_without_one_python_file_is_refused(names: tuple[str, ...]) -> None:
    answer = {"files": {name: {"raw_url": name} for name in names}}
    with pytest.raises(FetchError, match="Python files instead of one"):
        script_of_gist(answer, "https://gist.github.com/u/1")
