"""What an entrypoint means, and what it may not say; the cases are data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wisp.specs.entrypoint import (
    CommandOutput,
    Entrypoint,
    EntrypointCommand,
    EntrypointError,
    FixedText,
    parse_entrypoint,
)

CASES = Path(__file__).parents[2] / "cases" / "conda-script" / "entrypoints"


def cases(name: str) -> list[Any]:
    found: list[Any] = tomllib.loads((CASES / name).read_text())["case"]
    return found


def shown(commands: tuple[EntrypointCommand, ...]) -> list[list[str]]:
    return [["".join(map(piece_shown, word)) for word in command] for command in commands]


def piece_shown(piece: Any) -> str:
    if isinstance(piece, FixedText):
        return piece.text
    if isinstance(piece, CommandOutput):
        inner = " && ".join(" ".join(words) for words in shown(piece.commands))
        return f'"{{{inner}}}"' if piece.quoted else f"{{{inner}}}"
    return f"<{piece.name}>"


@pytest.mark.parametrize("case", cases("read.toml"), ids=lambda case: case["text"])
def test_an_entrypoint_is_commands_of_words(case: Any) -> None:
    assert shown(parse_entrypoint(case["text"])) == case["commands"]


@pytest.mark.parametrize("case", cases("refused.toml"), ids=lambda case: case["text"] or "empty")
def test_what_other_shells_have_is_refused_with_its_place(case: Any) -> None:
    with pytest.raises(EntrypointError) as caught:
        parse_entrypoint(case["text"])
    assert case["told"] in str(caught.value)
    assert caught.value.start == case["at"]


def test_nesting_has_an_end() -> None:
    with pytest.raises(EntrypointError, match="nested too deeply"):
        parse_entrypoint("a " + "$(a " * 5000)


@pytest.mark.parametrize(
    ("subdir", "text"),
    [("linux-64", "d"), ("linux-aarch64", "c"), ("osx-arm64", "b"), ("win-64", "e")],
)
def test_the_narrowest_selector_counts(subdir: str, text: str) -> None:
    texts = {"unix": "b", "linux": "c", "linux-64": "d", "win": "e"}
    assert Entrypoint(texts).text_for(subdir) == text
    assert Entrypoint({"": "a"}).text_for(subdir) == "a"


def test_a_platform_may_have_none() -> None:
    assert Entrypoint({"win": "a", "osx-64": "b"}).text_for("linux-64") is None
