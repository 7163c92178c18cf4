"""Printing where nobody reads any more."""

from __future__ import annotations

from io import StringIO

from wisp.console.output import Output


def test_a_message_into_a_closed_stream_changes_nothing() -> None:
    stderr = StringIO()
    out = Output(StringIO(), stderr, {})
    stderr.close()
    out.warning("`host` sent nothing for 1 seconds; still waiting")
    out.flush()
    assert out.warned
