from __future__ import annotations

import dataclasses
import random

import pytest
from rattler import BuildString, MatchSpec, PackageRecord
from rattler.exceptions import InvalidMatchSpecError

from wisp.platforms import VirtualPackage
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.match import (
    Spec,
    SpecSyntaxError,
    condition_holds,
    parse_spec,
    python_version_matches,
    requirement_spec,
)
from wisp.specs.records import CondaRecord

PYTHON = CondaRecord(
    location="https://example.org/conda/linux-64/python-3.12.1-h1_0_cpython.conda",
    name="python",
    version="3.12.1",
    build="h1_0_cpython",
    build_number=0,
    subdir="linux-64",
    channel="https://example.org/conda",
    license="Python-2.0",
)

OPERATORS = ("", ">=", "<", "==", "!=", "<=", ">", "~=", "=")
PATTERNS = (None, None, "h1_0", "py312_1", "*", "py*", "*_0", "^py.*$", "cpu[0]", "0")
BUILDS = ("h1_0", "py312_1", "0", "x_0")


def any_version(chance: random.Random) -> str:
    numbers = ".".join(str(chance.randrange(100)) for _ in range(chance.randint(1, 3)))
    return numbers + chance.choice(("", f"a{chance.randrange(10)}", f".post{chance.randrange(10)}"))


def any_range(chance: random.Random, version: str) -> str:
    """One to three terms, about the given version as often as about any."""
    if chance.random() < 0.1:
        return "*"
    terms = []
    for _ in range(chance.randint(1, 3)):
        other = version if chance.random() < 0.3 else any_version(chance)
        starred = chance.random() < 0.3
        terms.append(f"{other}.*" if starred else chance.choice(OPERATORS) + other)
    return ",".join(terms)


@pytest.mark.parametrize("seed", range(2))
def test_the_quick_way_agrees_with_rattler(seed: int) -> None:
    chance = random.Random(seed)
    verdicts = []
    for _ in range(500):
        version, pattern = any_version(chance), chance.choice(PATTERNS)
        build = chance.choice(BUILDS)
        text = f"pkg {any_range(chance, version)}" + (f" {pattern}" if pattern else "")
        try:
            theirs = MatchSpec(text, strict=False)
        except InvalidMatchSpecError:
            assert pattern == "cpu[0]", text
            with pytest.raises(SpecSyntaxError):
                parse_spec(text)
            continue
        record = PackageRecord("pkg", version, BuildString(build), 0, "noarch")
        candidate = VirtualPackage("pkg", version, build)
        verdicts.append(theirs.matches(record))
        assert parse_spec(text).matches(candidate) == verdicts[-1], (text, version, build)
    assert verdicts.count(True) > 40
    assert verdicts.count(False) > 40


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("python", True),
        ("python *", True),
        ("python >=3.12,<3.13.0a0", True),
        ("python 3.12.* *_cpython", True),
        ("python 3.12.* *_cp312", False),
        ("python==3.12.1=h1_0_cpython", True),
        ("python >=3.8, <3.12", False),
        ("python[version='>=3',build_number='>0']", False),
        ('python[license="Python-2.0"]', True),
        ('python[md5="00000000000000000000000000000000"]', False),
        ("ruby", False),
    ],
)
def test_specs_of_every_form_are_compared(text: str, matches: bool) -> None:
    assert parse_spec(text).matches(PYTHON) is matches


def test_what_is_no_spec_is_an_error() -> None:
    with pytest.raises(SpecSyntaxError, match="is not a match spec"):
        parse_spec("python >=3 ; if x")


def test_requirements_of_the_manifest_keep_all_they_ask() -> None:
    spec = CondaSpec(version=">=3", build="*_cpython", subdir="linux-64", when="__unix")
    found = requirement_spec(CondaRequirement("python", spec))
    assert found.matches(PYTHON)
    assert found.condition == "__unix"
    elsewhere = dataclasses.replace(spec, subdir="noarch")
    assert not requirement_spec(CondaRequirement("python", elsewhere)).matches(PYTHON)


@pytest.mark.parametrize(
    ("build", "matches"),
    [
        ("^h[0-9]_0_.*$", True),
        ("^h[2-9]_0_.*$", False),
        (r"^h\d{1}_0_(c?python)$", True),
        ("h1_0_cpython]", False),
    ],
)
def test_builds_with_brackets_and_escapes_are_compared(build: str, matches: bool) -> None:
    spec = CondaSpec(version=">=3", build=build)
    assert requirement_spec(CondaRequirement("python", spec)).matches(PYTHON) is matches


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("python >=3.12", True),
        ("python <3", False),
        ("python <3 or python >=3.12", True),
        ("python <3 and python >=3.12", False),
        ("python >=3 and (ruby or python 3.12.*)", True),
    ],
)
def test_conditions_are_joined_by_words_and_parentheses(condition: str, holds: bool) -> None:
    def known(spec: Spec) -> bool:
        return spec.matches(PYTHON)

    assert condition_holds(condition, known) is holds


def test_python_versions_are_compared_as_pep_440_has_it() -> None:
    assert python_version_matches(">=1.0", "1.1rc1")
    assert not python_version_matches("==1.0", "not a version")
    for specifiers, version in ((">=1", "9" * 5000), (f">={'9' * 5000}", "1")):
        assert not python_version_matches(specifiers, version)


def test_a_branch_is_one_version_beside_a_build() -> None:
    packages = [VirtualPackage("pkg", version, "h1_0") for version in ("1.2", "1.2.3")]
    for text, found in (("pkg =1.2", 2), ("pkg =1.2 h1_0", 1), ('pkg =1.2[build="h1_0"]', 2)):
        assert sum(map(parse_spec(text).matches, packages)) == found
