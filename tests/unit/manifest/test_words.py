from __future__ import annotations

from pathlib import Path

import pytest
from rattler import MatchSpec

from wisp.errors import ManifestError
from wisp.manifest.edit.spelling import conda_data, full_version_marker, pypi_data, pypi_text
from wisp.manifest.words import conda_word, pypi_word

WORDS = (
    *("x", "x=1", "x==1", "x==1=b", "x=1=b", "x 1.2", "x 1.2 b*", "x=1.2.*", "x 1.2|1.3", "x=*"),
    *("x>=1=b", "x 1.*=b", "x >=1, <2", "x=1.2=py*", "x ~=1.2", "x!=1.2", "x == 1.2", "x>=1,<2"),
    *("forge::x", "forge/linux-64::x>=1", "x[build='py*', version='>=1']", "x[version=1.2]"),
)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_means_what_rattler_reads_in_it(word: str) -> None:
    spec = conda_word(word).spec
    theirs = MatchSpec(word, strict=False)
    assert spec.version == (None if theirs.version is None else str(theirs.version))
    assert spec.build == (None if theirs.build is None else str(theirs.build))
    assert spec.subdir == theirs.subdir
    assert spec.channel == (None if theirs.channel is None else theirs.channel.name)


@pytest.mark.parametrize(
    ("word", "name", "data"),
    [
        ("x", "x", "*"),
        ("X>=1", "x", ">=1"),
        ("x==1=b", "x", {"version": "==1", "build": "b"}),
        ("forge::x", "x", {"channel": "forge"}),
        ("https://h.org/c/x::y", "y", {"channel": "https://h.org/c/x"}),
        (
            "x[build_number='>=2', extras=[a, b]]",
            "x",
            {"build-number": ">=2", "extras": ("a", "b")},
        ),
        (
            "https://h.org/noarch/a-b-1.0-0.conda",
            "a-b",
            {"url": "https://h.org/noarch/a-b-1.0-0.conda"},
        ),
        ("./a-1-0.tar.bz2", "a", {"path": "./a-1-0.tar.bz2"}),
    ],
)
def test_a_word_becomes_an_entry(word: str, name: str, data: object) -> None:
    requirement = conda_word(word)
    assert (requirement.name, conda_data(requirement.spec)) == (name, data)


@pytest.mark.parametrize("word", ["", "*", "x>>1", "x[nonsense]", "x[color=red]", "x y z w"])
def test_nonsense_is_refused(word: str) -> None:
    with pytest.raises(ManifestError):
        conda_word(word)


@pytest.mark.parametrize(
    ("word", "data", "text"),
    [
        ("attrs", "*", "attrs"),
        ("attrs<30,>=23", ">=23, <30", "attrs>=23,<30"),
        ("attrs[b,a]>=1", {"version": ">=1", "extras": ("a", "b")}, "attrs[a,b]>=1"),
        (
            "x @ git+https://h.org/x.git@v1#subdirectory=s",
            {"git": "https://h.org/x.git", "rev": "v1", "subdirectory": "s"},
            "x @ git+https://h.org/x.git@v1#subdirectory=s",
        ),
        (
            "x; python_version<'3.9'",
            {"version": "*", "env-markers": "python_full_version < '3.9'"},
            "x ; python_full_version < '3.9'",
        ),
    ],
)
def test_a_pypi_word_becomes_an_entry_and_a_text(word: str, data: object, text: str) -> None:
    requirement = pypi_word(word, Path("/w"))
    assert (pypi_data(requirement.spec), pypi_text(requirement)) == (data, text)


def test_a_pypi_word_that_is_none_is_refused() -> None:
    with pytest.raises(ManifestError, match="not a valid requirement"):
        pypi_word("bad spec here", Path("/w"))


@pytest.mark.parametrize(
    ("marker", "full"),
    [
        ('python_version > "3.9"', "python_full_version >= '3.10'"),
        ("python_version <= '3.9'", "python_full_version < '3.10'"),
        ("python_version == '3.9'", "python_full_version == '3.9.*'"),
        ("python_version != '3.9'", "python_full_version != '3.9.*'"),
        ("sys_platform == 'linux'", "sys_platform == 'linux'"),
    ],
)
def test_markers_speak_of_the_full_version(marker: str, full: str) -> None:
    assert full_version_marker(marker) == full
