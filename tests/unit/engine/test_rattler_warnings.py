from __future__ import annotations

import warnings

import pytest
from rattler.exceptions import GatewayWarning

from wisp.engine.rattler_warnings import tell_plainly


def test_others_are_worded_as_the_program_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it chose its words after wisp was first used."""
    for number in range(3):
        monkeypatch.setattr(warnings, "formatwarning", lambda *_, n=number: f"words {n}")
        tell_plainly()
        tell_plainly()
        assert warnings.formatwarning("x", UserWarning, "f", 1) == f"words {number}"
        told = warnings.formatwarning("a\n\x1b[2Jb", GatewayWarning, "f", 1)
        assert told == "⚠️ a \\x1b[2Jb\n"


def test_a_warning_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    tell_plainly()
    assert len(warnings.formatwarning("x" * 1_000_000, GatewayWarning, "f", 1)) < 2_000
