from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.errors import LockFileError
from wisp.exchange.export import (
    CondaEnvironment,
    conda_line,
    explicit_spec,
    in_dependency_order,
    locked_lines,
    pip_lines,
)
from wisp.lock.model import LockedEnvironment
from wisp.manifest.words import conda_word
from wisp.platforms import bare
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.pypi import FindLinks, PypiOptions, PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record


def record(name: str, *depends: str) -> CondaRecord:
    return CondaRecord(
        location=f"https://h.org/c/linux-64/{name}-1-0.conda",
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="linux-64",
        md5="0" * 32,
        depends=depends,
    )


def locked(*records: Record) -> LockedEnvironment:
    return LockedEnvironment(
        name="default",
        platform=bare("linux-64"),
        virtual_packages=(),
        channels=(),
        indexes=(),
        records=records,
        root=Path(),
    )


def test_an_environment_file_reads_back_as_what_was_put_in() -> None:
    text = str(
        CondaEnvironment(
            name="on",
            channels=["conda-forge"],
            conda=["python *", "x >=1,<2 b*", "f::y 1.*"],
            pip=["--index-url https://h.org/simple", "a>=1 ; b == 'c'"],
            variables={"A": "true", "B": "1.5", "C": "a: b", "D": "", "E": "it's"},
        )
    )
    assert yaml.safe_load(text) == {
        "name": "on",
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": [
            "python *",
            "x >=1,<2 b*",
            "f::y 1.*",
            "pip",
            {"pip": ["--index-url https://h.org/simple", "a>=1 ; b == 'c'"]},
        ],
        "variables": {"A": "true", "B": "1.5", "C": "a: b", "D": "", "E": "it's"},
    }


@pytest.mark.parametrize(
    "text",
    [
        *("0b1", ".inf", "-.NaN", "2001-01-01", "2001-01-01 00:00:00", "1_0", "1.", "190:20:30"),
        *(
            "a\u2028b",
            "\x85",
            "a\n b\t",
            "x\x1b",
            "\N{PILE OF POO}\n",
            "... a",
            "it's",
            "=",
            "<<",
            "\ufeff",
        ),
        *('"', "\\n", "$(a)", "{{ a }}", "&a", "*a", "!a", "- a", "a: b", "a #b", "?", "NULL", "~"),
    ],
)
def test_no_text_is_another_thing_to_yaml(text: str) -> None:
    document = CondaEnvironment(name=text, channels=[], conda=[text], variables={text: text})
    found = yaml.safe_load(str(document))
    assert found["name"] == found["dependencies"][0] == text
    assert found["variables"] == {text: text}


@settings(deadline=None)  # the machine may have other things to do
@given(st.text(alphabet="0189_.:-+ eEtTzZbxofaAin=~", min_size=1, max_size=12))
def test_no_odd_number_or_time_is_one_to_yaml(text: str) -> None:
    document = CondaEnvironment(name=text, channels=[], conda=[])
    assert yaml.safe_load(str(document))["name"] == text


@pytest.mark.parametrize(
    "text", ["1.2.3", "3d-env", "3to2", "0.1.0-alpha", "2001-01-01x", "1:x", ".5.1", ".infra"]
)
def test_what_only_begins_as_a_number_stays_bare(text: str) -> None:
    """As Pixi leaves it."""
    written = str(CondaEnvironment(name=text, channels=[], conda=[]))
    assert written.startswith(f"name: {text}\n")
    assert yaml.safe_load(written)["name"] == text


def test_defaults_need_no_nodefaults() -> None:
    document = CondaEnvironment(name="a", channels=["main", "main"], conda=[])
    assert yaml.safe_load(str(document))["channels"] == ["main"]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("x", "x *"),
        ("x==1=b", "x ==1 b"),
        ("f/linux-64::x>=1", "f/linux-64::x >=1"),
        ("x[build_number='>=2']", 'x *[build_number=">=2"]'),
    ],
)
def test_requirements_become_match_specs(word: str, line: str) -> None:
    assert conda_line(conda_word(word)) == line


def test_pip_lines_say_where_to_look_first() -> None:
    options = PypiOptions(
        index_url="https://a/simple",
        extra_index_urls=("https://b/simple",),
        find_links=(FindLinks(path="./wheels"),),
    )
    requirements = [
        PypiRequirement("a", PypiSpec(version=">=1, <2")),
        PypiRequirement("b", PypiSpec(location=PathLocation("./b", editable=True))),
        PypiRequirement("c", PypiSpec(location=GitLocation("https://h/c.git", "tag", "v1"))),
    ]
    assert pip_lines(requirements, options) == [
        "--index-url https://a/simple",
        "--extra-index-url https://b/simple",
        "--find-links ./wheels",
        "a>=1,<2",
        "-e ./b",
        "c @ git+https://h/c.git@v1",
    ]


def test_dependencies_come_first_whatever_the_order_of_the_lock() -> None:
    records = [record("a", "b >=1", "c"), record("b", "c"), record("c"), record("d", "__glibc")]
    for rows in (records, records[::-1]):
        assert [r.name for r in in_dependency_order(rows)] == ["d", "c", "b", "a"]


def test_circles_are_left_after_one_round() -> None:
    names = [r.name for r in in_dependency_order([record("a", "b"), record("b", "a")])]
    assert sorted(names) == ["a", "b"]


def test_explicit_lists_hold_urls_with_digests() -> None:
    assert explicit_spec(locked(record("a"))).splitlines()[1:] == [
        "# platform: linux-64",
        "@EXPLICIT",
        f"https://h.org/c/linux-64/a-1-0.conda#{'0' * 32}",
    ]


def test_pypi_packages_are_refused_unless_skipped() -> None:
    wheel = PypiRecord(location="https://h.org/w.whl", name="w", version="2")
    with pytest.raises(LockFileError, match="PyPI package `w`"):
        explicit_spec(locked(wheel))
    assert "whl" not in explicit_spec(locked(wheel), skip_pypi=True)


def test_source_packages_are_refused_unless_skipped() -> None:
    source = CondaSourceRecord(location="mine", name="mine", identifier="mine[0] @ mine", hash="0")
    with pytest.raises(LockFileError, match="source package `mine`"):
        explicit_spec(locked(source))
    lines = explicit_spec(locked(record("a"), source), skip_source=True).splitlines()
    assert [line for line in lines if "://" in line] == [
        f"https://h.org/c/linux-64/a-1-0.conda#{'0' * 32}"
    ]


def test_what_is_locked_is_told_by_kind() -> None:
    wheel = PypiRecord(location="https://h.org/w.whl", name="w", version="2")
    assert locked_lines(locked(record("a"), wheel)) == (["a ==1 0"], ["w==2"], [])
