"""Levels: which release is meant, and what it has."""

from __future__ import annotations

import pytest

from wisp.compat import DEFAULT, DIFFERENCES, RELEASES, CompatLevel, asked, chosen
from wisp.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("0.77", "0.77.0"),
        ("0.77.0", "0.77.0"),
        ("0.77.1", "0.77.1"),
        ("0.77.2", "0.77.1"),
        ("v0.78.0", "0.78.0"),
        ("0.81", "0.81.0"),
        ("0.82", "0.82.1"),
        ("0.84.7", "0.84.2"),
        ("0.85", "0.85.0"),
        ("1", "0.85.0"),
    ],
)
def test_a_release_is_meant_by_its_first_numbers(text: str, release: str) -> None:
    assert asked(text) == CompatLevel(release)


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_may_be_asked_for(text: str | None) -> None:
    assert asked(text) is None


@pytest.mark.parametrize("text", ["0.76.9", "newest", "0.x", "-1"])
def test_what_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no release of Pixi that can be followed"):
        asked(text)


def test_every_difference_came_with_a_release_that_is_known() -> None:
    assert set(DIFFERENCES.values()) <= set(RELEASES)
    for name, release in DIFFERENCES.items():
        before = RELEASES[RELEASES.index(release) - 1]
        assert CompatLevel(release).has(name)
        assert not CompatLevel(before).has(name)


def test_a_manifest_decides_where_nobody_asked() -> None:
    assert chosen(None, lambda _: True) == CompatLevel(DEFAULT)
    assert chosen(None, lambda release: release < "0.78") == CompatLevel("0.77.0")
    assert chosen(None, lambda release: release == "0.77.1") == CompatLevel("0.77.1")
    assert chosen(None, lambda release: release >= "0.78") == CompatLevel("0.85.0")
    assert chosen(None, lambda release: release < "0.84") == CompatLevel("0.83.0")
    assert chosen(None, lambda _: False) is None


def test_a_wish_counts_alone() -> None:
    wish = CompatLevel("0.82.0")
    assert chosen(wish, lambda _: True) == wish
    assert chosen(wish, lambda release: release < "0.82") is None
