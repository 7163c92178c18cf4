"""Plain versions compare as rattler compares them, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rattler import Version, VersionSpec

from wisp.specs.plain_versions import in_plain_range

_versions = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
_terms = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "=", "==", "!=", "<", "<=", ">", ">="]),
    _versions,
    st.sampled_from(["", "a0", ".*"]),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_terms, min_size=1, max_size=3).map(",".join), _versions)
@example(">=1.0,<2.0a0", "2")
@example("1.0.*", "1")
def test_a_verdict_is_that_of_rattler(spec: str, version: str) -> None:
    verdict = in_plain_range(spec, version)
    if verdict is not None:
        assert verdict == VersionSpec(spec).matches(Version(version))


@pytest.mark.parametrize(
    ("spec", "version", "verdict"),
    [
        (">=1.2,<2.0a0", "1.10", True),
        (">=1.2,<2.0a0", "2.0", False),
        ("2.*", "2.0", True),
        ("1.0", "1", True),
        ("!=1.2.*", "1.2.3", False),
    ],
)
def test_common_specs_are_judged_here(spec: str, version: str, verdict: bool) -> None:
    assert in_plain_range(spec, version) is verdict


@pytest.mark.parametrize(
    ("spec", "version"),
    [(">=9e", "9"), (">=1", "1!2"), (">=1", "2025b"), ("~=1.2", "1.2"), (">=1|<0.5", "1")],
)
def test_what_is_not_plain_is_left_to_others(spec: str, version: str) -> None:
    assert in_plain_range(spec, version) is None
