"""Which environment a one-off command gets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wisp.manifest.words import conda_word, pypi_word
from wisp.oneoff.request import OneOff, guessed, label, surroundings
from wisp.platforms import bare
from wisp.specs.conda import Channel

CHANNEL = Channel("x", "https://c.org/x/")
PLAIN = OneOff(asked=(), guess=guessed("tool"), channels=(CHANNEL,), platform=bare("linux-64"))


def asked(*words: str) -> OneOff:
    return replace(PLAIN, asked=tuple(map(conda_word, words)), guess=None)


@pytest.mark.parametrize(
    ("command", "package"),
    [("tool", "tool"), ("Tool", "tool"), ("a b", "a-b"), ("x=1.0", "x-1.0"), ("./x", ".-x")],
)
def test_a_command_suggests_a_package_of_its_name(command: str, package: str) -> None:
    assert guessed(command).name == package


def test_a_package_that_was_named_is_not_guessed_too() -> None:
    both = replace(PLAIN, asked=(conda_word("tool=1"), conda_word("more")))
    assert both.requirements == both.asked
    beside = replace(PLAIN, asked=(conda_word("more"),))
    assert [one.name for one in beside.requirements] == ["tool", "more"]
    assert beside.beside
    assert not PLAIN.beside


def test_the_folder_is_that_of_the_same_request_and_of_no_other() -> None:
    one = asked("a=1", "b").folder(["a 1.*", "b *"])
    assert one == asked("b", "a=1").folder(["b *", "a 1.*"])
    others = [
        asked("a=2", "b").folder(["a 2.*", "b *"]),
        replace(asked("a=1", "b"), platform=bare("osx-64")).folder(["a 1.*", "b *"]),
        replace(asked("a=1", "b"), channels=()).folder(["a 1.*", "b *"]),
        replace(asked("a=1", "b"), offline=True).folder(["a 1.*", "b *"]),
    ]
    assert len({one, *others}) == 5


def test_a_sole_package_or_the_guess_names_the_folder() -> None:
    assert PLAIN.folder(["tool *"]).startswith("tool-")
    assert asked("a=1").folder(["a 1.*"]).startswith("a-")
    assert "-" not in asked("a", "b").folder(["a *", "b *"])


def test_only_an_environment_that_was_asked_for_has_a_name() -> None:
    assert surroundings((), prompt=True) == {}
    two = (conda_word("b"), conda_word("a>1"))
    assert surroundings(two, prompt=False) == {"PIXI_ENVIRONMENT_NAME": "temp:a,b"}
    assert surroundings(two, prompt=True)["PS1"].startswith("(pixi:temp:a,b) ")


def test_pypi_packages_bring_python_and_are_part_of_the_request() -> None:
    ruff = (pypi_word("ruff>=0.5", Path("/w")),)
    one = replace(PLAIN, guess=None, pypi=ruff)
    assert [r.name for r in one.requirements] == ["python"]
    named = replace(one, asked=(conda_word("python=3.12"),))
    assert [r.spec.version for r in named.requirements] == ["3.12.*"]
    other = replace(one, pypi=(pypi_word("ruff>=0.6", Path("/w")),))
    assert one.folder(["python *"]) != other.folder(["python *"])
    assert one.folder(["python *"]).startswith("ruff-")
    assert label((*named.asked, *ruff)) == "temp:python,ruff"
