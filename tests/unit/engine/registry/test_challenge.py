from __future__ import annotations

import pytest

from wisp.engine.registry.challenge import Challenge, choose_challenge, parse_challenges

REALM = "https://auth.h.org/token?x=1,2"


@pytest.mark.parametrize(
    ("text", "challenges"),
    [
        ("", []),
        ("Basic", [("basic", {})]),
        ('Basic realm="a"', [("basic", {"realm": "a"})]),
        (
            f'Bearer realm="{REALM}",service="s",scope="repository:a/b:pull,push"',
            [("bearer", {"realm": REALM, "service": "s", "scope": "repository:a/b:pull,push"})],
        ),
        (r'BEARER Realm="a \"q\" \\ b" , e=x', [("bearer", {"realm": r'a "q" \ b', "e": "x"})]),
        ("Bearer realm=https://h/t,a=s", [("bearer", {"realm": "https://h/t", "a": "s"})]),
        (
            'Negotiate, Basic realm="a", charset="UTF-8", Bearer realm="b",service=c',
            [
                ("negotiate", {}),
                ("basic", {"realm": "a", "charset": "UTF-8"}),
                ("bearer", {"realm": "b", "service": "c"}),
            ],
        ),
        ("Negotiate YII+a/b==, Basic", [("negotiate", {}), ("basic", {})]),
        ('Bearer realm = "a"', [("bearer", {"realm": "a"})]),
        ('Bearer realm="a', [("bearer", {})]),
        ('Bearer realm="a",realm="b"', [("bearer", {"realm": "a"})]),
        ("Bearer ,,, realm=a", [("bearer", {"realm": "a"})]),
        ('"junk"', []),
    ],
)  # fmt: skip
def test_challenges_are_read(text: str, challenges: list[tuple[str, dict[str, str]]]) -> None:
    assert list(parse_challenges(text)) == [Challenge(*one) for one in challenges]


def test_the_first_that_can_be_met_is_chosen() -> None:
    chosen = choose_challenge('Negotiate, Bearer error="x", Bearer realm="r", Basic realm="b"')
    assert chosen == Challenge("bearer", {"realm": "r"})
    assert choose_challenge("Negotiate") is None
    both = 'Basic realm="b", Bearer realm="r"'
    assert choose_challenge(both) == Challenge("basic", {"realm": "b"})
    # Reading may need no login: a token is given to anybody.
    assert choose_challenge(both, known=False) == Challenge("bearer", {"realm": "r"})
    assert choose_challenge('Basic realm="b"', known=False) is None


def test_a_long_header_takes_no_long_time() -> None:
    assert parse_challenges('Bearer realm="' + "\\" * 1_000_000)[0].parameters == {}
    assert parse_challenges("a=" * 100_000) is not None
    assert len(parse_challenges("a " * 100_000)) > 1
