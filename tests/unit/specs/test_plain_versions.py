"""Plain versions compare as rattler compares them, or not at all."""

from __future__ import annotations

import random

import pytest
from rattler import Version, VersionSpec

from wisp.specs.plain_versions import in_plain_range

_RUNS = ("0", "1", "2", "10", "a", "rc", "dev", "post")
_OPERATORS = ("", "=", "==", "!=", "~=", "<", "<=", ">", ">=")


def _part(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice("012")
    return "".join(chance.choices(_RUNS, k=chance.randint(1, 3)))


def _version(chance: random.Random) -> str:
    parts = (_part(chance) for _ in range(chance.randint(1, 4)))
    return chance.choice(("", "", "1!")) + ".".join(parts)


def _spec(chance: random.Random, version: str) -> str:
    """One to three terms, about versions near the given one as often as about any."""
    terms = [
        chance.choice(_OPERATORS)
        + (version if chance.random() < 0.3 else _version(chance))
        + chance.choice(("", "a0", ".*"))
        for _ in range(chance.randint(1, 3))
    ]
    return chance.choice(",|").join(terms)


@pytest.mark.parametrize("seed", range(4))
def test_a_verdict_is_that_of_rattler(seed: int) -> None:
    chance = random.Random(seed)
    judged = 0
    for _ in range(1000):
        version = _version(chance)
        spec = _spec(chance, version)
        verdict = in_plain_range(spec, version)
        if verdict is not None:
            judged += 1
            assert verdict == VersionSpec(spec).matches(Version(version)), (spec, version)
    assert judged > 300


@pytest.mark.parametrize(
    ("spec", "version", "verdict"),
    [
        (">=1.0,<2.0a0", "2", False),
        ("1.0.*", "1", None),  # left to others
        ("==1.*", "1.2", False),
        (">1.*", "1", True),
        (">=1.0,<2.0|3.0", "3", True),
    ],
)
def test_a_verdict_where_zeros_and_letters_count_is_that_of_rattler(
    spec: str, version: str, verdict: bool | None
) -> None:
    assert in_plain_range(spec, version) is verdict
    assert verdict in (None, VersionSpec(spec).matches(Version(version)))


@pytest.mark.parametrize(
    ("spec", "version", "verdict"),
    [
        (">=1.2,<2.0a0", "1.10", True),
        (">=1.2,<2.0a0", "2.0", False),
        ("2.*", "2.0", True),
        ("1.0", "1", True),
        ("!=1.2.*", "1.2.3", False),
        (">=2.28,<3.0.a0", "2.28", True),
        (">=3.12.0rc3,<3.13.0a0", "3.12.0", True),
        (">=12.0.0.r4.gg4f2fc60ca", "12.0.0.r4.gg4f2fc60ca", True),
        (">=2.8.2", "2.9.0.post0", True),
        (">=1!164.3095,<1!165", "164.3095", False),
        ("2.7|>=3.6", "3.9", True),
        ("~=3.11.0", "3.11.9", True),
    ],
)
def test_common_specs_are_judged_here(spec: str, version: str, verdict: bool) -> None:
    assert in_plain_range(spec, version) is verdict


@pytest.mark.parametrize(
    ("spec", "version"),
    [(">=1_2", "1"), (">=1", "1.2+local"), (">=1-2", "1"), ("(>=1|<0.5),<2", "1"), ("1.2*", "1.2")],
)
def test_what_is_not_plain_is_left_to_others(spec: str, version: str) -> None:
    assert in_plain_range(spec, version) is None


def test_a_number_without_measure_is_left_to_the_library() -> None:
    endless = "9" * 5000
    assert in_plain_range(">=1", endless) is None
    assert in_plain_range(f">={endless}", "1") is None
