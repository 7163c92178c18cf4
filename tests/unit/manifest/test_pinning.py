from __future__ import annotations

import itertools

import pytest
from rattler import Version

from wisp.manifest.pinning import pin, pin_pypi, strategy_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.pinning import PinningStrategy

VERSIONS = (
    *("1.2.3", "0.1.2", "0.0.3", "2026c", "0.0", "5", "1!1.2", "1.2.3rc1", "1.2a.3"),
    *("1.0.post1", "1.0.dev2", "0.a1.2", "1.2+3", "1_2", "9e", "1.10", "1.9", "0.0b2", "0.dev"),
)


@pytest.mark.parametrize(
    ("strategy", "version", "expected"),
    [
        ("semver", "1.2.3", ">=1.2.3,<2"),
        ("semver", "0.1.2", ">=0.1.2,<0.2"),
        ("semver", "0.0.3", ">=0.0.3,<0.0.4"),
        ("semver", "1.2.3rc1", ">=1.2.3rc1,<2"),
        ("semver", "1!1.2", ">=1!1.2,<1!2"),
        ("semver", "0.0", ">=0.0,<0.1"),
        ("semver", "0", ">=0,<1"),
        ("semver", "2026c", ">=2026c,<2027a"),
        ("semver", "1.2+local", ">=1.2+local,<2+0local"),
        ("semver", "1.2+3.x", ">=1.2+3.x,<2+3.0x"),
        ("minor", "1.2.3", ">=1.2.3,<1.3"),
        ("minor", "5", ">=5,<5.1"),
        ("minor", "0.1.2", ">=0.1.2,<0.2"),
        ("major", "1.2.3", ">=1.2.3,<2"),
        ("major", "0.1.2", ">=0.1.2,<1"),
        ("latest-up", "1.2.3", ">=1.2.3"),
        ("exact-version", "1.2.3", "==1.2.3"),
        ("no-pin", "1.2.3", "*"),
    ],
)
def test_one_version(strategy: PinningStrategy, version: str, expected: str) -> None:
    assert pin([version], strategy) == expected


def test_bounds_come_from_the_lowest_and_the_highest_version() -> None:
    assert pin(["1.10", "1.9", "2.0.1"], "semver") == ">=1.9,<3"
    assert pin(["1.10", "1.9"], "minor") == ">=1.9,<1.11"
    assert pin(["1.10", "1.9"], "exact-version") == "==1.9|==1.10"


def test_nothing_locked_means_any_version() -> None:
    assert pin([], "semver") == "*"
    assert pin_pypi([], "minor") == "*"


def test_pypi_puts_a_space_behind_the_comma_and_has_no_alternatives() -> None:
    assert pin_pypi(["26.1.0"], "semver") == ">=26.1.0, <27"
    assert pin_pypi(["1.0", "1.1"], "exact-version") == ">=1.0, <=1.1"


def test_some_packages_are_pinned_to_the_minor_version_unless_configured() -> None:
    assert strategy_for("python", None) == "minor"
    assert strategy_for("numpy", None) == "semver"
    assert strategy_for("python", "semver") == "semver"


@pytest.mark.parametrize("version", [v for v in VERSIONS if "+" not in v])
@pytest.mark.parametrize("segment", [0, 1])
def test_the_upper_bound_is_rattlers_bump(version: str, segment: int) -> None:
    strategy: PinningStrategy = "minor" if segment else "major"
    upper = pin([version], strategy).rpartition("<")[2]
    bumped = Version(version).bump_segment(segment)
    assert upper == str(bumped.with_segments(0, segment + 1))


@pytest.mark.parametrize(("left", "right"), list(itertools.combinations(VERSIONS, 2)))
def test_bounds_are_ordered_as_rattler_orders(left: str, right: str) -> None:
    lowest = min(left, right, key=Version)
    assert pin([left, right], "latest-up") == f">={lowest}"
