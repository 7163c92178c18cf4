"""Plain versions compare as rattler compares them, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rattler import Version, VersionSpec

from wisp.specs.plain_versions import in_plain_range

_runs = st.sampled_from(["0", "1", "2", "10", "a", "rc", "dev", "post"])
_parts = st.lists(_runs, min_size=1, max_size=3).map("".join) | st.sampled_from(["0", "1", "2"])
_versions = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "1!"]),
    st.lists(_parts, min_size=1, max_size=4).map(".".join),
)
_terms = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "=", "==", "!=", "~=", "<", "<=", ">", ">="]),
    _versions,
    st.sampled_from(["", "a0", ".*"]),
)
_specs = st.builds(str.join, st.sampled_from([",", "|"]), st.lists(_terms, min_size=1, max_size=3))


@settings(max_examples=1000, deadline=None)
@given(_specs, _versions)
@example(">=1.0,<2.0a0", "2")
@example("1.0.*", "1")
@example("==1.*", "1.2")
@example(">1.*", "1")
@example(">=1.0,<2.0|3.0", "3")
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
