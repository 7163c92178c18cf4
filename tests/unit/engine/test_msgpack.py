from __future__ import annotations

from typing import Any

import pytest

from wisp.engine.msgpack import MsgpackError, decode


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x05", 5),
        (b"\xff", -1),
        (b"\xc0", None),
        (b"\xc3", True),
        (b"\xa3abc", "abc"),
        (b"\xd9\x03abc", "abc"),
        (b"\xda\x00\x02\xc3\xa9", "é"),
        (b"\xc4\x02\x00\x01", b"\x00\x01"),
        (b"\x93\x01\x02\xc2", [1, 2, False]),
        (b"\xdc\x00\x01\xa1x", ["x"]),
        (b"\x81\xa1k\x90", {"k": []}),
        (b"\xcd\x01\x00", 256),
        (b"\xd3" + b"\xff" * 8, -1),
        (b"\x01 what follows is not read", 1),
    ],
)
def test_values_are_decoded(data: bytes, value: Any) -> None:
    assert decode(data) == value


@pytest.mark.parametrize(
    "data", [b"", b"\xa3ab", b"\x92\x01", b"\xcd\x01", b"\xc1", b"\xd4\x00\x00"]
)
def test_broken_or_unknown_data_is_refused(data: bytes) -> None:
    with pytest.raises(MsgpackError):
        decode(data)
