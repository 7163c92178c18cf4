"""The reference of commands says what the commands declare."""

from __future__ import annotations

from tools.docs.commands import PAGE, render


def test_the_page_is_what_the_declarations_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run `python -m tools.docs`"
